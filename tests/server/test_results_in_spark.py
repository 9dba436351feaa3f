"""Results as frames of Spark: the rows and values that they have in other libraries."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from servicekit import frames
from tests.frames.results.made_results import RESULTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_has_in_spark_the_values_that_it_has_elsewhere(name: str, spark: SparkSession) -> None:
    assert spark.version
    made = RESULTS[name]()
    frame, expected = frames.to_frame(made, using="pyspark"), frames.to_frame(made)
    assert frame.columns == expected.columns
    found = [[plain(cell) for cell in row] for row in frame.collect()]
    assert found == [[plain(cell) for cell in row] for row in expected.rows()]


def plain(cell: object) -> object:
    """Spark hands instants out as clock readings of the session's zone."""
    if isinstance(cell, datetime):
        return (cell if cell.tzinfo else cell.astimezone()).astimezone(UTC)
    return cell


def test_types_are_those_of_the_reference(spark: SparkSession) -> None:
    assert spark.version
    types = dict(frames.to_frame(RESULTS["UptimeVerdict"](), using="pyspark").dtypes)
    assert (types["start"], types["value"], types["value_numerator"]) == ("timestamp", "double", "bigint")
    assert types["down"] == "interval day to second"
    assert dict(frames.to_frame(RESULTS["OutreachPlan"](), using="pyspark").dtypes)["on"] == "date"
