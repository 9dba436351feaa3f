"""What a scorecard comes to: measurements by metric and group, with what they should reach beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from servicekit.errors import UnknownNameError
from servicekit.kpi.display.results_html import ShownRow, results_html
from servicekit.kpi.display.sparkline import spark_text
from servicekit.kpi.display.trend import Trend
from servicekit.kpi.engine.metric_state import PERIOD, Group
from servicekit.kpi.measurement import Measurement
from servicekit.kpi.target import Goals, Status
from servicekit.kpi.value_text import limits_text, value_text
from servicekit.layout import Table


@dataclass(frozen=True, slots=True)
class Results:
    """Measurements of a scorecard, broken down by the columns of ``by``; ``of`` has them by metric and group.

    The measurement of all rows stands beside those of the groups, and is divided anew: ``results["csat"]`` is that of
    all, ``results["csat", "chat"]`` that of one group.

    >>> from servicekit.kpi import MetricTarget
    >>> half = Measurement("csat", "share", 2, Fraction(1, 2))
    >>> results = Results((), {("csat", ()): half}, Goals({"csat": MetricTarget(at_least="90%")}), {"csat": "content"})
    >>> results["csat"].n, results.status("csat"), results.score()
    (2, 'missed', Fraction(0, 1))
    """

    by: tuple[str, ...]
    of: Mapping[tuple[str, Group], Measurement]
    goals: Goals
    labels: Mapping[str, str]

    def __getitem__(self, place: str | tuple[str, ...]) -> Measurement:
        name, *group = (place,) if isinstance(place, str) else place
        if name not in self.labels:
            raise UnknownNameError("metric", name, self.labels)
        return self.of[name, tuple(group)]

    def __iter__(self) -> Iterator[Measurement]:
        return iter(self.of.values())

    def __len__(self) -> int:
        return len(self.of)

    def status(self, name: str, *group: object) -> Status | None:
        """Whether a metric meets its target; ``None`` where it has none, or no value, or no row in the group.

        Raises:
            UnknownNameError: there is no such metric.
        """
        if name not in self.labels:
            raise UnknownNameError("metric", name, self.labels)
        target, measured = self.goals.targets.get(name), self.of.get((name, group))
        return None if target is None or measured is None else target.status(measured)

    def score(self, *group: object) -> Fraction | None:
        """The weight of the targets that are met out of all whose metrics have a value; ``None`` without any."""
        met = counted = Fraction(0)
        for name in self.goals.targets:
            if (status := self.status(name, *group)) is not None:
                weight = Fraction(self.goals.weights.get(name, 1))
                counted += weight
                met += weight * (status in ("met", "met_not_proven"))
        return met / counted if counted else None

    def trend(self, name: str, *group: object) -> Trend:
        """A metric by period, the oldest first; a period without rows has a measurement of none.

        Rows without a moment are in no period.

        Raises:
            UnknownNameError: there is no such metric.
            ValueError: the results are not broken down by period.
        """
        if name not in self.labels:
            raise UnknownNameError("metric", name, self.labels)
        if self.by[:1] != (PERIOD,):
            raise ValueError("measure with period=... to see a trend")
        return self._trend(name, group, self._periods().get((name, group), ()))

    def _trend(self, name: str, group: Group, periods: Sequence[tuple[str, Measurement]]) -> Trend:
        label = ", ".join(map(str, (self.labels[name] or name, *group)))
        return Trend(tuple(periods), label, self.goals.targets.get(name))

    def rows(self) -> Iterator[dict[str, object]]:
        """A row of plain values for each measurement, for a data frame or a file.

        A column of ``by`` that bears the name of another one of these, such as ``metric``, is told as ``by_metric``.
        """
        for (name, group), each in self.of.items():
            target = self.goals.targets.get(name)
            told: dict[str, object] = {
                "value": each.value,
                "low": each.low,
                "high": each.high,
                "n": each.n,
                "numerator": each.numerator,
                "denominator": each.denominator,
                "unit": each.unit,
                "censored": each.censored,
                "left_out": sum(each.left_out.values()),
                "status": None if target is None else target.status(each),
            }
            by = [f"by_{column}" if column in ("metric", *told) else column for column in self.by]
            yield {"metric": name, **dict(zip(by, group or [None] * len(by), strict=True)), **told}

    def table(self) -> Table:
        """The results as a table for people: value, limits, rows, and what the target says; with periods also the trend
        of each metric and group, a sign for each period, beside the row of all or the last period of its group."""
        head = ("metric", *self.by, "value", "from", "to", "n", "left out", "status")
        lines, trends = list(self._lines()), self._trends()
        if trends:
            signs = (spark_text(trends[place]) if place in trends else "" for place in self.of)
            head, lines = (*head, "trend"), [(*line, sign) for line, sign in zip(lines, signs, strict=True)]
        return Table(head, lines, labels=1 + len(self.by))

    def _lines(self) -> Iterator[Sequence[str]]:
        for (name, group), each in self.of.items():
            places = [str(place) for place in group] or ["all"] * len(self.by)
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

    def _periods(self) -> Mapping[tuple[str, Group], Sequence[tuple[str, Measurement]]]:
        """Measurements by period, of each metric and each group of the other columns, without rows of no moment."""
        found: dict[tuple[str, Group], list[tuple[str, Measurement]]] = {}
        for (name, group), measured in self.of.items():
            if self.by[:1] == (PERIOD,) and group and group[0] is not None:
                found.setdefault((name, group[1:]), []).append((str(group[0]), measured))
        return found

    def _trends(self) -> Mapping[tuple[str, Group], Trend]:
        """Trends by the row beside which they are shown: the one of all, or else the last period of its group."""
        shown = {}
        for (name, rest), periods in self._periods().items():
            if any(measured.exact is not None for _, measured in periods):
                shown[name, (periods[-1][0], *rest) if rest else ()] = self._trend(name, rest, periods)
        return shown

    def _repr_html_(self) -> str:
        trends = self._trends()
        rows = (
            ShownRow(
                self.labels[name] or name,
                tuple(map(str, group)),
                measured,
                self.goals.targets.get(name),
                trends.get((name, group)),
            )
            for (name, group), measured in self.of.items()
        )
        return results_html(self.by, rows)
