"""Every phrase of reports by its key: English, then Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from servicekit.reports.words.comparison_phrases import COMPARISON_PHRASES
from servicekit.reports.words.customer_phrases import CUSTOMER_PHRASES
from servicekit.reports.words.desk_phrases import DESK_PHRASES

PHRASES: Mapping[str, tuple[str, str]] = {**DESK_PHRASES, **COMPARISON_PHRASES, **CUSTOMER_PHRASES}
