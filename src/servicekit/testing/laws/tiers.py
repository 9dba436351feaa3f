"""Laws of tiers: what a standing may depend on, and what must change nothing.

Each takes an engine of yours and some events; draw them from :mod:`servicekit.testing.strategies`, or take real ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from servicekit.events import Activity, CustomerEvent, Purchase, Refund, day_of, order_customers
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.slow import SlowStatus, SlowTiers
from servicekit.tiers import TierChange, TierEngine, TierState, TierStatus

_DAY = timedelta(days=1)
_Steps = Mapping[str, tuple[TierState, Sequence[TierChange]]]


def check_tiers(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Every law of this file that holds for any programme and any events.

    >>> from servicekit.events import Enrolled
    >>> from servicekit.tiers import TierProgram
    >>> program = TierProgram.parse("{currency: CNY, levels: {normal: {}, vip: {qualify: {spend: 5000 CNY}}}}")
    >>> check_tiers(program.compile(), [Enrolled("m-1", date(2026, 1, 5))], date(2026, 6, 30))

    Raises:
        LawBroken: the first that does not hold.
    """
    agrees_with_slow_tiers(engine, events, as_of)
    tier_fold_is_iterated_step(engine, events, as_of)
    history_is_contiguous(engine, events, as_of)
    losses_are_limited(engine, events, as_of)
    upgrade_comes_at_once(engine, events, as_of)
    later_events_change_nothing(engine, events, as_of)
    order_of_arrival_changes_nothing(engine, events, as_of)
    repeats_change_nothing(engine, events, as_of)
    times_of_day_change_nothing(engine, events, as_of)
    more_purchases_lower_nobody(engine, events, as_of)
    projection_comes_true(engine, events, as_of)


