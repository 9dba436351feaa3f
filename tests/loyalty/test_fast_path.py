"""The fast path of a ledger in memory writes what the ordinary way writes, and leaves every odd command to it."""

from __future__ import annotations

import gc
import inspect
import pickle
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.loyalty import Booking, Command, Earn, FixedTerms, Ledger, MemoryStore, Redeem, Terms
from servicekit.loyalty.fast_path import FastPath
from servicekit.loyalty.rejected import InvalidDayError, Rejected
from servicekit.testing.strategies.loyalty.ledger_commands import ledger_commands, ledger_terms

NINE, DAY = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(days=1)
PLAIN = Terms("points", expires_on=lambda earned_on: earned_on + 30 * DAY)


def told(terms: Sequence[Terms], commands: Sequence[Command], store: MemoryStore, batch: int) -> list[object]:
    ledger = Ledger(FixedTerms(*terms), store)
    if batch:
        batches = (commands[first : first + batch] for first in range(0, len(commands), batch))
        return [said(answer) for each in batches for answer in ledger.apply_many(each)]
    return [answered(ledger, command) for command in commands]


def answered(ledger: Ledger, command: Command) -> object:
    try:
        return ledger.apply(command)
    except Rejected as refusal:
        return said(refusal)


def said(answer: Booking | Rejected) -> object:
    return (type(answer), str(answer)) if isinstance(answer, Rejected) else answer


def plain_commands() -> st.SearchStrategy[list[Command]]:
    """Earns and redemptions, most of them plain, a few told twice."""
    verbs = st.sampled_from((Earn, Redeem))
    steps = st.lists(st.tuples(verbs, st.integers(0, 20), st.integers(0, 40), st.integers(0, 9)), max_size=40)
    return steps.map(lambda each: [command(place, *step) for place, step in enumerate(each)])


def command(place: int, verb: type[Earn | Redeem], points: int, hours: int, odd: int) -> Command:
    at, key = NINE + place * DAY / 2 + timedelta(hours=hours), f"k-{place - (odd == 1)}"
    return verb("m-1" if odd < 7 else "m-2", points, at=at, key=None if odd == 2 else key, reason="odd" * (odd == 3))


@given(ledger_terms() | st.just(PLAIN), st.data(), st.sampled_from((0, 1, 7)))
def test_both_ways_end_in_the_same_journal_and_the_same_states(terms: Terms, data: st.DataObject, batch: int) -> None:
    commands = data.draw(plain_commands() | ledger_commands())
    fast, slow = MemoryStore(), MemoryStore()
    answers = told([terms], commands, fast, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FastPath, "book", lambda *_: None)
        assert answers == told([terms], commands, slow, batch)
        assert told([terms], commands, fast, batch) == told([terms], commands, slow, batch)
    assert list(fast.entries()) == list(slow.entries())
    assert fast.journal.states == slow.journal.states


def test_plain_commands_take_the_fast_path_and_odd_ones_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    book, taken = FastPath.book, list[bool]()

    def counted(self: FastPath, *told: object) -> object:
        row = book(self, *told)  # type: ignore[arg-type]
        taken.append(row is not None)
        return row

    monkeypatch.setattr(FastPath, "book", counted)
    plain: list[Command] = [Redeem("m-1", 10, at=NINE, key="c"), Redeem("m-1", 50, at=NINE, key="d")]
    again, nameless, late = plain[0], Redeem("m-1", 1, at=NINE), Redeem("m-1", 1, at=NINE + 30 * DAY, key="f")
    odd: list[Command] = [again, nameless, Redeem("m-1", 99, at=NINE, key="e"), replace(again, key="#"), late]
    told([PLAIN], [*(Earn("m-1", 30, at=NINE, key=key) for key in "ab"), *plain, *odd], MemoryStore(), 0)
    assert taken == [False, True, True, True, False, False, False, False, False]


def test_nothing_takes_the_fast_path_into_a_closed_period() -> None:
    ledger = Ledger(FixedTerms(PLAIN))
    ledger.apply_many([Earn("m-1", 30, at=NINE, key="a"), Earn("m-1", 30, at=NINE, key="b")])
    ledger.close_period(NINE.date(), (NINE + DAY).date())
    with pytest.raises(InvalidDayError, match="lies in a closed period"):
        ledger.apply(Redeem("m-1", 10, at=NINE, key="c"))


def test_answers_are_a_sequence_when_they_are_read_late() -> None:
    ledger = Ledger(FixedTerms(PLAIN))
    answers = ledger.apply_many([Earn("m-1", 30, at=NINE, key=key) for key in "abc"])
    ledger.apply(Redeem("m-1", 80, at=NINE, key="d"))
    assert [answer.key for answer in answers[1:] if isinstance(answer, Booking)] == ["b", "c"]
    assert answers[-1] == ledger.apply(Earn("m-1", 30, at=NINE, key="c"))._replace(replayed=False)


def test_a_command_is_known_again_by_its_own_name_when_the_account_was_renamed() -> None:
    ledger = Ledger(FixedTerms(PLAIN))
    earns = [Earn("m-1", 30, at=NINE, key=key) for key in "ab"]
    ledger.apply_many(earns)
    ledger.pseudonymise("m-1", "p-1")
    assert ledger.apply(earns[1]).replayed
    assert ledger.apply(Redeem("p-1", 40, at=NINE, key="c")).points == -40


def test_the_collector_forgets_what_is_written() -> None:
    store = MemoryStore()
    told(
        [PLAIN], [*(Earn("m-1", 30, at=NINE, key=key) for key in "abcd"), Redeem("m-1", 80, at=NINE, key="e")], store, 2
    )
    gc.collect(0)
    assert [row[6] for row in store.journal.rows] == list("abcde")
    assert not any(map(gc.is_tracked, [*store.journal.rows, *store.journal.lots["m-1"].values()]))


@pytest.mark.parametrize("kind", [Earn, Redeem])
def test_a_command_that_is_made_quickly_is_a_frozen_dataclass_as_any_other(kind: type[Earn | Redeem]) -> None:
    made = kind("m-1", 30, at=NINE, reason="odd")
    told = {"account": "m-1", "points": 30, "at": NINE, "reason": "odd"}
    assert all(getattr(made, each.name) == told.get(each.name, each.default) for each in fields(made))
    assert pickle.loads(pickle.dumps(made)) == made == replace(replace(made, points=1), points=30)
    assert [
        each.kind.name for each in inspect.signature(kind).parameters.values() if each.name in ("points", "at")
    ] == [
        "POSITIONAL_OR_KEYWORD",
        "KEYWORD_ONLY",
    ]
    with pytest.raises(FrozenInstanceError):
        made.points = 1  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'at'"):
        kind("m-1", 30)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="positional argument"):
        kind("m-1", 30, False, None, None, NINE)  # type: ignore[call-arg, arg-type]
