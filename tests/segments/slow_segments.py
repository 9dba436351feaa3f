"""The slow judge of segments: scores by comparing everybody with everybody, triggers by visiting every day.

It shares no code with the room: every day asks anew what is known by its evening.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from servicekit.events import Activity, Case, CustomerEvent, Enrolled, Purchase, Refund, day_of, order_customers
from servicekit.segments import (
    AnniversaryTrigger,
    BirthdayTrigger,
    ProblemsTrigger,
    RenewalTrigger,
    SegmentsEngine,
    SilenceTrigger,
    TriggerSources,
)
from servicekit.timeline import CalendarDays, Duration

Number = int | Decimal


def slow_scores(values: Mapping[str, Number], bins: int, ties: str) -> dict[str, int]:
    """For each customer, look at each other one."""
    n = len(values)
    found = {}
    for name, value in values.items():
        worse = sum(other < value for other in values.values())
        equal = sum(other == value for other in values.values())
        before = sum((other, who) < (value, name) for who, other in values.items())
        match ties:
            case "share":
                found[name] = 1 + int(Fraction(bins * worse, n))
            case "midrank":
                found[name] = 1 + int(bins * (worse + Fraction(equal, 2)) / n)
            case _:
                found[name] = _part(before, n, bins)
    return found


def _part(place: int, n: int, bins: int) -> int:
    """Deal the places out, one part after the other."""
    part = 1
    for left in range(bins, 0, -1):
        size = -(-n // left)
        if place < size:
            break
        place, n, part = place - size, n - size, part + 1
    return part


def known_of(engine: SegmentsEngine, events: Sequence[CustomerEvent], name: str, on: date) -> list[CustomerEvent]:
    """What is known of a customer on the evening of a day."""
    log = order_customers(events, engine.tz).events
    return [event for event in log if event.customer_id == name and day_of(event.at, engine.tz) <= on]


def slow_spend(engine: SegmentsEngine, known: Sequence[CustomerEvent]) -> tuple[Fraction, int, list[date]]:
    """What is left of all orders, exactly; how many are left; and on which days they were made."""
    spend, count, days = Fraction(0), 0, set()
    for place, event in enumerate(known):
        if not isinstance(event, Purchase):
            continue
        back = [each for each in known[place:] if isinstance(each, Refund) and each.order_id == event.order_id]
        net = Fraction(event.net.amount)
        points = Fraction(event.paid_with_points.amount) if event.paid_with_points else Fraction(0)
        left = max(net - sum(Fraction(each.net.amount) for each in back), Fraction(0))
        if back and not left:
            continue
        part = max(net - points, Fraction(0)) * (left / net if net else 1)
        spend += Fraction(round(100 * part), 100) if back else part
        count += 1
        days.add(day_of(event.at, engine.tz))
    return spend, count, sorted(days)


def slow_plan(
    engine: SegmentsEngine, events: Sequence[CustomerEvent], days: Sequence[date], sources: TriggerSources
) -> set[tuple[date, str, str]]:
    """Day, customer and name of every trigger that fires, day by day."""
    cases = list(sources.cases)
    owners = {case.opened.customer_id for case in cases if case.opened and case.opened.customer_id}
    names = {event.customer_id for event in events} | owners | sources.renewals.keys()
    found = set()
    for name in names:
        history = known_of(engine, events, name, max(days))
        for day in days:
            known = [event for event in history if day_of(event.at, engine.tz) <= day]
            found |= {(day, name, trigger) for trigger in _firing(engine, name, known, day, sources, cases)}
    return found


def _firing(
    engine: SegmentsEngine,
    name: str,
    known: Sequence[CustomerEvent],
    day: date,
    sources: TriggerSources,
    cases: Sequence[Case],
) -> Iterator[str]:
    joined = next((event for event in known if isinstance(event, Enrolled)), None)
    opened = [each.opened for each in cases if each.opened and each.opened.customer_id == name]
    for label, trigger in engine.policy.triggers.items():
        match trigger:
            case BirthdayTrigger(leap_day=leap, before=before):
                born = joined.birthday if joined else None
                fires = born is not None and _is_kept(born, day + timedelta(days=count(before)), leap)
            case AnniversaryTrigger(leap_day=leap, before=before):
                since = day_of(joined.at, engine.tz) if joined else None
                fires = since is not None and _is_kept(since, day + timedelta(days=count(before)), leap)
            case SilenceTrigger(after=after):
                fires = _silence(engine, known, day) == count(after)
            case RenewalTrigger(before=before):
                fires = day + timedelta(days=count(before)) in sources.renewals.get(name, ())
            case ProblemsTrigger(count=least, within=within):
                ages = [(day - day_of(each.at, engine.tz)).days for each in opened]
                today = sum(0 <= age < count(within) for age in ages)
                fires = today >= least > sum(0 <= age - 1 < count(within) for age in ages)
        if fires:
            yield label


def count(days: Duration | None) -> int:
    """The number of days that a document says."""
    return days.days if isinstance(days, CalendarDays) else 0


def _is_kept(first: date, day: date, leap_day: str) -> bool:
    """Whether a day is kept on this one, in a later year."""
    if day.year <= first.year:
        return False
    if (first.month, first.day) != (2, 29):
        return (first.month, first.day) == (day.month, day.day)
    following, before = day + timedelta(days=1), day - timedelta(days=1)
    if leap_day == "february_28":
        return (day.month, following.day) == (2, 1)
    return (day.month, day.day) == (2, 29) or ((day.month, day.day) == (3, 1) and before.day == 28)


def _silence(engine: SegmentsEngine, known: Sequence[CustomerEvent], day: date) -> int | None:
    active = [
        day_of(event.at, engine.tz)
        for event in known
        if isinstance(event, Purchase) or (isinstance(event, Activity) and event.delta > 0)
    ]
    return (day - max(active)).days if active else None
