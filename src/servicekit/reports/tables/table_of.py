"""Tables by great_tables, of results and of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from servicekit.desk import DeskReport
from servicekit.desk.service_period import ServicePeriod
from servicekit.kpi import Results
from servicekit.reports.tables.frame_sheet import ArrowFrame, frame_sheet
from servicekit.reports.tables.result_sheets import desk_sheet, period_sheet, results_sheet
from servicekit.reports.tables.sheet import Sheet, great_table
from servicekit.reports.words.languages import one_language
from servicekit.reports.words.report_words import ReportWords

if TYPE_CHECKING:
    from great_tables import GT

_Subject: TypeAlias = Results | DeskReport | ServicePeriod | ArrowFrame


def table(subject: _Subject, *, title: str = "", language: Literal["en", "zh"] | ReportWords = "en") -> GT:
    """Results of a scorecard, a report, a period, or a data frame as a table of great_tables.

    Trends are small lines, which are told in words to whoever cannot see them. A frame may be of polars, pandas,
    pyarrow, DuckDB, Ibis, narwhals, or of whatever else hands out its columns by Arrow's protocol; its lists of numbers
    are lines, too. The table speaks one language, as :func:`~servicekit.reports.chart` does.

    ``table(...).as_raw_html()`` fetches nothing and is the same every time; texts are escaped.

    >>> from servicekit.kpi import Nps, Scorecard
    >>> results = Scorecard(metrics={"nps": Nps()}).compile().measure(
    ...     {"answer": [{"instrument": "nps", "score": each} for each in (10, 9, 3)]}
    ... )
    >>> "33.3" in table(results, title="March").as_raw_html()
    True

    Raises:
        MissingExtraError: great_tables or polars is not installed (extra ``charts``).
        TypeError: there is no table of such a thing.
        ValueError: there is no row; or the language is unknown, or both.
    """
    words = one_language(language)
    return great_table(_sheet(subject, title, words), words)


def _sheet(subject: _Subject, title: str, words: ReportWords) -> Sheet:
    match subject:
        case Results():
            return results_sheet(subject, title, words)
        case DeskReport():
            return desk_sheet(subject, title, words)
        case ServicePeriod():
            return period_sheet(subject, title, words)
        case _:
            return _frame_sheet(subject, title, words)


def _frame_sheet(subject: ArrowFrame, title: str, words: ReportWords) -> Sheet:
    if hasattr(subject, "__arrow_c_stream__"):
        return frame_sheet(subject, title, words)
    if hasattr(subject, "collect"):
        raise TypeError(f"a {type(subject).__name__} has no rows yet: collect it first")
    raise TypeError(f"there is no table of a {type(subject).__name__}; expected results, a report or a data frame")
