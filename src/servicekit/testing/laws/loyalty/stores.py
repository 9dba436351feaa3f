"""Laws of stores of ledgers: a store of your own answers as the one in memory does, and keeps all of a command or none.

Each takes what makes a new and empty store. :func:`check_store` tells a story that is the same every time; draw
commands for ``ledgers.check_ledger`` over the same factory, and run ``ledger_machine.ledger_machine`` on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from servicekit.loyalty import (
    Activate,
    Adjust,
    Booking,
    Capture,
    Close,
    Command,
    Earn,
    FixedTerms,
    Freeze,
    Hold,
    Ledger,
    MemoryStore,
    Merge,
    Redeem,
    Release,
    Reschedule,
    Reverse,
    Terms,
    Transfer,
    Unfreeze,
)
from servicekit.loyalty.rejected import InsufficientPointsError, InvalidDayError, Rejected
from servicekit.loyalty.store import LedgerStore
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.laws.loyalty.journal import check_journal
from servicekit.testing.laws.loyalty.ledgers import StoreFactory, check_ledger, plain

_AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
_DAY = timedelta(days=1)
_ODD = "O'Brien; DROP TABLE lots -- \N{GRINNING FACE} 会员 \n%s{}\\"
_MOST = 2**53
_TERMS = (
    Terms("points", expires_on=lambda on: on + 30 * _DAY, available_on=lambda on: on + 2 * _DAY, order="hifo"),
    Terms("miles", lapses_on=lambda on: on + 60 * _DAY, grace_days=7),
)


def check_store(store: StoreFactory, *, workers: int = 4) -> None:
    """Every law of this file, and those of ledgers and journals, for a story that uses every command.

    >>> check_store(MemoryStore)

    Raises:
        LawBroken: the first that does not hold.
    """
    check_ledger(_TERMS, _story(), store, "Asia/Shanghai")
    check_journal(_TERMS, _story(), store)
    store_keeps_what_memory_keeps(store)
    failure_leaves_no_trace(store)
    closed_periods_stay_closed(store)
    writers_at_once_never_overspend(store, workers=workers)


def _story() -> list[Command]:
    """Every command, with odd names, extreme numbers, days that are none; some are refused."""
    verbs: Sequence[Command] = (
        Earn("m-1", 120, at=_AT, key="a", actor=_ODD, reason=_ODD),
        Earn("m-1", 30, date(2026, 3, 1), date(2026, 1, 5), Fraction(1, 3), at=_AT, key="b"),
        Earn("m-1", 0, at=_AT, key="c"),
        Earn(_ODD, 70, at=_AT, key=_ODD, currency="miles", on=date(2026, 1, 1)),
        Redeem("m-1", 25, at=_AT, key="d"),
        Redeem("m-1", 999, partial=True, at=_AT, key="e"),
        Redeem("m-1", 999, at=_AT, key="f"),
        Activate("a", at=_AT, key="g"),
        Hold("m-1", 40, date(2026, 1, 9), at=_AT, key="h"),
        Hold("m-1", 10, at=_AT, key="i"),
        Hold("m-1", 5, at=_AT, key="j"),
        Capture("h", 15, at=_AT, key="k"),
        Release("i", at=_AT, key="l"),
        Reverse("d", 20, at=_AT, key="m"),
        Reverse("d", at=_AT, key="n"),
        Reverse("a", at=_AT, key="o"),
        Adjust("m-1", 50, at=_AT, key="p", reason=_ODD),
        Adjust("m-1", -10, at=_AT, key="q", reason="wear"),
        Adjust("m-1", -10, at=_AT, key="r"),
        Transfer(_ODD, "m-2", 30, at=_AT, key="s", currency="miles"),
        Reschedule(_ODD, date(2026, 8, 1), at=_AT, key="t"),
        Merge("m-2", "m-3", at=_AT, key="u"),
        Freeze("m-3", at=_AT, key="v"),
        Redeem("m-3", 1, at=_AT, key="w", currency="miles"),
        Unfreeze("m-3", at=_AT, key="x"),
        Redeem("m-3", 1, at=_AT, key="y", currency="miles"),
        Close("m-3", forfeit=True, at=_AT, key="z"),
        Redeem("m-1", 1, at=_AT, key="d"),
        Redeem("m-1", 25, at=_AT, key="d"),
        Reverse("y", at=_AT, key="x1"),
        Redeem("nobody", 1, at=_AT, key="n1"),
        Earn("m-1", 1, at=_AT, key="n2", currency="yen"),
    )
    return [replace(command, at=command.at + place * timedelta(hours=8)) for place, command in enumerate(verbs)]


def store_keeps_what_memory_keeps(store: StoreFactory) -> None:
    """Told the same, it answers, keeps and writes the same as the store in memory, down to the largest number.

    Raises:
        LawBroken: it does not.
    """
    rules, kept, memory = FixedTerms(*_TERMS), store(), MemoryStore()
    demand((list(kept.accounts()), list(kept.entries())) == ([], []), "a new store is empty")
    demand(kept.state("m-1", rules.terms) is None, "an account that nothing was booked on has no state")
    here, there = Ledger(rules, kept), Ledger(rules, memory)
    for command in (*_story(), *_extremes()):
        mine, theirs = _answer(here, command), _answer(there, command)
        same = mine == theirs or (isinstance(mine, Rejected) and type(mine) is type(theirs))
        demand(same, "a store answers as memory does", command=command, store=mine, memory=theirs)
    written = list(memory.entries())
    demand(
        list(kept.entries()) == written, "a store writes what memory writes", store=list(kept.entries()), memory=written
    )
    demand(list(kept.entries(after=7)) == written[7:], "a journal can be read from a place on")
    names = list(memory.accounts())
    demand(list(kept.accounts()) == names, "accounts are told in order", store=list(kept.accounts()), memory=names)
    for name in names:
        _accounts_are_alike(kept, memory, name)


def _accounts_are_alike(store: LedgerStore, memory: LedgerStore, name: str) -> None:
    entries, seen = list(memory.entries(name)), {"account": name}
    demand(list(store.entries(name, 2)) == entries[2:], "an account can be read from a version on", **seen)
    for day in {entry.on for entry in entries}:
        for terms in _TERMS:
            mine, theirs = (each.balance(name, terms.currency, day) for each in (store, memory))
            demand(mine == theirs, "a store sums up as memory does", **seen, on=day, store=mine, memory=theirs)


def _extremes() -> list[Command]:
    """The largest number of points, the longest names, the last and the first days."""
    at, long = _AT + 40 * _DAY, "é" * 127
    return [
        Earn(long, _MOST, date.max, date(2026, 1, 1), at=at, key=long, currency="miles"),
        Redeem(long, _MOST, at=at, key="all", currency="miles"),
        Reverse("all", _MOST - 1, at=at, key="but one"),
        Earn("m-9", 7, unit_value=Fraction(-(10**30), 3), at=at, key="worth less than nothing", currency="miles"),
        Earn("m-9", 7, at=datetime(1971, 1, 1, tzinfo=UTC), key="of old", on=date.min, currency="miles"),
        Earn("m-1", 1, at=at, key="version", expected_version=1),
        Earn("m-8", 7, at=at + timedelta.resolution, key="to the microsecond"),
    ]


def failure_leaves_no_trace(store: StoreFactory) -> None:
    """A transaction that raises leaves nothing behind, and the keys of what it booked are free.

    Raises:
        LawBroken: it does.
    """
    kept = store()
    ledger = Ledger(FixedTerms(*_TERMS), kept)
    ledger.apply(Earn("m-1", 10, at=_AT, key="a", currency="miles"))
    before, state = list(kept.entries()), _state_of(kept)
    spent = Redeem("m-1", 4, at=_AT, key="b", currency="miles")
    commands: list[Command] = [spent, Earn("m-2", 3, at=_AT), Redeem("m-1", 7, at=_AT, currency="miles")]
    with suppress(InsufficientPointsError):
        ledger.apply_many(commands, all_or_none=True)
        demand(False, "all or none raises what is refused")
    seen = {"before": before, "after": list(kept.entries())}
    demand(seen["before"] == seen["after"], "a transaction that fails writes nothing", **seen)
    demand(list(kept.accounts()) == ["m-1"], "a transaction that fails opens no account", accounts=kept.accounts())
    demand(_state_of(kept) == state, "a transaction that fails changes no state", before=state, after=_state_of(kept))
    answer = ledger.apply(spent)
    demand(not answer.replayed, "the keys of a transaction that failed are free", answer=answer)


def _state_of(store: LedgerStore) -> object:
    state = store.state("m-1", FixedTerms(*_TERMS).terms)
    assert state is not None
    return plain(state.copy())


def closed_periods_stay_closed(store: StoreFactory) -> None:
    """Once a period is closed nothing is booked on its days.

    Raises:
        LawBroken: something is.
    """
    ledger = Ledger(FixedTerms(*_TERMS), store())
    ledger.apply(Earn("m-1", 10, at=_AT, key="a"))
    ledger.close_period(_AT.date(), _AT.date() + _DAY)
    for command in (Earn("m-1", 1, at=_AT), Earn("m-2", 1, at=_AT + 3 * _DAY, on=_AT.date())):
        answer = _answer(ledger, command)
        demand(isinstance(answer, InvalidDayError), "a closed period stays closed", command=command, answer=answer)
    undone = ledger.apply(Reverse("a", at=_AT + 3 * _DAY)).entries[0]
    demand(undone.on > _AT.date(), "what is undone in a closed period is undone after it", entry=undone)


def writers_at_once_never_overspend(store: StoreFactory, *, workers: int = 4) -> None:
    """Of many who spend from one account at once, as many succeed as there are points for; so with many accounts.

    Raises:
        LawBroken: somebody spends what is not there, or is refused what is.
    """
    kept, tries = store(), 6 * workers
    ledger = Ledger(FixedTerms(Terms("points")), kept)
    ledger.apply_many([Earn(name, 10 * tries // 2 + 5, at=_AT) for name in ("one", "two")])

    def spend(number: int) -> bool:
        first, second = ("one", "two") if number % 2 else ("two", "one")
        commands = [Redeem(name, 5, at=_AT, key=f"{name}/{number}") for name in (first, second)]
        return all(isinstance(each, Booking) for each in ledger.apply_many(commands))

    with ThreadPoolExecutor(workers) as pool:
        granted = sum(pool.map(spend, range(tries + 4)))
    left = [ledger.balance(name, _AT.date()).available for name in ("one", "two")]
    demand(left == [0, 0] and granted == tries + 1, "nobody overspends", granted=granted, left=left)


def _answer(ledger: Ledger, command: Command) -> Booking | Rejected:
    try:
        return ledger.apply(command)
    except Rejected as refusal:
        return refusal
