"""What a ledger answers to the cases of kinds ``ledger`` and ``booking``: events as commands, bookings as theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NamedTuple, Protocol

from servicekit.loyalty import (
    Adjust,
    Booking,
    Capture,
    Command,
    Earn,
    Entry,
    FixedTerms,
    Hold,
    Ledger,
    Lot,
    MemoryStore,
    Redeem,
    Release,
    Reverse,
    Terms,
    Transfer,
)
from servicekit.loyalty.rejected import (
    ExceedsOriginalError,
    HoldClosedError,
    IdempotencyConflictError,
    InsufficientPointsError,
    InvalidPointsError,
    ReasonRequiredError,
    Rejected,
    SameAccountError,
    UnknownAccountError,
    UnknownEntryError,
)
from servicekit.loyalty.store import LedgerStore
from servicekit.testing.slow.ledger import SlowLedger
from servicekit.timeline import half_year, month, quarter, year

Given = Mapping[str, Any]
Seen = dict[str, Any]
Day = date.fromisoformat

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PERIODS = {"month": month, "quarter": quarter, "half_year": half_year, "year": year}
ERRORS: dict[type[Rejected], str] = {
    InsufficientPointsError: "insufficient_points",
    UnknownAccountError: "insufficient_points",  # an account without a credit has no points
    InvalidPointsError: "invalid_amount",
    UnknownEntryError: "unknown_entry",
    ExceedsOriginalError: "exceeds_original",
    HoldClosedError: "hold_closed",
    ReasonRequiredError: "reason_required",
    SameAccountError: "same_account",
    IdempotencyConflictError: "idempotency_conflict",
}
OF_HOLDS = {"unknown_entry": "unknown_hold", "exceeds_original": "exceeds_hold"}


class Piece(NamedTuple):
    """Points of one lot."""

    lot: str
    expires_on: date | None
    points: int
    state: str = "available"


class Answer(NamedTuple):
    """What came of a command: the points that it moved by lot, and the debt that it paid."""

    pieces: tuple[Piece, ...]
    debt_repaid: int = 0
    missing: int = 0
    replayed: bool = False


class Judge(Protocol):
    """A ledger that a case is put to."""

    def book(self, command: Command) -> Answer: ...
    def counts(self, account: str, on: date) -> Mapping[str, int]: ...
    def lots(self, account: str, on: date) -> Sequence[Piece]: ...
    def total(self, account: str, as_of: date, known_at: datetime | None) -> int: ...


class SlowJudge:
    """The slow ledger."""

    def __init__(self, terms: Terms) -> None:
        self.ledger = SlowLedger(terms)

    def book(self, command: Command) -> Answer:
        done = self.ledger.apply(command)
        pieces = tuple(Piece(lot.origin, lot.expires_on, lot.points) for lot in done.lots)
        return Answer(pieces, -done.change.debt, done.missing, done.replayed)

    def counts(self, account: str, on: date) -> Mapping[str, int]:
        return self.ledger.counts(account, on)

    def lots(self, account: str, on: date) -> list[Piece]:
        return [Piece(*lot) for lot in self.ledger.lots(account, on)]

    def total(self, account: str, as_of: date, known_at: datetime | None) -> int:
        balance = self.ledger.balance(account, as_of, known_at=known_at)
        return balance.available + balance.pending + balance.held - balance.debt


class StoredJudge:
    """A ledger over a store."""

    def __init__(self, terms: Terms, store: LedgerStore | None = None) -> None:
        self.ledger = Ledger(FixedTerms(terms), MemoryStore() if store is None else store)

    def book(self, command: Command) -> Answer:
        booking = self.ledger.apply(command)
        pieces = tuple(Piece(lot.origin, lot.expires_on, points) for lot, points in booking.allocations)
        missing = (booking.entries[0].details or {}).get("shortfall", 0)
        assert isinstance(missing, int)
        return Answer(pieces, -sum(each.debt for each in booking.entries), missing, booking.replayed)

    def counts(self, account: str, on: date) -> Mapping[str, int]:
        if not any(self.ledger.entries(account)):
            return {}
        self.ledger.run_expiry(on, [account])
        entries = list(self.ledger.entries(account))
        spent = {entry.key for entry in entries if entry.kind in ("redeem", "capture")}
        redeemed = sum(spent_of(entry) for entry in entries if entry.kind in ("redeem", "capture") or entry.of in spent)
        expired = -sum(entry.points for entry in entries if entry.kind == "expire")
        return {**self.ledger.balance(account, on)._asdict(), "redeemed": redeemed, "expired": expired}

    def lots(self, account: str, on: date) -> list[Piece]:
        if not any(self.ledger.entries(account)):
            return []
        state = self.ledger.state(account, on)
        held = [(lot, points, "held") for hold in state.holds.values() for lot, points in hold.allocations]
        opened = [
            (each.lot, each.points, "pending" if each.is_pending else "available")
            for book in state.books.values()
            for each in book.lots
        ]
        found = sorted([*held, *opened], key=lambda each: place_of(each[0]))
        return [Piece(lot.origin, lot.expires_on, points, kind) for lot, points, kind in found]

    def total(self, account: str, as_of: date, known_at: datetime | None) -> int:
        if not any(self.ledger.entries(account)):
            return 0
        return self.ledger.balance(account, as_of, known_at=known_at).total


class Named(NamedTuple):
    """A judge who calls lots by the events of the file, not by their keys."""

    judge: Judge
    names: Mapping[str, str]

    def __call__(self, pieces: Sequence[Piece]) -> list[Seen]:
        """The points of pieces that differ in nothing but their number, added up."""
        sums: Counter[Piece] = Counter()
        for piece in pieces:
            sums[piece._replace(points=0)] += piece.points
        return [
            {"lot": self.names[lot], "expires_on": iso(until), "points": points, "state": state}
            for (lot, until, _, state), points in sums.items()
        ]


def place_of(lot: Lot) -> tuple[date, date, int, int]:
    return lot.expires_on or date.max, lot.earned_on, lot.arrived_us, lot.lot_id


def spent_of(entry: Entry) -> int:
    """The points that an entry spends; less than none where they come back."""
    return {"redeem": -entry.available, "capture": -entry.held, "reverse": -entry.points}.get(entry.kind, 0)


def terms_of(program: Given) -> Terms:
    """The programme of a case; the file counts other things as activity than we do by default."""
    expiry, pending = program["expiry"], program.get("pending_days", 0)
    return Terms(
        "points",
        expires_on=lambda on: first_unusable_day(expiry, on),
        lapses_on=(lambda last: last_day(expiry, last)) if expiry["kind"] == "inactivity" else None,
        available_on=lambda on: on + pending * DAY if pending else None,
        activity=frozenset(program.get("activity", ["earn", "redeem", "transfer_in"])),
        minimum=program.get("min_redeem", 1),
        multiple_of=program.get("redeem_multiple", 1),
        grace_days=program.get("reversal_grace_days"),
        shortfall=program.get("shortfall", "deny"),
        from_other_lots=program.get("clawback_other_lots", True),
    )


def first_unusable_day(expiry: Given, on: date) -> date | None:
    match expiry["kind"]:
        case "none" | "inactivity":
            return None
        case "rolling_days":
            return last_day(expiry, on)
        case "rolling_months":
            last = last_day(expiry, on)
        case "period_end":
            return PERIODS[expiry["unit"]](on).end
        case kind:
            raise ValueError(kind)
    return PERIODS[expiry["round_up"]](last).end if "round_up" in expiry else last + DAY


def last_day(expiry: Given, on: date) -> date:
    """So many days or months later."""
    if "days" in expiry:
        return on + expiry["days"] * DAY
    years, place = divmod(on.year * 12 + on.month - 1 + expiry["months"], 12)
    first = date(years, place + 1, 1)
    return min(first + (on.day - 1) * DAY, month(first).end - DAY)


def command_of(event: Given, number: int, keys: Mapping[str, str]) -> Command:
    """An event as a command, given at noon of the day on which it is recorded, and a little later than the last."""
    recorded = Day(event.get("recorded", event["on"]))
    at = datetime.combine(recorded, time(12), UTC) + timedelta(microseconds=number)
    told: Any = {"at": at, "key": event.get("key", event["id"]), "on": Day(event["on"])}
    account, points = event.get("account", "A"), event.get("points")
    until = event.get("expires_on") and Day(event["expires_on"])
    make: dict[str, Callable[[], Command]] = {
        "earn": lambda: Earn(account, points, until, **told),
        "redeem": lambda: Redeem(account, points, event.get("partial", False), **told),
        "hold": lambda: Hold(account, points, event.get("until") and Day(event["until"]), **told),
        "capture": lambda: Capture(keys.get(event["hold"], event["hold"]), points, **told),
        "release": lambda: Release(keys.get(event["hold"], event["hold"]), **told),
        "reverse": lambda: Reverse(keys.get(event["of"], event["of"]), points, **told),
        "adjust": lambda: Adjust(account, points, until, reason=event.get("reason"), **told),
        "transfer": lambda: Transfer(account, event["to"], points, **told),
    }
    return make[event["op"]]()


def ledger_answers(given: Given, judge: Callable[[Terms], Judge]) -> Seen:
    """What a ledger says to the events and queries of a case, day by day."""
    terms = terms_of({"expiry": {"kind": "none"}, **given["program"]})
    keys = {event["id"]: event.get("key", event["id"]) for event in given["events"]}
    ledger = Named(judge(terms), {key: name for name, key in reversed(keys.items())})
    told = {event["id"]: command_of(event, number, keys) for number, event in enumerate(given["events"])}
    queries = list(enumerate(given.get("queries", [])))
    days = sorted({*(command.at.date() for command in told.values()), *(Day(q["on"]) for _, q in queries if "on" in q)})
    results: list[Seen] = []
    answers: dict[int, Seen] = {}
    for day in days:
        results += [
            result_of(event, told, ledger, terms) for event in given["events"] if told[event["id"]].at.date() == day
        ]
        answers |= {n: asked_of(query, ledger) for n, query in queries if query.get("on") == str(day)}
    answers |= {n: asked_of(query, ledger) for n, query in queries if "as_of" in query}
    return {"results": results, "answers": [answers[n] for n, _ in queries]}


def result_of(event: Given, told: Mapping[str, Command], ledger: Named, terms: Terms) -> Seen:
    command = told[event["id"]]
    try:
        answer = ledger.judge.book(command)
    except Rejected as refusal:
        name = ERRORS[type(refusal)]
        return {"error": OF_HOLDS.get(name, name) if "hold" in event else name}
    seen: Seen = {"points": sum(piece.points for piece in answer.pieces)}
    lots = [{name: lot[name] for name in ("lot", "expires_on", "points")} for lot in ledger(answer.pieces)]
    match command:
        case Earn() | Adjust(points=1):
            seen |= credited(command, answer, terms)
        case Adjust(points=points):
            taken = {"points": -seen["points"], "shortfall": -points - seen["points"]}
            seen |= taken if points < 0 else credited(command, answer, terms)
        case Reverse() if isinstance(told.get(event["of"]), Redeem | Capture):
            gone = sum(p.points for p in answer.pieces if p.expires_on and p.expires_on <= command.at.date())
            seen |= {"allocations": lots, "expired_at_once": gone}
        case Reverse():
            seen |= {"shortfall": answer.missing}
        case Redeem() | Hold() | Capture() | Transfer():
            seen |= {"allocations": lots}
    return seen | ({"replayed": True} if answer.replayed else {})


def credited(command: Earn | Adjust, answer: Answer, terms: Terms) -> Seen:
    until = command.expires_on or terms.expires_on(command.on or command.at.date())
    assert {piece.expires_on for piece in answer.pieces} <= {until}
    return {"debt_repaid": answer.debt_repaid, "expires_on": iso(until)}


def asked_of(query: Given, ledger: Named) -> Seen:
    account = query.get("account", "A")
    if "as_of" in query:
        known = (
            query.get("known_at") and datetime.combine(Day(query["known_at"]) + DAY, time(), UTC) - timedelta.resolution
        )
        return {"balance": ledger.judge.total(account, Day(query["as_of"]), known or None)}
    counts = ledger.judge.counts(account, Day(query["on"]))
    parts = ("available", "pending", "held", "redeemed", "expired", "debt")
    seen: Seen = {part: counts.get(part, 0) for part in parts}
    if query.get("detail", True):
        seen["lots"] = ledger(ledger.judge.lots(account, Day(query["on"])))
    return seen


def iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def ledger(given: Given) -> Seen:
    """The answers of a ledger over a store in memory."""
    return ledger_answers(given, StoredJudge)


def slow_ledger(given: Given) -> Seen:
    """The same of the slow judge."""
    return ledger_answers(given, SlowJudge)


def booking(given: Given, store: LedgerStore | None = None) -> Seen:
    """The lots that some redemptions take, all or none."""
    shop = Ledger(FixedTerms(Terms("points", order=given["method"].lower())), store)
    at = datetime(2030, 1, 1, tzinfo=UTC)
    for number, lot in enumerate(given["lots"]):
        key, value, on = str(number), Fraction(lot["value"]), Day(lot["date"])
        shop.apply(Earn("A", lot["units"], unit_value=value, at=at + number * SECOND, on=on, key=key))
    try:
        commands = [Redeem("A", count, at=at + DAY, key=f"r{n}") for n, count in enumerate(given["reduce"])]
        taken = shop.apply_many(commands, all_or_none=True)
    except InsufficientPointsError:
        return {"error": "not_enough_lots", "remaining": remaining(shop, given)}
    bookings = [each for each in taken if isinstance(each, Booking)]
    reductions = [[[int(lot.origin), points] for lot, points in each.allocations] for each in bookings]
    return {"reductions": reductions, "remaining": remaining(shop, given)}


def remaining(shop: Ledger, given: Given) -> list[int]:
    books = shop.state("A", date(2030, 1, 2)).books.values()
    left = {each.lot.origin: each.points for book in books for each in book.lots}
    return [left.get(str(number), 0) for number, _ in enumerate(given["lots"])]
