"""What a scorecard comes to: measurements by metric and group, with what they should reach beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from servicekit.document.hint import nearest
from servicekit.errors import Problem, UnknownNameError, shown
from servicekit.kpi.display.results_html import ShownRow, results_html
from servicekit.kpi.display.sparkline import change_sign, spark_text
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.engine.metric_state import PERIOD, Group
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import Goals, Status
from servicekit.kpi.value_text import limits_text, value_text
from servicekit.layout import Result, Table


@dataclass(frozen=True, slots=True)
class Results(Result):
    """Measurements of a scorecard, broken down by the columns of ``by``; ``of`` has them by metric and group.

    The measurement of all rows stands beside those of the groups, and is divided anew: ``results["csat"]`` is that of
    all, ``results["csat", "chat"]`` that of one group.

    >>> from servicekit.kpi import MetricTarget
    >>> half = Measurement("csat", "share", 2, Fraction(1, 2))
    >>> results = Results((), {("csat", ()): half}, Goals({"csat": MetricTarget(at_least="90%")}), {"csat": "content"})
    >>> results["csat"].n, results.status("csat"), results.score()
    (2, 'missed', Fraction(0, 1))
    >>> print(results)
    metric    value  from  to  n  left out  status
    content  50.0 %            2            missed
    """

    by: tuple[str, ...]
    of: Mapping[tuple[str, Group], Measurement]
    goals: Goals
    labels: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    """What a reader should know besides: tables that nobody gave, and metrics that are not broken down."""

    def __getitem__(self, place: str | tuple[object, ...]) -> Measurement:
        """The measurement of a metric, or of one of its groups.

        Raises:
            UnknownNameError: there is no such metric, or it has no row in such a group.
        """
        name, group = (place, ()) if isinstance(place, str) else (str(place[0]), place[1:])
        self._check_metric(name)
        if (name, group) not in self.of:
            raise _no_group(group, [where for metric, where in self.of if metric == name])
        return self.of[name, group]

    def _check_metric(self, name: str) -> None:
        if name not in self.labels:
            raise UnknownNameError("metric", name, self.labels)

    def _check_group(self, group: Group) -> None:
        known = {where for _, where in self.of}
        if group not in known:
            raise _no_group(group, known)

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.of.values())

    def __len__(self) -> int:
        return len(self.of)

    def status(self, name: str, *group: object) -> Status | None:
        """Whether a metric meets its target; ``None`` where it has none, or no value, or no row in the group.

        Raises:
            UnknownNameError: there is no such metric, or no metric has such a group.
        """
        self._check_metric(name)
        target, measured = self.goals.targets.get(name), self.of.get((name, group))
        if measured is None:
            self._check_group(group)
        return None if target is None or measured is None else target.status(measured)

    def score(self, *group: object) -> Fraction | None:
        """The weight of the targets that are met out of all whose metrics have a value; ``None`` without any.

        Raises:
            UnknownNameError: no metric has such a group.
        """
        self._check_group(group)
        met = counted = Fraction(0)
        for name in self.goals.targets:
            if (status := self.status(name, *group)) is not None:
                weight = Fraction(self.goals.weights.get(name, 1))
                counted += weight
                met += weight * (status in ("met", "met_not_proven"))
        return met / counted if counted else None

    def trend(self, name: str, *group: object) -> Trend:
        """A metric by period, the oldest first; a period without rows has a measurement of none.

        Rows without a moment come last, and are in no period.

        Raises:
            UnknownNameError: there is no such metric, or no metric has such a group.
            ValueError: the results are not broken down by period.
        """
        if self.by[:1] != (PERIOD,):
            raise ValueError("measure with period=... to see a trend")
        self._check_metric(name)
        known = {where[1:] for _, where in self.of if where}
        if group not in known and (group or len(self.by) > 1):
            raise _no_group(group, known)
        return self._trend(name, group, self._periods().get((name, group), ()))

    def rows(self) -> Iterator[dict[str, object]]:
        """A row of plain values for each measurement, for a data frame or a file.

        A column of ``by`` that bears the name of another one of these, such as ``metric``, is told as ``by_metric``.
        """
        for (name, group), each in self.of.items():
            target = self.goals.targets.get(name)
            told = {**each.row(), "status": None if target is None else target.status(each)}
            by = [f"by_{column}" if column in ("metric", *told) else column for column in self.by]
            yield {"metric": name, **dict(zip(by, group or [None] * len(by), strict=True)), **told}

    def places(self, group: Group) -> Sequence[str]:
        """The places of a group as people read them; of one whose rows have no value, the column is told.

        >>> Results(("channel",), {}, Goals(), {}).places((None,))
        ['(no channel)']
        """
        columns = zip(self.by, group, strict=True)
        return [f"(no {column})" if place is None else str(place) for column, place in columns]

    def table(self) -> Table:
        """The results as a table for people: value, limits, rows, and what the target says; with periods also the trend
        of each metric and group, a sign for each period, beside the row of all or the last period of its group; an
        arrow says that the last change is more than chance."""
        head = ("metric", *self.by, "value", "from", "to", "n", "left out", "status")
        lines, trends = list(self._lines()), self._trends()
        if trends:
            names = sorted({name for trend in trends.values() for name, _ in trend.dated})
            told = {
                place: f"{change_sign(trend)} {spark_text(trend, names)}".strip() for place, trend in trends.items()
            }
            signs = (told.get(place, "") for place in self.of)
            head, lines = (*head, "trend"), [(*line, sign) for line, sign in zip(lines, signs, strict=True)]
        return Table(head, lines, labels=1 + len(self.by))

    def _lines(self) -> Iterator[Sequence[str]]:
        for (name, group), each in self.of.items():
            places = self.places(group) if group else ["all"] * len(self.by)
            label = self.labels[name] or name
            out = f"{sum(each.left_out.values()):,}" if each.left_out else ""
            status = (self.status(name, *group) or "").replace("_", " ")
            yield (label, *places, value_text(each), *limits_text(each), f"{each.n:,}", out, status)

    def left_out(self) -> Table:
        """How many rows of each metric do not count, by reason, as a table for people."""
        rows = [
            (self.labels[each.metric] or each.metric, reason, f"{times:,}")
            for each in self
            if not each.group
            for reason, times in each.left_out.items()
        ]
        return Table(("metric", "left out", "rows"), rows, labels=2)

    def _periods(self) -> Mapping[tuple[str, Group], Sequence[tuple[Group, Measurement]]]:
        """Measurements by period, of each metric and each group of the other columns."""
        found: dict[tuple[str, Group], list[tuple[Group, Measurement]]] = {}
        for (name, group), measured in self.of.items():
            if self.by[:1] == (PERIOD,) and group:
                found.setdefault((name, group[1:]), []).append((group, measured))
        return found

    def _trend(self, name: str, rest: Group, periods: Sequence[tuple[Group, Measurement]]) -> Trend:
        label = ", ".join((self.labels[name] or name, *self.places((None, *rest))[1:]))
        told = tuple((self.places(group)[0], measured) for group, measured in periods)
        return Trend(told, label, self.goals.targets.get(name))

    def _trends(self) -> Mapping[tuple[str, Group], Trend]:
        """Trends by the row beside which they are shown: the one of all, or else the last period of its group."""
        found = {}
        for (name, rest), periods in self._periods().items():
            if any(measured.exact is not None for _, measured in periods):
                found[name, periods[-1][0] if rest else ()] = self._trend(name, rest, periods)
        return found

    def __str__(self) -> str:
        """The table as a terminal shows it, and the problems below."""
        return "\n".join((self.table().text(), *shown(self.problems)))

    def _repr_html_(self) -> str:
        trends = self._trends()
        rows = (
            ShownRow(
                self.labels[name] or name,
                tuple(self.places(group) if group else ()),
                measured,
                self.goals.targets.get(name),
                trends.get((name, group)),
            )
            for (name, group), measured in self.of.items()
        )
        return results_html(self.by, rows, shown(self.problems))


def _group_text(group: Group) -> str:
    return " / ".join("(none)" if each is None else str(each) for each in group)


def _no_group(group: Group, known: Iterable[Group]) -> UnknownNameError:
    named, *others = map(_group_text, (group, *filter(None, known)))
    return UnknownNameError("group", named, others if nearest(named, others) else others[:_MOST_SHOWN])


_MOST_SHOWN = 20
