"""Who is followed, by columns: chains, first rows and followers of another kind, also where rows are alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Literal

import pyarrow as pa
import pytest

from servicekit.frames import metrics as frame_metrics
from servicekit.kpi import Deflection, FirstContactResolution, Population, Results, Scorecard, WithinMetric
from servicekit.rules import where
from tests.frames.libraries import IBIS, LIBRARIES, Library

EVERY = pytest.mark.parametrize("library", [*LIBRARIES, *IBIS], ids=str)
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
AS_OF = NINE + timedelta(days=60)
Row = Mapping[str, Any]
FACTS = ("channel", "tier")


def call(day: float, channel: str | None = "phone", who: str = "m-1", tier: str | None = None) -> Row:
    at = NINE + timedelta(days=day)
    return {"customer_id": who, "at": at, "channel": channel, "tier": tier, "outcome": "answered"}


def measured(library: Library, card: Scorecard, rows: list[Row], by: tuple[str, ...] = ()) -> Results:
    frame = library.make(pa.Table.from_pylist(rows))
    return frame_metrics.measure(card.compile(), {"contact": frame}, by=by, as_of=AS_OF)


@EVERY
def test_a_chain_of_contacts_is_one_episode_that_is_followed(library: Library) -> None:
    fcr = FirstContactResolution(of="contact", by="customer", within="7d", per="episode")
    rows = [call(0), call(3), call(9), call(20), call(2, who="m-2")]
    found = measured(library, Scorecard(metrics={"fcr": fcr}), rows)["fcr"]
    assert (found.numerator, found.n, dict(found.left_out)) == (2, 3, {})


@EVERY
def test_a_contact_with_a_person_follows_across_those_with_a_bot(library: Library) -> None:
    alone = Deflection(self_service=("bot",), within="7d")
    rows = [call(0, "bot"), call(1, "bot"), call(2, "phone"), call(3, "bot")]
    found = measured(library, Scorecard(metrics={"alone": alone}), rows)["alone"]
    assert (found.numerator, found.n) == (1, 3)


@EVERY
def test_contacts_that_are_alike_are_one_episode(library: Library) -> None:
    fcr = FirstContactResolution(of="contact", by="customer", within="7d", per="episode")
    found = measured(library, Scorecard(metrics={"fcr": fcr}), [call(0)] * 5 + [call(1, who="m-2")] * 2)["fcr"]
    assert (found.numerator, found.n) == (0, 2)


@EVERY
@pytest.mark.parametrize("per", ["row", "episode", "first"])
def test_of_groups_at_one_instant_the_first_column_decides(
    library: Library, per: Literal["row", "episode", "first"]
) -> None:
    card = Scorecard(metrics={"m": within(per)})
    rows = [call(0, "phone", tier="gold"), call(0, "chat", tier=None)]
    found = measured(library, card, rows, by=FACTS)
    assert found["m", "chat", None].numerator == 1
    assert found["m", "phone", "gold"].numerator == 0


@EVERY
def test_frames_follow_as_objects_do_among_many_rows_that_tie(library: Library) -> None:
    random = Random(7)
    rows = [
        call(random.randrange(0, 560) / 8, random.choice(["bot", "phone", None]), f"m-{random.randrange(30)}", tier)
        for tier in ("gold", None, "basic") * 200
    ]
    other = Population(table="contact", where=where(channel="phone"))
    metrics = {
        f"{per} {follower}": within(per, follower) for per in ("row", "episode", "first") for follower in (None, other)
    }
    card = Scorecard(metrics=metrics)
    for by in ((), FACTS):
        wanted = card.compile().measure({"contact": rows}, by=by, as_of=AS_OF)
        assert dict(measured(library, card, rows, by).of) == dict(wanted.of)


def within(per: Any, follower: Population | None = None) -> WithinMetric:
    return WithinMetric(
        table="contact",
        at="at",
        key=("customer_id",),
        within=timedelta(days=2),
        counts="followed",
        per=per,
        follower=follower,
    )
