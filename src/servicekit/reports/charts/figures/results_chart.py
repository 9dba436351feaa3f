"""Results of a scorecard as an Altair chart: a forest plot for each metric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from servicekit.kpi import Results
from servicekit.reports.blocks.told import NamedTerm, say
from servicekit.reports.charts.chart_text import stacked
from servicekit.reports.charts.figures.forest_plot import ForestPlot, chart_of_groups
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from altair import VConcatChart


def chart_of_results(results: Results, words: ReportWords) -> VConcatChart:
    """The metrics one below another, each with a row for all and one for each group.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no metric, or a metric has more than a thousand groups.
    """
    return stacked([chart_of_groups(plot, words) for plot in _plots(results, words)])


def _plots(results: Results, words: ReportWords) -> Iterator[ForestPlot]:
    for name in dict.fromkeys(metric for metric, _ in results.of):
        groups = [
            (", ".join(places_of(results, group, words)) if group else words.tell(say("group.all")), each)
            for (metric, group), each in results.of.items()
            if metric == name
        ]
        label = words.tell(NamedTerm("measured", results.labels[name] or name))
        yield ForestPlot(label, groups, results.goals.targets.get(name))


def places_of(results: Results, group: Sequence[object], words: ReportWords) -> Iterator[str]:
    """The places of a group; of one whose rows have no value, the column is told."""
    for column, place in zip(results.by, group, strict=True):
        none = say("group.none", fact=NamedTerm("fact", column))
        yield words.tell(none) if place is None else str(place)
