"""Results of a scorecard as an Altair chart: a forest plot for each metric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from servicekit.kpi import Results
from servicekit.reports.charts.chart_text import stacked
from servicekit.reports.charts.figures.forest_plot import ForestPlot, chart_of_groups

if TYPE_CHECKING:
    from altair import VConcatChart


def chart_of_results(results: Results) -> VConcatChart:
    """The metrics one below another, each with a row for all and one for each group.

    Raises:
        MissingExtraError: Altair is not installed (extra ``charts``).
        ValueError: there is no metric, or a metric has more than a thousand groups.
    """
    return stacked(list(map(chart_of_groups, _plots(results))))


def _plots(results: Results) -> Iterator[ForestPlot]:
    for name in dict.fromkeys(metric for metric, _ in results.of):
        groups = [
            (", ".join(results.places(group)) if group else "all", each)
            for (metric, group), each in results.of.items()
            if metric == name
        ]
        yield ForestPlot(results.labels[name] or name, groups, results.goals.targets.get(name))
