"""CDNOW as a frame: the tiers and the scores of 23,570 customers are those that the engines tell of its events."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from servicekit import frames
from servicekit.events import Purchase
from servicekit.importers import read_cdnow
from servicekit.segments import RfmScoring, rfm_values, score_rfm, summarise
from servicekit.tiers import TierProgram

AS_OF = date(1998, 6, 30)
LEVELS = "levels: {base: {}, silver: {qualify: {spend: 100 USD}}, gold: {qualify: {spend: 500 USD}}}"


@pytest.fixture(scope="module")
def events(shared_data: Path) -> list[Purchase]:
    stream = read_cdnow(shared_data / "cdnow" / "CDNOW_master.txt.gz")
    return [record.value for record in stream if isinstance(record.value, Purchase)]


@pytest.fixture(scope="module")
def purchases(events: list[Purchase]) -> pl.DataFrame:
    rows = [(each.customer_id, each.at, each.net.amount, each.order_id) for each in events]
    schema = {"customer_id": pl.String, "at": pl.Date, "amount": pl.Decimal(12, 2), "order_id": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").sample(fraction=1, shuffle=True, seed=1)


@pytest.mark.parametrize(
    ("rules", "base", "silver", "gold"),
    [
        ("window: rolling 12 months, downgrade: immediate", 20_687, 2_557, 326),
        ("window: year, validity: next_period_end", 18_097, 4_992, 481),
    ],
)
def test_tiers_are_those_of_the_fold(
    events: list[Purchase], purchases: pl.DataFrame, rules: str, base: int, silver: int, gold: int
) -> None:
    program = TierProgram.parse(f"{{currency: USD, enrolment: automatic, {rules}, {LEVELS}}}")
    answer = frames.tiers(purchases, program, as_of=AS_OF)
    assert dict(answer.group_by("tier").len().rows()) == {"base": base, "silver": silver, "gold": gold}
    assert answer["folded"].null_count() == answer["problems"].null_count() == len(answer) == 23_570
    run = program.compile().fold(events, AS_OF)
    some = answer.gather_every(7)
    told = [(each.tier, each.since, each.valid_until) for each in map(run.__getitem__, some["customer_id"])]
    assert some.select("tier", "since", "valid_until").rows() == told


def test_scores_are_those_of_segments(events: list[Purchase], purchases: pl.DataFrame) -> None:
    scoring = RfmScoring(ties="ntile", frequency="days")
    scores = score_rfm(rfm_values(summarise(events, AS_OF, currency="USD"), AS_OF, "days"), scoring)
    answer = frames.rfm(purchases, scoring, as_of=AS_OF, currency="USD")
    told = {name: (each.r, each.f, each.m, each.values.monetary.to_minor()) for name, each in scores.items()}
    assert {name: row for name, *row in answer.select("customer_id", "r", "f", "m", "monetary").rows()} == {
        name: list(row) for name, row in told.items()
    }
