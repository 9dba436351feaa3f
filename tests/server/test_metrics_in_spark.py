"""Scorecards in Spark: the states of objects, with periods, keys, and instants told by Spark itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicekit.frames import metrics
from servicekit.kpi import MeanMetric, QuantileMetric, RatioMetric, Results, Scorecard, WithinMetric
from servicekit.rules import DatePart

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]


def test_spark_keeps_the_states_of_objects(spark: SparkSession) -> None:
    first = datetime(2026, 1, 31, 22, tzinfo=UTC)
    rows = [
        {
            "at": first + timedelta(hours=7 * n),
            "customer_id": None if n % 5 == 0 else f"c{n % 7}",
            "channel": ("chat", "mail", None)[n % 3],
            "handled_us": 2**40 + n,
        }
        for n in range(90)
    ]
    february = DatePart(field="at", op="month", one_of=(2,), timezone="America/New_York")
    engine = Scorecard(
        metrics={
            "february": RatioMetric(table="contact", of=february),
            "handled": MeanMetric(table="contact", column="handled_us", unit="duration"),
            "p90": QuantileMetric(table="contact", column="handled_us", unit="duration", q="0.9", method="linear"),
            "again": WithinMetric(
                table="contact", at="at", key=("customer_id",), within=timedelta(days=2), counts="followed"
            ),
        }
    ).compile()
    frame = spark.createDataFrame(rows, "at timestamp, customer_id string, channel string, handled_us bigint")
    wanted = engine.states({"contact": rows}, by=["channel"], period="month")
    assert dict(metrics.states(engine, {"contact": frame}, by=["channel"], period="month").of) == dict(wanted.of)
    as_of = first + timedelta(days=20)
    measured = metrics.measure(engine, {"contact": frame}, by=["channel"], period="month", as_of=as_of)
    assert dict(measured.of) == dict(engine.measure({"contact": rows}, by=["channel"], period="month", as_of=as_of).of)


def test_the_page_shows_what_runs(spark: SparkSession, root: Path) -> None:
    page = (root / "docs/how-to/measure-a-scorecard-from-data-frames.md").read_text("utf-8")
    [block] = re.findall(r"^```py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"spark": spark}
    exec(block, names)  # the page's own example
    results = names["results"]
    assert isinstance(results, Results)
    assert (results["service_level"].numerator, results["service_level"].denominator) == (1, 3)
    assert results["asa"].exact == 28_500_000
