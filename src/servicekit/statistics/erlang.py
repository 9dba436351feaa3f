"""Queues of calls: Erlang B, where nobody waits; Erlang C, where everybody waits; Erlang A, where some give up; and how
many agents they take.

Everything is computed in logarithms, so that thousands of agents overflow nothing, and by incomplete gamma functions,
so that agents need not be whole: 12.5 agents stand between 12 and 13.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, exp, expm1, inf, isfinite, log

from servicekit.layout import Result, Table
from servicekit.statistics.distributions.gamma import growing_series, log_gamma_tails, log_poisson
from servicekit.statistics.distributions.normal import CLOSE, root


def erlang_b(agents: float, traffic: float) -> float:
    """The share of calls that find every agent, or line, taken and leave; ``traffic`` is in erlangs.

    >>> round(erlang_b(15, 8.108), 6), round(erlang_b(5000, 4900.0), 6), erlang_b(0, 3)
    (0.01, 0.002216, 1.0)

    Raises:
        ValueError: the agents or the traffic are negative or not finite.
    """
    return exp(_log_erlang_b(_not_negative(agents, "agents"), _not_negative(traffic, "traffic")))


def _log_erlang_b(agents: float, traffic: float) -> float:
    if not agents:
        return 0.0
    return min(0.0, log_poisson(agents, traffic) - log_gamma_tails(agents + 1, traffic)[1])


def erlang_b_lines(traffic: float, blocking: float) -> int:
    """The fewest lines that leave at most the share ``blocking`` of the calls without one.

    >>> erlang_b_lines(33.333, 0.01)
    45

    Raises:
        ValueError: the share is not above 0 and at most 1, or the traffic is negative.
    """
    least, most = -log(_share(blocking)), int(_not_negative(traffic, "traffic")) + 1
    while -_log_erlang_b(most, traffic) < least:
        most *= 2
    return bisect_left(range(most), least, key=lambda lines: -_log_erlang_b(lines, traffic))


def erlang_b_traffic(lines: float, blocking: float) -> float:
    """The traffic, in erlangs, at which the share ``blocking`` of the calls finds every line taken.

    >>> round(erlang_b_traffic(15, 0.01), 4)
    8.108

    Raises:
        ValueError: the share is not between 0 and 1, or the lines are negative.
    """
    if _share(blocking) == 1:
        raise ValueError("all calls are lost at no finite traffic")
    target, high = log(blocking), _not_negative(lines, "lines") + 1.0
    while _log_erlang_b(lines, high) < target:
        high *= 2
    return root(lambda traffic: _log_erlang_b(lines, traffic) - target, 0, high)


@dataclass(frozen=True, slots=True)
class ErlangC:
    """Calls that wait as long as it takes, in the order in which they came (A. K. Erlang, 1917).

    All times are in one unit. Where the traffic is as much as the agents can take, or more, no state is steady:
    ``is_stable`` says so, every call waits, none is answered within any time, and the mean wait is None. Where nobody
    calls, a call that came would not wait.

    >>> queue = ErlangC(calls=100, period=1800, handle_time=180, agents=14)
    >>> round(queue.p_wait, 4), round(queue.mean_wait, 1), round(queue.service_level(20), 4)
    (0.1741, 7.8, 0.8884)
    >>> overloaded = ErlangC(calls=100, period=1800, handle_time=180, agents=10)
    >>> overloaded.is_stable, overloaded.mean_wait is None, overloaded.service_level(20)
    (False, True, 0.0)

    Raises:
        ValueError: a number is negative or not finite, or the period is 0.
    """

    calls: float
    """How many calls come in a period."""
    period: float
    """How long the period is."""
    handle_time: float
    """How long a call takes: talk, hold and wrap-up."""
    agents: float
    """How many agents take calls; need not be whole."""

    def __post_init__(self) -> None:
        _check_calls(self)

    @property
    def traffic(self) -> float:
        """In erlangs: how many agents the calls keep busy on average, if all are served."""
        return self.calls * self.handle_time / self.period

    @property
    def is_stable(self) -> bool:
        """Whether the agents can take more than what comes, so that waits do not grow without end."""
        return self.traffic < self.agents

    @property
    def p_wait(self) -> float:
        """The share of calls that wait."""
        if not self.is_stable:
            return 1.0
        blocked = erlang_b(self.agents, self.traffic)
        return self.agents * blocked / (self.agents - self.traffic * (1 - blocked))

    @property
    def mean_wait(self) -> float | None:
        """The average speed of answer, over all calls; None under overload."""
        return self.p_wait * self.handle_time / (self.agents - self.traffic) if self.is_stable else None

    @property
    def occupancy(self) -> float | None:
        """The share of their time for which agents are busy; None without agents."""
        return min(1.0, self.traffic / self.agents) if self.agents else None

    def service_level(self, within: float) -> float:
        """The share of calls that are answered within a time.

        Raises:
            ValueError: the time is negative or not finite.
        """
        _not_negative(within, "a time")
        if not self.is_stable:
            return 0.0
        if not self.handle_time:
            return 1.0
        return 1 - self.p_wait * exp(-(self.agents - self.traffic) * within / self.handle_time)

    def staffing(self, share: float, within: float, *, max_occupancy: float = 1.0) -> Staffing:
        """The fewest whole agents who answer a share of the calls within a time, and are busy for no more than a share
        of their own; how many the queue has now does not matter.

        >>> ErlangC(calls=100, period=1800, handle_time=180, agents=0).staffing(0.8, within=20).agents
        14

        Raises:
            ValueError: the share is not between 0 and 1, the occupancy not above 0 and at most 1, or the time is
                negative.
        """
        return _staffed(self, share, within, max_occupancy)


@dataclass(frozen=True, slots=True)
class ErlangA:
    """Calls that wait until their patience ends, which is exponential, so that even an overload has a steady state.

    All times are in one unit. C. Palm (1957); A. Mandelbaum, S. Zeltyn, The Palm/Erlang-A Queue (2005), whose example
    this is; waits beyond a time follow F. Baccelli and G. Hebuterne (1981).

    >>> queue = ErlangA(calls=48, period=60, handle_time=60, agents=50, patience=120)
    >>> round(queue.p_abandon, 4), round(queue.mean_wait, 2), round(queue.occupancy, 3)
    (0.0309, 3.71, 0.93)
    >>> round(queue.service_level(20), 4)
    0.943

    Raises:
        ValueError: a number is negative or not finite, or the period or the patience is 0.
    """

    calls: float
    """How many calls come in a period."""
    period: float
    """How long the period is."""
    handle_time: float
    """How long a call takes: talk, hold and wrap-up."""
    agents: float
    """How many agents take calls; need not be whole."""
    patience: float
    """How long callers wait on average before they give up, if nobody answers."""

    def __post_init__(self) -> None:
        _check_calls(self)
        if not 0 < self.patience < inf:
            raise ValueError(f"patience is finite and above 0, unlike {self.patience!r}")

    @property
    def traffic(self) -> float:
        """In erlangs: how many agents the calls would keep busy on average, if all were served."""
        return self.calls * self.handle_time / self.period

    @property
    def p_wait(self) -> float:
        """The share of calls that find no agent free."""
        if not self.agents or not self.traffic:
            return 0.0 if self.agents else 1.0
        blocked = erlang_b(self.agents, self.traffic)
        capacity, offered = self._in_patiences
        return blocked / (blocked + (1 - blocked) * exp(-_log_waiting(capacity, offered)))

    @property
    def p_abandon(self) -> float:
        """The share of calls that give up."""
        if not self.agents or not self.traffic:
            return 0.0 if self.agents else 1.0
        return self.p_wait * _abandoned_of_waiting(*self._in_patiences)

    @property
    def mean_wait(self) -> float:
        """The mean wait of all calls, whether they were answered or gave up."""
        return self.p_abandon * self.patience

    @property
    def mean_queue(self) -> float:
        """How many calls wait on average."""
        return self.mean_wait * self.calls / self.period

    @property
    def occupancy(self) -> float | None:
        """The share of their time for which agents are busy; None without agents."""
        return min(1.0, self.traffic * (1 - self.p_abandon) / self.agents) if self.agents else None

    def service_level(self, within: float) -> float:
        """The share of all calls that are answered within a time; those that gave up count against it.

        Raises:
            ValueError: the time is negative or not finite.
        """
        _not_negative(within, "a time")
        if not self.agents or not self.traffic:
            return 1.0 if self.agents else 0.0
        (capacity, offered), spent = self._in_patiences, within / self.patience
        all_waiting = _log_waiting(capacity, offered)
        left = _log_waiting(capacity + 1, offered * exp(-spent)) - (capacity + 1) * spent - offered * expm1(-spent)
        answered = exp(_log_waiting(capacity + 1, offered) - all_waiting) - exp(left - all_waiting)
        p_wait = self.p_wait
        return min(max(1 - p_wait + p_wait * capacity / (capacity + 1) * answered, 0.0), 1.0)

    def staffing(self, share: float, within: float, *, max_occupancy: float = 1.0) -> Staffing:
        """The fewest whole agents who answer a share of the calls within a time, and are busy for no more than a share
        of their own; how many the queue has now does not matter.

        >>> ErlangA(calls=100, period=1800, handle_time=180, agents=0, patience=60).staffing(0.8, within=20).agents
        12

        Raises:
            ValueError: the share is not between 0 and 1, the occupancy not above 0 and at most 1, or the time is
                negative.
        """
        return _staffed(self, share, within, max_occupancy)

    @property
    def _in_patiences(self) -> tuple[float, float]:
        """How many calls the agents can take, and how many come, while a caller's patience lasts."""
        return self.agents * self.patience / self.handle_time, self.calls * self.patience / self.period


