"""OUT.csv loads into typed tables elsewhere, and plain SQL there gives the library's attainments exactly.

The statements are those of docs/how-to/outcomes-in-sql.md, so that the page is what has been tried.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from servicekit.quantity import Ratio
from servicekit.sla import OUTCOME_COLUMNS, Attainment, Outcome
from servicekit.timeline import to_us

if TYPE_CHECKING:
    import psycopg
    from pyspark.sql import DataFrame, SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]

CONVENTIONS = ("all_labelled", "promised", "stopped")
INSTANTS = ("started_at", "due_at", "stopped_at", "breached_at")

# What every row promises, whatever the policy: each count is a count of contradictions.
CONTRADICTIONS = """
SELECT count(*) FILTER (WHERE outcome IN ('met_late', 'missed') AND breached_at IS NULL),
       count(*) FILTER (WHERE outcome = 'met' AND breached_at IS NOT NULL),
       count(*) FILTER (WHERE breached_at <> due_at),
       count(*) FILTER (WHERE outcome IN ('met', 'met_late') AND (stopped_at IS NULL OR phase <> 'stopped')),
       count(*) FILTER (WHERE stopped_at < started_at OR due_at < started_at),
       count(*) FILTER (WHERE elapsed_us < 0 OR paused_us < 0),
       count(*) - count(DISTINCT (case_id, metric, instance))
FROM outcomes
"""

Figures = dict[tuple[str, str | None], tuple[Ratio, ...]]
Moments = list[tuple[str | int | None, ...]]


@pytest.fixture(scope="session")
def statements(root: Path) -> dict[str, str]:
    """The SQL of the page, by its first word."""
    page = (root / "docs/how-to/outcomes-in-sql.md").read_text("utf-8")
    blocks = re.findall(r"^```sql\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return {block.split()[0]: block for block in blocks}


@pytest.fixture(scope="session")
def spark_schema(root: Path) -> str:
    """The schema that the page gives to Spark."""
    page = (root / "docs/how-to/outcomes-in-sql.md").read_text("utf-8")
    return re.findall(r'schema = """(.*?)"""', page, re.DOTALL)[0]


def figures(rows: Iterable[tuple[str, str | None, int, int, int, int, int, int]]) -> Figures:
    """The page's answer as ratios by metric and channel, in the order of ``CONVENTIONS``."""
    return {
        (metric, channel): (Ratio(*counts[0:2]), Ratio(*counts[2:4]), Ratio(*counts[4:6]))
        for metric, channel, *counts in rows
    }


@pytest.fixture(scope="session")
def expected(outcomes: list[Outcome]) -> Figures:
    """The library's own attainments."""
    groups: dict[tuple[str, str | None], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.metric, outcome.channel].append(outcome)
    tallies = {key: Attainment.of(group) for key, group in groups.items()}
    return {key: tuple(tally.ratio(name) for name in CONVENTIONS) for key, tally in tallies.items()}


@pytest.fixture(scope="session")
def moments(outcomes: list[Outcome]) -> Moments:
    """Every instant of every case in exact microseconds."""
    rows = ([outcome.case_id, outcome.metric, *(getattr(outcome, name) for name in INSTANTS)] for outcome in outcomes)
    return sorted((*row[:2], *(to_us(moment) if moment else None for moment in row[2:])) for row in rows)


@pytest.fixture
def table(postgres: psycopg.Connection, outcomes_csv: Path, statements: dict[str, str]) -> psycopg.Connection:
    """PostgreSQL with the outcomes in a typed table, copied in as they are."""
    postgres.execute(statements["CREATE"])
    with postgres.cursor().copy("COPY outcomes FROM STDIN (FORMAT csv, HEADER match)") as copy:
        copy.write(outcomes_csv.read_bytes())
    return postgres


@pytest.fixture(scope="session")
def frame(spark: SparkSession, outcomes_csv: Path, spark_schema: str) -> DataFrame:
    """Spark with the outcomes under an explicit schema; a cell that does not fit it is an error."""
    options = {"header": True, "escape": '"', "mode": "FAILFAST", "enforceSchema": False}
    frame = spark.read.csv(str(outcomes_csv), schema=spark_schema, **options)
    frame.createOrReplaceTempView("outcomes")
    return frame


def test_the_log_is_worth_comparing(outcomes: list[Outcome]) -> None:
    assert len(outcomes) >= 2000
    assert {"met", "met_late"} <= {outcome.outcome for outcome in outcomes}


def test_the_page_names_the_columns_of_the_schema(statements: dict[str, str], spark_schema: str) -> None:
    lines = [line.split() for line in statements["CREATE"].splitlines()]
    assert tuple(line[0] for line in lines if line[0].islower()) == OUTCOME_COLUMNS
    assert tuple(column.split()[0] for column in spark_schema.split(",")) == OUTCOME_COLUMNS


def test_postgres_computes_the_same_attainments(
    table: psycopg.Connection, statements: dict[str, str], expected: Figures
) -> None:
    assert figures(table.execute(statements["SELECT"]).fetchall()) == expected


def test_postgres_holds_the_same_instants(table: psycopg.Connection, moments: Moments) -> None:
    columns = ", ".join(f"(extract(epoch FROM {name}) * 1000000)::bigint" for name in INSTANTS)
    assert sorted(table.execute(f"SELECT case_id, metric, {columns} FROM outcomes").fetchall()) == moments


def test_postgres_finds_no_contradiction(table: psycopg.Connection) -> None:
    assert table.execute(CONTRADICTIONS).fetchone() == (0,) * 7


def test_spark_computes_the_same_attainments(
    spark: SparkSession, frame: DataFrame, statements: dict[str, str], expected: Figures
) -> None:
    assert figures(tuple(row) for row in spark.sql(statements["SELECT"]).collect()) == expected


def test_spark_holds_the_same_instants(spark: SparkSession, frame: DataFrame, moments: Moments) -> None:
    columns = ", ".join(f"unix_micros({name})" for name in INSTANTS)
    rows = spark.sql(f"SELECT case_id, metric, {columns} FROM outcomes").collect()
    assert sorted(tuple(row) for row in rows) == moments


def test_spark_finds_no_contradiction(spark: SparkSession, frame: DataFrame) -> None:
    assert tuple(spark.sql(CONTRADICTIONS).collect()[0]) == (0,) * 7
