"""Charts of points hold the figures of what they show, and are drawn without a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from servicekit import Ledger, LoyaltyProgram
from servicekit.loyalty import Adjust, Earn, ExpiringPoints, Liability, Redeem, Statement
from servicekit.reports import chart

PROGRAM = LoyaltyProgram.parse(
    "{currency: CNY, expiry: {kind: earliest_of, of: [{kind: period_end, unit: month, extra_periods: 12},"
    " {kind: inactivity, months: 18}]}}"
)
DAYS = [date(2025, month + 1, 1) - timedelta(1) for month in range(1, 12)]


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    """Somebody who earns each month and spends now and then, and somebody in debt."""
    made, begun = Ledger(PROGRAM.compile()), datetime(2025, 1, 3, 9, tzinfo=UTC)
    for month in range(1, 12):
        made.apply(Earn("m-1", 100 + month, at=begun.replace(month=month)))
        if month % 3 == 0:
            made.apply(Redeem("m-1", 90, at=begun.replace(month=month, day=20)))
    made.apply(Adjust("m-2", -70, at=begun.replace(month=6), reason="given back"))
    return made


@pytest.fixture
def statement(ledger: Ledger) -> Statement:
    return ledger.statement("m-1", date(2025, 3, 1), date(2025, 9, 30))


@pytest.fixture
def schedule(ledger: Ledger) -> Sequence[ExpiringPoints]:
    return ledger.expiring("m-1", date(2025, 11, 30))


@pytest.fixture
def owed(ledger: Ledger) -> Sequence[Liability]:
    return ledger.liability(DAYS, expected=Decimal("0.9"))


def values(subject: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = chart(subject).to_dict()["data"]["values"]
    return rows


def test_a_waterfall_leads_from_the_opening_to_the_closing_balance(statement: Statement) -> None:
    first, *steps, last = values(statement)
    assert (first["what"], first["end"]) == ("opening", statement.opening.total)
    assert (last["what"], last["end"]) == ("closing", statement.closing.total)
    assert {step["what"]: step["end"] - step["start"] for step in steps} == dict(statement.totals)
    assert [step["start"] for step in steps] == [first["end"], *(step["end"] for step in steps[:-1])]
    assert steps[-1]["end"] == last["end"]


def test_a_calendar_of_expiry_has_all_points_in_the_months_in_which_they_can_last_be_used(
    schedule: Sequence[ExpiringPoints],
) -> None:
    told: Counter[str] = Counter()
    for each in schedule:
        told[f"{each.on - timedelta(1):%b %Y}"] += each.points
    assert {f"{cell['across']} {cell['down']}": cell["points"] for cell in values(schedule)} == told
    assert sum(told.values()) == sum(100 + month for month in range(1, 12)) - 3 * 90


def test_what_is_owed_is_whole_and_debts_stand_below_the_line(owed: Sequence[Liability]) -> None:
    rows = values(owed)
    for day in owed:
        parts = {row["part"]: row["points"] for row in rows if row["as_of"] == str(day.as_of)}
        assert parts["expected"] + parts["breakage"] == day.outstanding
        assert parts["debt"] == -day.debt
    assert [row["points"] for row in rows if row["part"] == "debt"] == [0] * 5 + [-70] * 6


@pytest.mark.parametrize("kind", ["statement", "schedule", "owed"])
def test_charts_of_points_are_saved_without_a_network(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    chart(request.getfixturevalue(kind)).save(str(tmp_path / "chart.svg"))
    drawn = ElementTree.parse(tmp_path / "chart.svg").getroot()
    assert drawn.tag.endswith("svg")
    assert not [each for each in drawn.iter() if each.tag.endswith("script")]


def test_an_empty_list_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to draw"):
        chart(Ledger(PROGRAM.compile()).liability([]))
