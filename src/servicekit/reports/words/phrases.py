"""Every phrase of reports by its key: English, then Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.reports.charts.chart_phrases import CHART_PHRASES
from servicekit.reports.words.clock_phrases import CLOCK_PHRASES
from servicekit.reports.words.comparison_phrases import COMPARISON_PHRASES
from servicekit.reports.words.customer_phrases import CUSTOMER_PHRASES
from servicekit.reports.words.desk_phrases import DESK_PHRASES
from servicekit.reports.words.figure_phrases import FIGURE_PHRASES
from servicekit.reports.words.period_phrases import PERIOD_PHRASES
from servicekit.reports.words.uptime_phrases import UPTIME_PHRASES

PHRASES: Mapping[str, tuple[str, str]] = {
    **DESK_PHRASES,
    **CHART_PHRASES,
    **COMPARISON_PHRASES,
    **CUSTOMER_PHRASES,
    **CLOCK_PHRASES,
    **FIGURE_PHRASES,
    **PERIOD_PHRASES,
    **UPTIME_PHRASES,
}
