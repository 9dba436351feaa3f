"""Tiers and RFM in Spark: customers stay whole however their rows are spread, and scores are among all of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from servicekit import frames
from servicekit.errors import FrameError
from servicekit.frames import library_dispatch
from servicekit.segments import RfmScoring
from servicekit.tiers import TierProgram

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

AS_OF = date(2026, 6, 30)
PROGRAM = TierProgram.parse("""
{currency: USD, enrolment: automatic, window: rolling 12 months, downgrade: immediate,
 levels: {normal: {}, vip: {qualify: {spend: 100 USD}}, senior: {qualify: {spend: 500 USD, orders: 2}}}}
""")
Row = tuple[int, date, int, str, str | None]


def purchases(rows: int) -> list[Row]:
    """Purchases of a customer in seven over two years, a refund in nineteen."""
    found: list[Row] = []
    for n in range(rows):
        at, cents = date(2024, 7, 1) + timedelta(days=n * 37 % 760), n * 7919 % 30_000
        found.append((n % (rows // 7 + 1), at, cents, f"o-{n}", None))
        if n % 19 == 0:
            found.append((n % (rows // 7 + 1), at + timedelta(days=9), cents // 2, f"r-{n}", f"o-{n}"))
    return found


def in_spark(spark: SparkSession, rows: list[Row]) -> DataFrame:
    """The rows in several partitions, those of a customer apart from each other."""
    schema = "customer_id BIGINT, at DATE, amount BIGINT, order_id STRING, refund_of STRING"
    return spark.createDataFrame(rows, schema).repartition(4, "at")


def in_polars(rows: list[Row]) -> pl.DataFrame:
    names = ["customer_id", "at", "amount", "order_id", "refund_of"]
    return pl.DataFrame(rows, schema=names, orient="row", infer_schema_length=None)


def same(answer: DataFrame, expected: pl.DataFrame) -> None:
    assert answer.columns == expected.columns
    assert sorted(tuple(row) for row in answer.collect()) == expected.rows()


def test_customers_whose_rows_are_apart_have_the_tiers_of_one_frame(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library_dispatch, "_ROWS_AT_ONCE", 50)
    rows = purchases(700)
    answer = frames.tiers(in_spark(spark, rows), PROGRAM, as_of=AS_OF)
    assert type(answer) is type(in_spark(spark, rows))
    same(answer, frames.tiers(in_polars(rows), PROGRAM, as_of=AS_OF))


@pytest.mark.parametrize("ties", ["share", "midrank", "ntile"])
def test_scores_are_those_among_the_customers_of_all_partitions(spark: SparkSession, ties: str) -> None:
    scoring, rows = RfmScoring.model_validate({"ties": ties}), purchases(300)
    answer = frames.rfm(in_spark(spark, rows), scoring, as_of=AS_OF, currency="USD")
    same(answer, frames.rfm(in_polars(rows), scoring, as_of=AS_OF, currency="USD"))


def test_columns_are_refused_before_any_job_runs(spark: SparkSession) -> None:
    floats = in_spark(spark, purchases(7)).selectExpr("customer_id", "CAST(amount AS DOUBLE) AS amount")
    with pytest.raises(FrameError) as refused:
        frames.tiers(floats, PROGRAM, as_of=AS_OF)
    found = [(problem.code, problem.path) for problem in refused.value.problems]
    assert found == [("frames.missing-column", "at"), ("frames.wrong-type", "amount")]


def test_the_page_shows_what_runs(spark: SparkSession, root: Path) -> None:
    page = (root / "docs/how-to/tiers-in-data-frames.md").read_text("utf-8")
    [block] = re.findall(r"^```py\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, object] = {"spark": spark, "program": PROGRAM}
    exec(block, names)  # the page's own example
    assert names["vips"] == 1
