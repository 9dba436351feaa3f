"""Durations of which some are not over: the Kaplan-Meier curve, its limits and its quantiles."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import exp, inf, isfinite, log, sqrt

from servicekit.layout import Result, Table
from servicekit.statistics.distributions.normal import alpha_of, z_of
from servicekit.statistics.estimate import Estimate, bounded, count

_ROUNDING = 1e-11
"""How far rounding may carry the product of many shares; a median is one half up to it."""


@dataclass(frozen=True, slots=True)
class SurvivalStep:
    """One step of a curve: what happened at a time, and the share that lasts longer.

    >>> KaplanMeier.of([2, 3], [True, False]).steps[0]
    SurvivalStep(time=2, at_risk=2, events=1, survival=0.5, error=0.3535533905932738)
    """

    time: float
    at_risk: int
    """How many lasted until then at least."""
    events: int
    """How many ended then."""
    survival: float
    """The estimated share that lasts longer than that."""
    error: float
    """Greenwood's standard error of the share."""


class KaplanMeier(Result):
    """Durations by what ended then and what was last seen then, and the share that lasts longer than a time.

    ``events`` and ``censored`` count durations by time: those that ended, and those that were not over when they were
    last looked at, such as cases still open or callers who were answered before their patience ended. Both at one time:
    the end counts first. ``a | b`` is the curve of both.
    E. L. Kaplan, P. Meier, Journal of the American Statistical Association 53 (1958), 457-481.

    >>> patience = KaplanMeier({6: 3, 7: 1}, {6: 1, 9: 2})
    >>> [round(step.survival, 4) for step in patience.steps]
    [0.5714, 0.381]
    >>> patience.quantile(0.5).value, patience.quantile(0.9) is None
    (7, True)

    Raises:
        TypeError: a count is not whole.
        ValueError: a count is negative, or a time is negative or not finite.
    """

    __slots__ = ("_censored", "_events", "_steps")

    def __init__(self, events: Mapping[float, int], censored: Mapping[float, int] | None = None) -> None:
        self._events, self._censored = _counted(events), _counted(censored or {})
        self._steps: tuple[SurvivalStep, ...] | None = None

    @classmethod
    def of(cls, durations: Iterable[float], ended: Iterable[bool]) -> KaplanMeier:
        """The curve of single durations, each with whether it was over.

        >>> KaplanMeier.of([5, 5], [True, False]).quantile(0.5).value
        5

        Raises:
            ValueError: there is not one answer for each duration, or a duration is negative or not finite.
        """
        events: dict[float, int] = {}
        censored: dict[float, int] = {}
        for duration, is_over in zip(durations, ended, strict=True):
            counts = events if is_over else censored
            counts[duration] = counts.get(duration, 0) + 1
        return cls(events, censored)

    @property
    def events(self) -> Mapping[float, int]:
        """How many ended, by time."""
        return dict(self._events)

    @property
    def censored(self) -> Mapping[float, int]:
        """How many were not over, by the time when they were last looked at."""
        return dict(self._censored)

    @property
    def n(self) -> int:
        """How many durations, over or not."""
        return sum(self._events.values()) + sum(self._censored.values())

    @property
    def steps(self) -> tuple[SurvivalStep, ...]:
        """The times at which something ended, in order."""
        if self._steps is None:
            self._steps = tuple(_steps(self._events, self._censored))
        return self._steps

    def survival(self, time: float, confidence: float = 0.95) -> Estimate | None:
        """The share that lasts longer than ``time``; None of no durations, and past the last one if it was not over.

        The limits are those of log(-log), by Greenwood's error. Before the first end there is no lower one. Where
        everything has ended, the upper one is that of the step before.

        >>> share = KaplanMeier({6: 3, 7: 1, 10: 1}, {6: 1, 9: 2, 12: 3}).survival(8)
        >>> round(share.value, 4), round(share.low, 4), round(share.high, 4)
        (0.6234, 0.2775, 0.8401)

        Raises:
            ValueError: the confidence is not one.
        """
        z = z_of(alpha_of(confidence))
        passed = bisect_right(self.steps, time, key=lambda step: step.time)
        is_over = passed > 0 and not self.steps[passed - 1].survival
        if not is_over and time > max([-inf, *self._events, *self._censored]):
            return None
        if not passed:
            return Estimate(1.0, None, 1.0, confidence)
        return _limited(self.steps[:passed], z, confidence)

    def quantile(self, q: float, confidence: float = 0.95) -> Estimate | None:
        """The first time by which the share ``q`` has ended; None where the curve does not come so far.

        The limits are the times at which those of the curve come so far (R. Brookmeyer, J. Crowley, Biometrics 38,
        1982, 29-41), each None where its curve does not.

        >>> weeks = KaplanMeier.of([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], [True] * 21)
        >>> weeks.quantile(0.5)
        Estimate(value=8, low=4, high=11, confidence=0.95)

        Raises:
            ValueError: ``q`` is not above 0 and at most 1, or the confidence is not one.
        """
        if not 0 < q <= 1:
            raise ValueError(f"a quantile is named by a share above 0 and at most 1, such as 0.5, not {q!r}")
        z, left = z_of(alpha_of(confidence)), 1 - q + _ROUNDING
        value = next((step.time for step in self.steps if step.survival <= left), None)
        if value is None:
            return None
        limits = [(step.time, _log_log(step, z)) for step in self.steps]
        low = next((time for time, (lower, _) in limits if lower <= left), None)
        high = next((time for time, (_, upper) in limits if upper <= left), None)
        return Estimate(value, low, high, confidence)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each time at which something ended."""
        return [asdict(step) for step in self.steps]

    def table(self) -> Table:
        """The steps of the curve, and above them how many durations are over."""
        lines = [
            (f"{step.time:,.6g}", f"{step.at_risk:,}", f"{step.events:,}", f"{100 * step.survival:.1f} %")
            for step in self.steps
        ]
        ended = sum(self._events.values())
        caption = f"{self.n:,} durations, {ended:,} ended and {self.n - ended:,} not over"
        return Table(("time", "at risk", "ended", "last longer"), lines, labels=0, caption=caption)

    def __or__(self, other: KaplanMeier) -> KaplanMeier:
        if not isinstance(other, KaplanMeier):
            return NotImplemented
        return KaplanMeier(_added(self._events, other._events), _added(self._censored, other._censored))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KaplanMeier) and (self._events, self._censored) == (other._events, other._censored)

    def __hash__(self) -> int:
        return hash((frozenset(self._events.items()), frozenset(self._censored.items())))

    def __repr__(self) -> str:
        return f"KaplanMeier({self._events!r}, {self._censored!r})"


def _counted(counts: Mapping[float, int]) -> dict[float, int]:
    wrong = next((time for time in counts if not (isfinite(time) and time >= 0)), None)
    if wrong is not None:
        raise ValueError(f"a duration is finite and not negative, unlike {wrong!r}")
    return {time: whole for time, n in sorted(counts.items()) if (whole := count(n, "durations"))}


def _added(one: Mapping[float, int], other: Mapping[float, int]) -> dict[float, int]:
    return {time: one.get(time, 0) + other.get(time, 0) for time in {*one, *other}}


def _steps(events: Mapping[float, int], censored: Mapping[float, int]) -> Iterator[SurvivalStep]:
    """Between two censored times the share is one quotient, so that without any it is exact."""
    at_risk = since = sum(events.values()) + sum(censored.values())
    before, variance = 1.0, 0.0
    for time in sorted({*events, *censored}):
        ended = events.get(time, 0)
        if ended:
            left = at_risk - ended
            survival = before * left / since
            variance += ended / (at_risk * left) if left else inf
            error = survival * sqrt(variance) if survival else 0.0
            yield SurvivalStep(time, at_risk, ended, survival, error)
        at_risk -= ended
        if time in censored:
            before, at_risk = before * at_risk / since, at_risk - censored[time]
            since = at_risk


def _log_log(step: SurvivalStep, z: float) -> tuple[float, float]:
    """The limits of a share; none above but 1, and none below but 0, where nothing is left."""
    share = step.survival
    if not 0 < share < 1:
        return 0.0, 1.0
    reach = z * step.error / (share * -log(share))
    return exp(log(share) * exp(reach)), exp(log(share) * exp(-reach))


def _limited(passed: Sequence[SurvivalStep], z: float, confidence: float) -> Estimate:
    """The estimate at the last of some steps."""
    step = passed[-1]
    if step.survival:
        return bounded(step.survival, _log_log(step, z), confidence, (0.0, 1.0))
    high = _log_log(passed[-2], z)[1] if len(passed) > 1 else 1.0
    return bounded(0.0, (0.0, high), confidence, (0.0, 1.0))