@dataclass(frozen=True, slots=True)
class Staffing(Result):
    """How many agents it takes: the queue with the fewest that keep a service level, and what it is.

    >>> staffing = ErlangC(calls=100, period=1800, handle_time=180, agents=0).staffing(0.8, within=20)
    >>> [(queue.agents, round(queue.service_level(20), 3)) for queue in staffing.around(1)]
    [(13, 0.796), (14, 0.888), (15, 0.941)]
    """

    queue: ErlangC | ErlangA
    """The queue with the fewest agents."""
    share: float
    """The share of calls to be answered within the time."""
    within: float
    """The time, in the unit of the queue."""
    max_occupancy: float = 1.0
    """For how much of their time agents are to be busy at most."""

    @property
    def agents(self) -> int:
        """The fewest agents."""
        return int(self.queue.agents)

    def scheduled(self, shrinkage: Decimal | Fraction | str) -> int:
        """How many people it takes where a share of their paid time is lost to leave, training and breaks.

        >>> staffing = Staffing(ErlangC(calls=100, period=1800, handle_time=180, agents=21), 0.8, 20)
        >>> staffing.scheduled("0.30")
        30

        Raises:
            TypeError: the share is a float, which is not what it says: 21 / (1 - 0.3) is more than 30.
            ValueError: the share is not from 0 to below 1.
        """
        if isinstance(shrinkage, float):
            raise TypeError(f"a share of paid time is exact: write '{shrinkage}', not {shrinkage!r}")
        lost = Fraction(shrinkage)
        if not 0 <= lost < 1:
            raise ValueError(
                f"a share of paid time that is lost is from 0 to below 1, such as '0.3', not {shrinkage!r}"
            )
        return ceil(self.agents / (1 - lost))

    def around(self, beside: int) -> tuple[ErlangC | ErlangA, ...]:
        """The queue with so many agents fewer up to so many more, one at least.

        >>> staffing = ErlangC(calls=1, period=3600, handle_time=60, agents=0).staffing(0.8, within=20)
        >>> [queue.agents for queue in staffing.around(2)]
        [1, 2, 3]
        """
        numbers = range(max(1, self.agents - beside), self.agents + beside + 1)
        return tuple(replace(self.queue, agents=agents) for agents in numbers)

    def rows(self) -> Sequence[Mapping[str, object]]:
        """A row for each number of agents up to three beside the fewest that do."""
        return [
            {
                "agents": queue.agents,
                "service_level": queue.service_level(self.within),
                "occupancy": queue.occupancy,
                "is_fewest": queue.agents == self.agents,
            }
            for queue in self.around(_BESIDE)
        ]

    def table(self) -> Table:
        """What service level and occupancy the fewest agents give, and those beside them."""
        lines = [
            (
                f"{queue.agents:,}",
                f"{100 * queue.service_level(self.within):.1f} %",
                f"{100 * (queue.occupancy or 0):.1f} %",
            )
            for queue in self.around(_BESIDE)
        ]
        caption = f"{self.agents:,} agents answer {100 * self.share:.6g} % within {self.within:,.6g}"
        return Table(("agents", "service level", "occupancy"), lines, labels=0, caption=caption)


