"""The uptime of services in a report of a period: the table of outages that a document of sources names."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.outfile import refuse_to_overwrite
from servicekit.cli.progress import watched
from servicekit.cli.words import groups_for_a_shell
from servicekit.desk.service_period import ServicePeriod, UptimeReview
from servicekit.importers import read_sources

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from servicekit.availability import Maintenance, Outage
    from servicekit.importers import Source
    from servicekit.reports.templates.report_template import ReportTemplate


def outages_alone(arguments: Namespace, template: ReportTemplate) -> Source[Outage | Maintenance]:
    """The table of outages for a report without a ticket export.

    Raises:
        UsageError: the template tells of cases, or no table is named.
    """
    if template.tells_of_cases:
        raise UsageError(f"{template.name} tells of cases: name the export and its mapping, TICKETS --columns MAPPING")
    outages = None if arguments.sources is None else read_sources(arguments.sources).outages
    if outages is None:
        hint = "--sources SOURCES, with tables: {outages: {file: ..., columns: ...}}"
        raise UsageError(f"{template.name} tells of outages: name their table, {hint}")
    refuse_to_overwrite(arguments.out, "--out", outages.path, outages.columns)
    return outages


def measured_uptime(
    review: UptimeReview,
    outages: Source[Outage | Maintenance],
    as_of: datetime | None,
    cases: ServicePeriod | None = None,
    *,
    strict: bool,
) -> ServicePeriod:
    """The review of the table, beside that of cases; it is known until the earlier of ``as_of`` and its export.

    Raises:
        PolicyError: the table cannot be read at all, or ``strict`` and a row is bad.
    """
    if strict:
        outages = replace(outages, mapping=outages.mapping.replace(on_bad_row="stop"))
    known_until = min((each for each in (as_of, outages.as_of) if each is not None), default=None)
    with closing(outages.open()) as table:
        records = watched(table, table.position, table.size, "outages")
        service = review.of(records, as_of=known_until, cases=cases)
    problems = groups_for_a_shell(service.report.problems)
    return replace(service, report=replace(service.report, problems=problems))
