"""A report of a period: a template, and what the desk knows of the period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from servicekit.desk.service_period import ServicePeriod
from servicekit.reports.templates.report_template import ReportTemplate
from servicekit.whatif import Comparison

PersonalField: TypeAlias = Literal["customer", "owner", "reason"]
"""What says who somebody is, or may do so in free words, and stays out of a report that does not need it."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Personal fields that a report names, and for what: the report says both.

    >>> Disclosure(("owner",), "coaching").purpose
    'coaching'

    Raises:
        ValueError: no purpose is given.
    """

    fields: tuple[PersonalField, ...] = ()
    purpose: str = ""

    def __post_init__(self) -> None:
        if self.fields and not self.purpose.strip():
            raise ValueError(f"a report that names {' and '.join(self.fields)} says for what: give a purpose")


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """A template and what it tells of: a period of a service, for :func:`~servicekit.reports.render`.

    ``changes`` is the comparison with another version of the policy, for sections that tell of it; ``disclosed`` are
    the personal fields that are told; without it the report names no customer and no owner, and quotes no reason of an
    outage. ``manifest`` says of what the report was made: names of files and their digests, versions, the instant.

    >>> from servicekit.desk import DeskReport
    >>> from servicekit.reports import report_template
    >>> from servicekit.timeline import Period
    >>> quiet = DeskReport("Hotline", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    >>> report = PeriodReport(report_template("monthly_service_report"), ServicePeriod(Period.parse("2026-03"), quiet))
    >>> report.service.is_empty
    True
    """

    template: ReportTemplate
    service: ServicePeriod
    changes: Comparison | None = None
    disclosed: Disclosure = field(default_factory=Disclosure)
    manifest: Mapping[str, str] = field(default_factory=dict, hash=False)
