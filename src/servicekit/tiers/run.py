"""One pass over the events of many customers: where everybody stands, and what was odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import date, datetime, tzinfo
from fractions import Fraction

from servicekit.errors import Problem, ProblemGroup, ProblemLog
from servicekit.events import CustomerEvent, Enrolled, HouseholdLeft
from servicekit.layout import Result, Table
from servicekit.quantity import percent_text
from servicekit.tiers.account.account import Account
from servicekit.tiers.account.compiled_program import Versions
from servicekit.tiers.account.days import advance, close, version_on
from servicekit.tiers.account.household import Households, Stay
from servicekit.tiers.account.intake import enrol, take
from servicekit.tiers.standing.joint_status import joint_status, joint_tier
from servicekit.tiers.standing.status import TierStatus
from servicekit.tiers.standing.view import status_of


class TierRun(Result, Mapping[str, TierStatus]):
    """The status of every customer who has enrolled, by id, as of one day; it is made when it is asked for.

    ``problems`` says what was odd about the events, by code, each with its count and the first of its kind.

    >>> from servicekit.events import Enrolled
    >>> from servicekit.tiers import TierProgram
    >>> engine = TierProgram.parse("{currency: CNY, levels: {normal: {}}}").compile()
    >>> run = engine.fold([Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30))
    >>> run["m-1"].tier, run.counts()
    ('normal', {'normal': 1})
    """

    def __init__(self, versions: Versions, tz: tzinfo, as_of: date) -> None:
        self.as_of = as_of
        self._versions, self._tz, self._last = versions, tz, as_of.toordinal()
        self._accounts: dict[str, Account] = {}
        self._early: Counter[str] = Counter()
        self._log = ProblemLog()
        self._automatic = versions[-1].program.enrolment == "automatic"
        self._households = Households(versions) if versions[-1].program.members == "household" else None

    def __getitem__(self, customer_id: str) -> TierStatus:
        account = self._closed(self._account(customer_id))
        shared = self._shared(customer_id)
        return joint_status(self._versions, account, shared) if shared else status_of(self._versions, account)

    def __contains__(self, customer_id: object) -> bool:
        return customer_id in self._accounts  # without making a status

    def __iter__(self) -> Iterator[str]:
        return iter(self._accounts)

    def __len__(self) -> int:
        return len(self._accounts)

    def __repr__(self) -> str:
        return f"TierRun(as_of={self.as_of}, customers={len(self)}, problems={len(self.problems)})"

    @property
    def problems(self) -> tuple[ProblemGroup, ...]:
        """What was odd, errors first; a customer who never enrolled is an error, and stands nowhere."""
        log = ProblemLog()
        log.add(
            Problem(
                "tiers.not-enrolled",
                f"customer {customer_id}",
                f"never enrolled; {times} {'event does' if times == 1 else 'events do'} not count",
                hint="give the enrolment, or let the first event enrol: enrolment: automatic",
            )
            for customer_id, times in self._early.items()
            if customer_id not in self._accounts
        )
        return tuple(sorted((*self._log.groups(), *log.groups()), key=lambda group: (group.severity, group.code)))

    def counts(self) -> dict[str, int]:
        """How many customers stand in each tier, the lowest first."""
        names = dict.fromkeys(version_on(self._versions, self._last).names, 0)
        for customer_id in self:
            names[self.tier(customer_id)] += 1
        return names

    def rows(self) -> Iterator[Mapping[str, object]]:
        """A row for each customer: the tier, since when, until when, and what is next."""
        return (status.row() for status in self.values())

    def table(self) -> Table:
        """How many customers stand in each tier, the lowest first."""
        counts = self.counts()
        total = len(self) or 1
        rows = [(tier, f"{number:,}", percent_text(Fraction(number, total))) for tier, number in counts.items()]
        caption = f"{len(self):,} customers at the end of {self.as_of}"
        return Table(("tier", "customers", "share"), rows, labels=1, caption=caption)

    def tier(self, customer_id: str) -> str:
        """The tier of a customer: :attr:`TierStatus.tier` without the rest, and much faster.

        Raises:
            KeyError: the customer has not enrolled.
        """
        account, shared = self._closed(self._account(customer_id)), self._shared(customer_id)
        return joint_tier(self._versions, account, shared) if shared else account.tier

    def spans(self, customer_id: str) -> tuple[tuple[date, str], ...]:
        """The tiers of a customer with their first days, from the enrolment on; much faster than a status.

        >>> from servicekit.events import Enrolled
        >>> from servicekit.tiers import TierProgram
        >>> engine = TierProgram.parse("{currency: CNY, levels: {normal: {}}}").compile()
        >>> engine.fold([Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30)).spans("m-1")
        ((datetime.date(2026, 1, 5), 'normal'),)

        Raises:
            KeyError: the customer has not enrolled.
        """
        if self._households is not None and self._households.of(customer_id):
            status = self[customer_id]
            moved = [(each.on, each.old, each.new) for each in status.history]
            enrolled, tier = status.enrolled_on, status.tier
        else:
            account = self._closed(self._account(customer_id))
            moved = [(date.fromordinal(each.day), each.old, each.new) for each in account.changes]
            enrolled, tier = date.fromordinal(account.enrolled), account.tier
        first = moved[0][1] if moved else tier
        return ((enrolled, first), *((on, new) for on, old, new in moved if old != new))

    def _shared(self, customer_id: str) -> list[Stay]:
        """The stays of a customer in households, whose accounts are closed."""
        stays = () if self._households is None else self._households.of(customer_id)
        return [each._replace(household=self._closed(each.household)) for each in stays]

    def later(self, as_of: date) -> TierRun:
        """The same events, seen from a later day on which nothing more has happened.

        Raises:
            ValueError: the day is an earlier one; events may have been counted that it does not know.
        """
        if as_of < self.as_of:
            raise ValueError(f"{as_of} comes before {self.as_of}, up to which events were counted")
        seen = copy(self)
        seen.as_of, seen._last = as_of, as_of.toordinal()
        return seen

    def _account(self, customer_id: str) -> Account:
        try:
            return self._accounts[customer_id]
        except KeyError:
            raise KeyError(f"customer {customer_id!r} has not enrolled; see the problems of the run") from None

    def _closed(self, account: Account) -> Account:
        closed = account.copy()
        advance(closed, self._last, self._versions)
        close(closed)
        return closed

    def add_problems(self, problems: Iterable[Problem]) -> None:
        """Count problems that were found before the events came here."""
        self._log.add(problems)

    def take_all(self, events: Iterable[CustomerEvent]) -> None:
        """Count events, each customer's in the order of their days."""
        tz, last, accounts, versions, log = self._tz, self._last, self._accounts, self._versions, self._log
        for event in events:
            moment = event.at
            day = (moment.astimezone(tz) if isinstance(moment, datetime) else moment).toordinal()
            if day > last:
                log.add((_after(event, self.as_of),))
                continue
            account = accounts.get(event.customer_id) or self._enrol(event, day)
            if account is None:
                continue
            if self._households is not None:
                if isinstance(event, HouseholdLeft) and not self._households.is_member(event.customer_id):
                    log.add((_not_joined(event),))
                account = self._households.route(account, event, day)
            if day > account.day:
                advance(account, day, versions)
            if problems := take(account, event, day):
                log.add(problems)

    def _enrol(self, event: CustomerEvent, day: int) -> Account | None:
        customer_id = event.customer_id
        if not self._automatic and not isinstance(event, Enrolled):
            self._early[customer_id] += 1
            return None
        if early := self._early.get(customer_id):
            self._log.add(_before(event) for _ in range(early))
        account = self._accounts[customer_id] = enrol(customer_id, version_on(self._versions, day), day)
        return account


def _not_joined(event: HouseholdLeft) -> Problem:
    message = f"HouseholdLeft at {event.at.isoformat()} leaves no household, for none was joined"
    return Problem.warning("tiers.no-household", f"customer {event.customer_id}", message, "check who it is of")


def _before(enrolled: CustomerEvent) -> Problem:
    message = f"an event precedes the enrolment at {enrolled.at.isoformat()}; it does not count"
    hint = "give an earlier enrolment, or let the first event enrol: enrolment: automatic"
    return Problem("tiers.before-enrolment", f"customer {enrolled.customer_id}", message, hint)


def _after(event: CustomerEvent, as_of: date) -> Problem:
    message = f"{type(event).__name__} at {event.at.isoformat()} comes after {as_of}; it does not count"
    return Problem.warning("tiers.after-as-of", f"customer {event.customer_id}", message, "ask for a later day")
