"""The template of a report: which sections it has, in which order, and for whom."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, MinLen

from servicekit.document import Document
from servicekit.reports.templates.section import (
    AnySection,
    BreachSection,
    HeadlineSection,
    MetricSection,
    Text,
    UptimeSection,
)
from servicekit.timeline.period import PeriodUnit


class ReportTemplate(Document):
    """What a report of a period tells, as data: ``servicekit report --template`` fills it.

    >>> template = ReportTemplate.parse('''
    ... servicekit: report/1
    ... name: my_report
    ... title: {en: My report, zh: 我的报告}
    ... sections: [{kind: headline}, {kind: breaches, most: 3}, {kind: data_quality}]
    ... ''')
    >>> [section.kind for section in template.sections], template.most_breaches
    (['headline', 'breaches', 'data_quality'], 3)

    Raises:
        PolicyError: the document is no template; all problems are named.
    """

    servicekit: Literal["report/1"] = "report/1"
    """The format of this document."""

    name: Annotated[str, MinLen(1)]
    """What the template is called."""

    title: Text
    """The title of the report by language; that of the period follows it."""

    readers: Text | None = None
    """For whom the report is written, by language."""

    trend_by: PeriodUnit | None = None
    """The unit of the periods in a trend; left out, that of the report's own period."""

    min_n: Annotated[int, Ge(1)] = 1
    """The least number of cases that a group must have to be told apart from others; smaller ones are blanked, and with
    them as many others as it takes that nobody can work them out from the total."""

    sections: Annotated[tuple[AnySection, ...], MinLen(1)]
    """The sections in their order."""

    @property
    def tells_of_cases(self) -> bool:
        """Whether a section needs tickets.

        >>> ReportTemplate.parse("{name: up, title: {en: Up}, sections: [{kind: availability}]}").tells_of_cases
        False
        """
        return any(section.kind not in _WITHOUT_CASES for section in self.sections)

    @property
    def tells_of_uptime(self) -> bool:
        """Whether a section needs outages."""
        return any(isinstance(section, UptimeSection) for section in self.sections)

    @property
    def tells_of_figures(self) -> bool:
        """Whether a section may tell key figures."""
        return any(isinstance(section, HeadlineSection | MetricSection) for section in self.sections)

    @property
    def most_breaches(self) -> int:
        """How many of the worst breaches the sections ask for."""
        return max((section.most for section in self.sections if isinstance(section, BreachSection)), default=0)


_WITHOUT_CASES = frozenset(("availability", "text", "no_source", "data_quality"))
