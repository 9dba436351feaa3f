"""Laws of statistics: limits hold their value, parts make the whole, with more agents nobody waits longer.

Intervals of shares and quantiles are given as functions, so that some of your own, or a database's, can be held against
the laws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import inf, isclose
from typing import TypeAlias

from servicekit.statistics import ErlangA, ErlangC, Estimate, KaplanMeier
from servicekit.statistics.erlang import Staffing
from servicekit.testing.laws.law_broken import demand

ShareInterval: TypeAlias = Callable[[int, int, float], Estimate | None]
"""An interval of a share: successes, cases and confidence in, an estimate out."""

Quantile: TypeAlias = Callable[[Sequence[float], float], float | None]
"""A quantile: values and a share in, a value out."""

_ROUNDING = 1e-11


def check_share_interval(interval: ShareInterval, successes: int, n: int) -> None:
    """Limits stay between 0 and 1, hold the share, mirror those of the failures, and rise with successes; more
    confidence is wider.

    >>> from servicekit.statistics import wilson
    >>> check_share_interval(wilson, 81, 263)

    Raises:
        LawBroken: the first that does not hold.
    """
    found = interval(successes, n, 0.95)
    demand((found is None) == (n == 0), "only of no cases there is no share", successes=successes, n=n, found=found)
    if found is None:
        return
    low, high = _limits(found)
    demand(found.value == successes / n, "the value is the share", found=found)
    demand(0 <= low <= found.value <= high <= 1, "limits are in range and hold the share", found=found)
    mirrored = _limits(interval(n - successes, n, 0.95))
    is_mirror = _alike(low, 1 - mirrored[1]) and _alike(high, 1 - mirrored[0])
    demand(is_mirror, "failures have the limits of successes, mirrored", found=found, mirrored=mirrored)
    wider = [_limits(interval(successes, n, confidence)) for confidence in (0.5, 0.95, 0.999)]
    holds = all(b[0] <= a[0] and a[1] <= b[1] for a, b in pairwise(wider))
    demand(holds, "more confidence is wider", limits=wider)
    if successes < n:
        more = _limits(interval(successes + 1, n, 0.95))
        demand(low <= more[0] and high <= more[1], "limits rise with successes", found=found, more=more)


def check_quantiles(quantile: Quantile, values: Sequence[float]) -> None:
    """Quantiles lie within their values, rise with the share, and do not depend on the order of the values.

    >>> from servicekit.statistics import quantile
    >>> check_quantiles(quantile, [20, 21, 16, 56])

    Raises:
        LawBroken: the first that does not hold.
    """
    found = [quantile(values, step / 20) for step in range(21)]
    demand((None in found) == (not values), "only of no values there is no quantile", values=values, found=found)
    known = [each for each in found if each is not None]
    inside = not known or (min(values) <= min(known) and max(known) <= max(values))
    demand(inside, "a quantile lies within its values", values=values, found=known)
    demand(known == sorted(known), "quantiles rise with the share", values=values, found=known)
    backwards = [quantile(values[::-1], step / 20) for step in range(21)]
    demand(backwards == found, "the order of the values changes nothing", values=values, backwards=backwards)


def check_survival(first: KaplanMeier, second: KaplanMeier) -> None:
    """A curve falls from 1 to 0 at most, its limits hold it, its quantiles rise; merging adds what the curves count.

    >>> check_survival(KaplanMeier({6: 3, 7: 1}, {6: 1}), KaplanMeier({6: 1}, {9: 2}))

    Raises:
        LawBroken: the first that does not hold.
    """
    whole = first | second
    demand(whole == second | first, "the order of merging changes nothing", first=first, second=second)
    demand(whole.n == first.n + second.n, "merging adds up", first=first, second=second, whole=whole)
    shares = [1.0, *(step.survival for step in whole.steps)]
    falls = all(a > b >= 0 for a, b in pairwise(shares))
    demand(falls, "a curve falls from 1 to 0 at most", whole=whole, shares=shares)
    ended = sum(step.events for step in whole.steps)
    demand(ended == sum(whole.events.values()), "every end is in one step", whole=whole)
    for step in whole.steps:
        found = whole.survival(step.time)
        demand(found is not None and found.value == step.survival, "limits hold the curve", step=step, found=found)
    times = [None if (found := whole.quantile(q / 10)) is None else found.value for q in range(1, 11)]
    rising = [inf if time is None else time for time in times]
    demand(rising == sorted(rising), "quantiles rise with the share", whole=whole, times=times)


def check_queue(queue: ErlangA) -> None:
    """Probabilities are in range; who may give up waits no longer than who may not; more agents or time never hurt; and
    the fewest agents keep what one fewer does not.

    >>> check_queue(ErlangA(calls=100, period=1800, handle_time=180, agents=11, patience=60))

    Raises:
        LawBroken: the first that does not hold.
    """
    patient = ErlangC(queue.calls, queue.period, queue.handle_time, queue.agents)
    shares = [queue.p_wait, queue.p_abandon, patient.p_wait, queue.service_level(0), patient.service_level(0)]
    demand(all(0 <= share <= 1 for share in shares), "probabilities are in range", queue=queue, shares=shares)
    demand(_at_most(queue.p_abandon, queue.p_wait), "who gives up has waited", queue=queue, shares=shares)
    demand(_at_most(queue.p_wait, patient.p_wait), "A waits no oftener than C", queue=queue, shares=shares)
    waits = queue.mean_wait, patient.mean_wait
    demand(waits[1] is None or _at_most(waits[0], waits[1]), "A waits no longer than C", queue=queue, waits=waits)
    demand((waits[1] is None) == (patient.traffic >= patient.agents), "only overload has no mean wait", waits=waits)
    demand(min(wait or 0 for wait in waits) >= 0, "no wait is negative", queue=queue, waits=waits)
    for one in (queue, patient):
        more = replace(one, agents=one.agents + 0.5)
        fewer_wait = _at_most(more.p_wait, one.p_wait) and _at_most(more.mean_wait or 0, one.mean_wait or inf)
        demand(fewer_wait or not one.mean_wait, "more agents never make callers wait", one=one, more=more)
        levels = [one.service_level(within * one.handle_time) for within in (0, 0.1, 1, 10)]
        rises = all(map(_at_most, levels, levels[1:]))
        demand(rises, "more are answered within more time", one=one, levels=levels)
        _check_staffing(one.staffing(0.8, one.handle_time / 10, max_occupancy=0.9))


def _check_staffing(found: Staffing) -> None:
    least, most = found.share, found.max_occupancy
    *fewer, kept, _ = ((each.service_level(found.within), each.occupancy or 0) for each in found.around(1))
    demand(kept[0] >= least and kept[1] <= most, "so many agents keep what was asked", found=found, kept=kept)
    fails = all(level < least or occupancy > most for level, occupancy in fewer)
    demand(fails, "one agent fewer does not", found=found, fewer=fewer)


def _limits(found: Estimate | None) -> tuple[float, float]:
    demand(found is not None and None not in (found.low, found.high), "a share of cases has both limits", found=found)
    return (0.0, 1.0) if found is None else (found.low or 0.0, 1.0 if found.high is None else found.high)


def _alike(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=0, abs_tol=_ROUNDING)


def _at_most(one: float, other: float) -> bool:
    """With room for rounding."""
    return one <= other + _ROUNDING * max(1, abs(other))