def agrees_with_slow_tiers(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """The engine tells of every customer what visiting every day tells.

    Raises:
        LawBroken: it does not.
    """
    run, law = engine.fold(events, as_of), "the engine agrees with visiting every day"
    walked = SlowTiers(engine.program, timezone=str(engine.timezone)).fold(events, as_of)
    demand(run.keys() == walked.keys(), law, engine=list(run), walked=list(walked))
    for name, status in run.items():
        demand(_slowly(status) == walked[name], law, customer=name, engine=_slowly(status), walked=walked[name])
        demand(status.since == walked[name].since, law, engine=status.since, walked=walked[name].since)
        demand(run.tier(name) == status.tier, "the short question has the same answer", engine=status)
    counts = {tier: sum(each.tier == tier for each in walked.values()) for tier in engine.program.levels}
    demand(run.counts() == counts, law, engine=run.counts(), walked=counts)


def _slowly(status: TierStatus) -> SlowStatus:
    """The status of an engine as the slow judge would write it."""
    return SlowStatus(
        status.tier,
        status.earned,
        status.valid_until,
        status.enrolled_on,
        {metric: Fraction(missing) for metric, missing in status.missing.items()},
        tuple((change.on, change.old, change.new, change.kind) for change in status.history),
    )


def tier_fold_is_iterated_step(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """``step`` for every event of a customer, its state stored after each, comes to what ``fold`` comes to.

    Not so in a programme for households, in which a step does not know who belongs together.

    Raises:
        LawBroken: it does not.
    """
    if engine.program.members == "household":
        return
    run, law = engine.fold(events, as_of), "fold == iterated step"
    stepped = _stepped(engine, _known(engine, events, as_of))
    for name, (state, changes) in stepped.items():
        status = engine.status(state, as_of)
        demand(status == run.get(name), law, customer=name, stepped=status, folded=run.get(name))
        told = () if status is None else status.history[: len(changes)]
        demand(tuple(changes) == told, "every change is told once", told=changes, history=told)


def _stepped(engine: TierEngine, events: Sequence[CustomerEvent]) -> _Steps:
    """The states after all events, once kept and once stored after each; and the changes that were told."""
    stepped: dict[str, tuple[TierState, Sequence[TierChange]]] = {}
    for event in order_customers(events, engine.timezone).events:
        state, changes = stepped.get(event.customer_id, (engine.start(), ()))
        written = engine.save(state)
        kept, stored = engine.step(state, event), engine.step(engine.load(written), event)
        law = "a state read back from JSON is the state that was written"
        demand(kept == stored, law, kept=kept, stored=stored)
        demand(engine.save(state) == written, "states never change", written=written, now=engine.save(state))
        stepped[event.customer_id] = kept.state, (*changes, *kept.changes)
    return stepped


def history_is_contiguous(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """A history begins in the lowest tier, each change with the tier of the one before, at most one on a day.

    Raises:
        LawBroken: it does not.
    """
    ranks = {tier: place for place, tier in enumerate(engine.program.levels)}
    for status in engine.fold(events, as_of).values():
        history, seen = status.history, {"history": status.history}
        joints = [next(iter(ranks)), *(change.new for change in history)]
        demand(joints[:-1] == [change.old for change in history], "each change begins where the last ended", **seen)
        demand(joints[-1] == status.tier, "a history ends in the tier in force", status=status)
        days = [change.on for change in history]
        demand(all(a < b for a, b in pairwise(days)), "at most one change a day, in order", **seen)
        within = all(status.enrolled_on <= day <= as_of for day in days)
        demand(within, "changes lie between the enrolment and the day asked about", **seen)
        signs = {"upgrade": 1, "renew": 0, "downgrade": -1}
        for change in history:
            moved = ranks[change.new] - ranks[change.old]
            sign = (moved > 0) - (moved < 0)
            demand(sign == signs[change.kind], "a change is of the kind that it is called", change=change)
            demand(bool(change.reason), "a change has a reason", change=change)


def losses_are_limited(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Without grants and households nobody loses more levels at once than ``max_levels``, or any under ``never``.

    Tiers that are only given do not count as levels.

    Raises:
        LawBroken: somebody does.
    """
    program, rules = engine.program, engine.program.downgrade
    if program.members == "household":
        return
    earned = [tier for tier, level in program.levels.items() if not level.by_grant]
    own = [event for event in events if isinstance(event, Purchase | Refund | Activity)]
    enrolments = [event for event in events if type(event).__name__ == "Enrolled"]
    most = 0 if rules.when == "never" else rules.max_levels or len(earned)
    for status in engine.fold([*enrolments, *own], as_of).values():
        for change in status.history:
            lost = earned.index(change.old) - earned.index(change.new)
            demand(lost <= most, "nobody loses more levels at once than the programme allows", change=change)


def upgrade_comes_at_once(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Under ``upgrade: immediate`` nobody meets at the end of a day what the next tier asks for.

    Raises:
        LawBroken: somebody does.
    """
    if engine.program.upgrade != "immediate":
        return
    for status in engine.fold(events, as_of).values():
        met = [each.is_met for each in status.progress]
        qualify = engine.program.levels[status.next_tier].qualify if status.next_tier else None
        is_met = qualify is not None and (all(met) if qualify.match == "all" else any(met))
        demand(not is_met, "who qualifies has the tier", status=status)


def later_events_change_nothing(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """The answer for a day is that of the events up to it, whatever came later and however late it is asked.

    Raises:
        LawBroken: it is not.
    """
    whole, part = engine.fold(events, as_of), engine.fold(_known(engine, events, as_of), as_of)
    demand(dict(whole) == dict(part), "later events change nothing", whole=dict(whole), part=dict(part))
    later = engine.fold(_known(engine, events, as_of), as_of + 400 * _DAY)
    for name, status in part.items():
        history = tuple(change for change in later[name].history if change.on <= as_of)
        demand(history == status.history, "history stays as it was", later=history, part=status.history)


def order_of_arrival_changes_nothing(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """The same events from the last to the first come to the same, as do those that come sorted.

    Give no id twice with other content, of which the first counts.

    Raises:
        LawBroken: they do not.
    """
    here, law = dict(engine.fold(events, as_of)), "the order of arrival changes nothing"
    there = dict(engine.fold(list(reversed(events)), as_of))
    demand(here == there, law, here=here, there=there)
    tidy = order_customers(events, engine.timezone).events
    there = dict(engine.fold(iter(tidy), as_of, in_order=True))
    demand(here == there, law, here=here, in_order=there)


def repeats_change_nothing(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """What is told twice counts once, but for activities without a key.

    Raises:
        LawBroken: it counts again.
    """
    again = [event for event in events if not isinstance(event, Activity) or event.key is not None]
    once, twice = dict(engine.fold(events, as_of)), dict(engine.fold([*events, *again], as_of))
    demand(once == twice, "what is told twice counts once", once=once, twice=twice)


def times_of_day_change_nothing(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Purchases, refunds and activities of which only the day is known come to the same as those with their times.

    Raises:
        LawBroken: they do not.
    """
    moving = Purchase | Refund | Activity
    days = [
        replace(event, at=day_of(event.at, engine.timezone)) if isinstance(event, moving) else event for event in events
    ]
    timed, plain = dict(engine.fold(events, as_of)), dict(engine.fold(days, as_of))
    demand(timed == plain, "times of day change nothing", timed=timed, plain=plain)


def more_purchases_lower_nobody(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """Who buys everything twice stands nowhere lower; a review, which comes earlier for some, may take that back.

    Raises:
        LawBroken: somebody stands lower.
    """
    program, ranks = engine.program, list(engine.program.levels)
    if program.upgrade != "immediate" or program.downgrade.when == "at_review":
        return
    twins = [replace(each, order_id=f"twin of {each.order_id}") for each in events if isinstance(each, Purchase)]
    less, more = engine.fold(events, as_of), engine.fold([*events, *twins], as_of)
    for name, status in less.items():
        rises = ranks.index(more[name].tier) >= ranks.index(status.tier)
        demand(rises, "more purchases lower nobody", less=status, more=more[name])


def projection_comes_true(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> None:
    """If nothing more happens, the first change after the day asked about is the one that was projected.

    Raises:
        LawBroken: it is another, or comes on another day.
    """
    known, law = _known(engine, events, as_of), "a projection comes true"
    for name, status in engine.fold(known, as_of).items():
        until = status.projected_on or as_of + 800 * _DAY
        later = engine.fold(known, until)[name]
        news = [(change.on, change.new) for change in later.history if change.on > as_of]
        expected = [] if status.projected_on is None else [(status.projected_on, status.projected_tier)]
        demand(news == expected, law, status=status, later=later)


def _known(engine: TierEngine, events: Sequence[CustomerEvent], as_of: date) -> list[CustomerEvent]:
    return [event for event in events if day_of(event.at, engine.timezone) <= as_of]
