"""``servicekit report``: a policy and a ticket export in, a report and the outcomes out."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.customers.purchases import exit_code
from servicekit.cli.documents import instant, load, unwrapped, warnings_of
from servicekit.cli.outfile import WholeTable, refuse_form_without_file, refuse_to_overwrite
from servicekit.cli.progress import watched
from servicekit.cli.reports.answer import chosen_format, inputs_of, put_report, refuse_pdf_without_file
from servicekit.cli.reports.period import is_of_period, period_report, uptime_report
from servicekit.cli.words import groups_for_a_shell, tell
from servicekit.desk import DeskRun, ServiceDesk
from servicekit.errors import Address, PolicyError, Problem
from servicekit.importers import BROKEN_OFF, as_of_instant, fact_names, read_export, read_mapping
from servicekit.policy import ServicePolicy
from servicekit.sla import OUTCOME_COLUMNS, to_row

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from servicekit.desk import DeskReport
    from servicekit.importers import ExportMapping


def report(arguments: Namespace) -> int:
    """Run the command; 1 where the table broke off, or where ``--strict`` found an error."""
    for out, option in ((arguments.outcomes, "--outcomes"), (arguments.out, "--out")):
        refuse_to_overwrite(out, option, *inputs_of(arguments))
    refuse_form_without_file(arguments.outcomes, "--outcomes", spreadsheet=arguments.spreadsheet)
    arguments.format = chosen_format(arguments)
    refuse_pdf_without_file(arguments)
    is_by_template = is_of_period(arguments)
    _refuse_half(arguments, is_by_template=is_by_template)
    policy = load(ServicePolicy, arguments.policy)
    if arguments.tickets is None:
        return uptime_report(arguments, policy)
    mapping = unwrapped(read_mapping(arguments.columns))
    if arguments.strict:
        mapping = mapping.replace(on_bad_row="stop")
    desk = ServiceDesk(policy, due=arguments.due)
    if arguments.due == "recorded":
        _check_recorded_facts(policy, mapping, arguments.columns)
    if is_by_template:
        return period_report(arguments, desk, mapping)
    as_of = instant(arguments.as_of, policy.timezone) if arguments.as_of else as_of_instant(mapping)
    with closing(read_export(arguments.tickets, mapping)) as table:
        run = desk.run(watched(table, table.position, table.size), as_of=as_of)
        _write_outcomes(run, arguments.outcomes, spreadsheet=arguments.spreadsheet)
    result = run.report()
    problems = (*warnings_of(policy, mapping), *groups_for_a_shell(result.problems))
    result = replace(result, problems=problems)
    put_report(result, arguments)
    return exit_code(result.problems, strict=arguments.strict)


def _refuse_half(arguments: Namespace, *, is_by_template: bool) -> None:
    """Stop where the export or its mapping is missing.

    Raises:
        UsageError: one is given without the other; or neither is, and no template is asked for.
    """
    if (arguments.tickets is None) != (arguments.columns is None):
        given, missing = ("TICKETS", "--columns MAPPING") if arguments.columns is None else ("--columns", "TICKETS")
        raise UsageError(f"{given} is given without {missing}: an export is read by its mapping")
    if arguments.tickets is None and not is_by_template:
        raise UsageError("name the export and its mapping: TICKETS --columns MAPPING")


def _check_recorded_facts(policy: ServicePolicy, mapping: ExportMapping, file: Path) -> None:
    """A fact that no column brings would make every case one that was promised nothing.

    Raises:
        PolicyError: ``desk.no-recorded-due``, one problem per fact.
    """
    recorded, brought = policy.sla.recorded_due if policy.sla else {}, fact_names(mapping)
    problems = [
        _no_column_for(fact, metric).located(Address(str(file), 1))
        for metric, fact in recorded.items()
        if fact not in brought
    ]
    if problems:
        raise PolicyError(problems)


def _no_column_for(fact: str, metric: str) -> Problem:
    message = f"no column brings the fact {fact!r}, the recorded due moment of {metric}"
    hint = f"name it: facts: {{{fact}: {{column: ..., type: instant}}}}"
    return Problem("desk.no-recorded-due", f"facts.{fact}", message, hint=hint)


def _write_outcomes(run: DeskRun, path: Path | None, *, spreadsheet: bool) -> None:
    """Drain the run; what it gives out is kept only where a file was asked for and the table was whole."""
    if path is None:
        for _ in run:
            pass
        return
    with WholeTable(path, OUTCOME_COLUMNS) as out:
        for outcome in run:
            out.write(to_row(outcome, spreadsheet=spreadsheet))
        if _broke_off(run.report()):
            out.discard()
            tell(sys.stderr, f"servicekit: {str(path)!r} is not written, because the table broke off")


def _broke_off(result: DeskReport) -> bool:
    return any(group.code == BROKEN_OFF for group in result.problems)
