"""``servicekit report --template``: a report of a period, by a template."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from servicekit.cli.arguments import UsageError
from servicekit.cli.customers.purchases import exit_code
from servicekit.cli.documents import instant, load, warnings_of
from servicekit.cli.figures.source_tables import source_tables, tell_problems
from servicekit.cli.outfile import refuse_to_overwrite
from servicekit.cli.progress import watched
from servicekit.cli.reports.answer import put_report
from servicekit.cli.reports.manifest import manifest
from servicekit.cli.reports.uptime import measured_uptime, outages_alone
from servicekit.cli.words import groups_for_a_shell, tell
from servicekit.desk import Intake
from servicekit.desk.service_period import PeriodReview, UptimeReview
from servicekit.errors import PolicyError
from servicekit.events import Case, Imported
from servicekit.importers import as_of_instant, read_export, read_sources
from servicekit.policy import ServicePolicy
from servicekit.reports.periods.period_report import Disclosure, PeriodReport
from servicekit.reports.templates.metric_names import unknown_metrics
from servicekit.reports.templates.standard_templates import report_template
from servicekit.timeline import Interval, Period
from servicekit.whatif import ReplayRun

if TYPE_CHECKING:
    from argparse import Namespace
    from datetime import datetime

    from servicekit.desk import ServiceDesk
    from servicekit.desk.measured_tables import Happening
    from servicekit.desk.service_period import ServicePeriod
    from servicekit.importers import ExportMapping, Sources
    from servicekit.kpi import Results
    from servicekit.reports.templates.report_template import ReportTemplate
    from servicekit.whatif import Comparison

_NEEDS_TEMPLATE = ("period", "compare", "against", "sources", "customer", "personal", "purpose")


def is_of_period(arguments: Namespace) -> bool:
    """Whether a template is asked for.

    Raises:
        UsageError: it is not, and what only a template takes is given; or it is, and no period.
    """
    if arguments.template is None:
        given = [name for name in _NEEDS_TEMPLATE if getattr(arguments, name)]
        if given:
            name = "with" if given[0] == "personal" else given[0]
            raise UsageError(
                f"--{name} is of a report of a period: name its template, --template monthly_service_report"
            )
        return False
    if arguments.period is None:
        raise UsageError("a template tells of a period: name it, such as --period 2026-03")
    if arguments.purpose and not arguments.personal:
        raise UsageError("--purpose says why somebody is named: name whom, --with owner or --with customer")
    if arguments.sources is not None and arguments.customer is not None:
        raise UsageError("--sources has the key figures of all customers: leave it or --customer out")
    if arguments.outcomes is not None:
        raise UsageError("--outcomes writes the outcomes of all cases: leave --template out")
    return True


class _Asked(NamedTuple):
    """What is asked for, of which period, and who may be named."""

    template: ReportTemplate
    period: Period
    disclosed: Disclosure


@contextmanager
def _as_usage() -> Iterator[None]:
    """Wrong values of arguments as wrong usage; faults of documents stay what they are."""
    try:
        yield
    except PolicyError:
        raise
    except ValueError as error:
        raise UsageError(str(error)) from None


def _asked(arguments: Namespace, policy: ServicePolicy) -> _Asked:
    with _as_usage():
        template, period = report_template(arguments.template), Period.parse(arguments.period)
        disclosed = Disclosure(tuple(dict.fromkeys(arguments.personal)), arguments.purpose)
    _refuse_idle(arguments, template)
    _refuse_unknown_metrics(template, policy)
    return _Asked(template, period, disclosed)


def period_report(arguments: Namespace, desk: ServiceDesk, mapping: ExportMapping) -> int:
    """Fill the template and write the report; 1 where the table broke off, or ``--strict`` found an error."""
    asked = _asked(arguments, desk.policy)
    template = asked.template
    with _as_usage():
        review = PeriodReview(
            desk, asked.period, compare=arguments.compare, trend_by=template.trend_by, worst=template.most_breaches
        )
    service = _reviewed(arguments, review, mapping)
    if arguments.sources is not None:
        service = _with_sources(arguments, template, desk, service)
    changes = None if arguments.against is None else _changes(arguments, desk.policy, service, mapping)
    return _put(arguments, asked, service, changes)


def uptime_report(arguments: Namespace, policy: ServicePolicy) -> int:
    """Fill a template that tells of no case and write the report; exit codes as of :func:`period_report`."""
    asked = _asked(arguments, policy)
    outages = outages_alone(arguments, asked.template)
    with _as_usage():
        review = UptimeReview(policy.compile(), asked.period, trend_by=asked.template.trend_by)
    given = instant(arguments.as_of, policy.timezone) if arguments.as_of else None
    return _put(arguments, asked, measured_uptime(review, outages, given, strict=arguments.strict), None)


def _put(arguments: Namespace, asked: _Asked, service: ServicePeriod, changes: Comparison | None) -> int:
    made_of = dict(manifest(arguments, service, asked.template))
    report = PeriodReport(asked.template, service, changes, asked.disclosed, made_of)
    put_report(report, arguments)
    problems = service.report.problems
    if arguments.out is not None:
        tell(sys.stderr, f"servicekit: {str(arguments.out)!r} is written")
    return exit_code(problems, strict=arguments.strict)


def _refuse_idle(arguments: Namespace, template: ReportTemplate) -> None:
    """What is asked of cases, of a template that tells of none, would be left out without a word.

    Raises:
        UsageError: such a thing is asked.
    """
    if template.tells_of_cases:
        return
    named = [f"with {each}" for each in arguments.personal if each in ("owner", "customer")]
    given = [*(name for name in ("compare", "against", "customer") if getattr(arguments, name)), *named]
    if given:
        raise UsageError(f"--{given[0]} is of cases, and {template.name} tells of none: leave it out")


def _refuse_unknown_metrics(template: ReportTemplate, policy: ServicePolicy) -> None:
    problems = [*unknown_metrics(template, () if policy.kpi is None else policy.kpi.metrics)]
    if problems:
        raise PolicyError(problems)


def _as_of(arguments: Namespace, timezone: str, mapping: ExportMapping) -> datetime | None:
    return instant(arguments.as_of, timezone) if arguments.as_of else as_of_instant(mapping)


def _reviewed(arguments: Namespace, review: PeriodReview, mapping: ExportMapping) -> ServicePeriod:
    policy = review.desk.policy
    with closing(read_export(arguments.tickets, mapping)) as table:
        records: Iterator[Imported[Case]] = watched(table, table.position, table.size)
        found = records if arguments.customer is None else _of_customer(records, arguments.customer)
        service = review.of(found, as_of=_as_of(arguments, policy.timezone, mapping))
    problems = (*warnings_of(policy, mapping), *groups_for_a_shell(service.report.problems))
    return replace(service, report=replace(service.report, problems=problems))


def _with_sources(
    arguments: Namespace, template: ReportTemplate, desk: ServiceDesk, service: ServicePeriod
) -> ServicePeriod:
    """The same with key figures and with uptime, where the template tells of them and their tables are named."""
    sources = read_sources(arguments.sources)
    refuse_to_overwrite(arguments.out, "--out", *(path for _, pair in sources.files for path in pair))
    if template.tells_of_uptime and sources.outages is not None:
        review = UptimeReview(desk.compiled, service.period, trend_by=template.trend_by)
        given = service.known_until if service.report.as_of_case is None else None
        service = measured_uptime(review, sources.outages, given, service, strict=arguments.strict)
    if template.tells_of_figures and (sources.outages is None or len(sources.files) > 1):
        service = replace(service, measured=_measured(desk, service, sources))
    return service


def _measured(desk: ServiceDesk, service: ServicePeriod, sources: Sources) -> Results:
    """Key figures of the tables that are named, by periods like that of the report, as of its end.

    Raises:
        PolicyError: the policy has no section ``kpi`` (``policy.no-kpi``).
        UsageError: the period is of no unit that a scorecard knows.
    """
    card = desk.compiled.need_kpi()
    if service.period.unit is None:
        raise UsageError(
            f"key figures are told by day, week, month, quarter, half-year or year, not by {service.period.name}"
        )
    intakes: dict[str, Intake[Happening]] = {}
    tables = source_tables(desk.compiled, sources, intakes, service.as_of)
    tell_problems(intakes)
    return card.measure(tables, period=service.period.unit, as_of=service.as_of)


def _customer(record: Imported[Case]) -> str | None:
    opened = None if record.value is None else record.value.opened
    return None if opened is None else opened.customer_id


def _of_customer(records: Iterable[Imported[Case]], name: str) -> Iterator[Imported[Case]]:
    """The records of one customer.

    Raises:
        UsageError: there are none.
    """
    is_found = is_known = False
    for record in records:
        customer = _customer(record)
        is_known |= customer is not None
        if customer == name:
            is_found = True
            yield record
    if not is_known:
        raise UsageError("--customer: no case names a customer; the mapping needs a column for customer_id")
    if not is_found:
        raise UsageError(f"--customer: no case is of a customer {name!r}; ids are compared letter by letter")


def _changes(arguments: Namespace, after: ServicePolicy, service: ServicePeriod, mapping: ExportMapping) -> Comparison:
    """The cases that were opened in the period, judged by both versions of the policy at its end."""
    before = load(ServicePolicy, arguments.against)
    days = service.period.interval(ZoneInfo(service.timezone))
    with closing(read_export(arguments.tickets, mapping)) as table:
        opened = (each for each in table if _is_opened_in(each, days))
        intake = Intake(each for each in opened if arguments.customer in (None, _customer(each)))
        run = ReplayRun(before.compile(), after.compile(), intake, as_of=service.as_of or days.end)
        for _ in run:
            pass
    return run.comparison()


def _is_opened_in(record: Imported[Case], days: Interval) -> bool:
    opened = None if record.value is None else record.value.opened
    return opened is not None and days.start <= opened.at < days.end