_BESIDE = 3


def _staffed(queue: ErlangC | ErlangA, share: float, within: float, max_occupancy: float) -> Staffing:
    if not 0 < share < 1:
        raise ValueError(f"the share of calls answered in time is between 0 and 1, such as 0.8, not {share!r}")
    if not 0 < max_occupancy <= 1:
        raise ValueError(f"an occupancy is above 0 and at most 1, such as 0.85, not {max_occupancy!r}")

    def keeps(agents: int) -> bool:
        staffed = replace(queue, agents=agents)
        is_free = (staffed.occupancy or 0) <= max_occupancy * (1 + CLOSE)  # 2.1 erlangs on 3 agents are 0.7 exactly
        return staffed.service_level(within) >= share and is_free

    most = int(queue.traffic) + 1
    while not keeps(most):
        most *= 2
    fewest = bisect_left(range(1, most), True, key=keeps) + 1
    return Staffing(replace(queue, agents=fewest), share, within, max_occupancy)


def _log_waiting(capacity: float, offered: float) -> float:
    """The logarithm of ``1 + y/(x+1) + y^2/((x+1)(x+2)) + ...``: every state in which callers wait, by the first."""
    if offered < capacity + 1:
        return log(growing_series(capacity, offered))
    return log_gamma_tails(capacity, offered)[0] - log_poisson(capacity, offered)


def _abandoned_of_waiting(capacity: float, offered: float) -> float:
    """The share that gives up of the calls that wait; below capacity a sum, as a difference would lose its digits."""
    if offered >= capacity:
        return 1 - capacity / offered * -expm1(-_log_waiting(capacity, offered))
    term = total = 1.0
    waiting, step = 0.0, 0
    while term * step > waiting * 1e-17 or not step:
        step += 1
        term *= offered / (capacity + step)
        total += term
        waiting += step * term
    return waiting / total / offered


def _check_calls(queue: ErlangC | ErlangA) -> None:
    for what in ("calls", "handle_time", "agents"):
        _not_negative(getattr(queue, what), what)
    if not 0 < queue.period < inf:
        raise ValueError(f"a period is finite and above 0, unlike {queue.period!r}")


def _not_negative(number: float, what: str) -> float:
    if not (isfinite(number) and number >= 0):
        raise ValueError(f"{what}: a finite number from 0 is expected, not {number!r}")
    return number


def _share(blocking: float) -> float:
    if not 0 < blocking <= 1:
        raise ValueError(f"a share of calls is above 0 and at most 1, such as 0.01, not {blocking!r}")
    return blocking
