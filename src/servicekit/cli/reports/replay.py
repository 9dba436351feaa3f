"""``servicekit replay``: two policies and a ticket export in, what differs out."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace as changed
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.documents import instant, load, unwrapped, warnings_of
from servicekit.cli.outfile import WholeTable, refuse_form_without_file, refuse_to_overwrite
from servicekit.cli.progress import watched
from servicekit.cli.words import groups_for_a_shell, tell
from servicekit.desk import Intake
from servicekit.errors import PolicyError, Problem, ProblemGroup, UnknownNameError
from servicekit.importers import BROKEN_OFF, as_of_instant, read_export, read_mapping
from servicekit.policy import ServicePolicy
from servicekit.reports import render_comparison
from servicekit.whatif import FLIP_COLUMNS, Flip, ReplayRun, SidedProblems, first_of_each

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from pathlib import Path

    from servicekit.desk import Latest
    from servicekit.importers import ExportMapping
    from servicekit.whatif import Comparison


def replay(arguments: Namespace) -> int:
    """Run the command; 1 where the table broke off, or where ``--strict`` found an error."""
    inputs = (arguments.policy, arguments.other, arguments.columns, arguments.tickets)
    refuse_to_overwrite(arguments.all_flips, "--all-flips", *inputs)
    refuse_form_without_file(arguments.all_flips, "--all-flips", spreadsheet=arguments.spreadsheet)
    before, after = (load(ServicePolicy, path) for path in inputs[:2])
    mapping = unwrapped(read_mapping(arguments.columns))
    if arguments.strict:
        mapping = mapping.replace(on_bad_row="stop")
    engines = before.compile(), after.compile()
    as_of = instant(arguments.as_of, before.timezone) if arguments.as_of else as_of_instant(mapping)
    latest = None
    if as_of is None:
        latest = _latest(arguments.tickets, mapping)
        as_of = latest.at
    with closing(read_export(arguments.tickets, mapping)) as table:
        intake = Intake(watched(table, table.position, table.size))
        try:
            run = ReplayRun(*engines, intake, as_of=as_of, by=arguments.by)
        except UnknownNameError as error:
            raise UsageError(f"--by: {error}") from None
        flips = _drained(run, intake, arguments)
    comparison = _told(run.comparison(flips), latest)
    comparison = _with_warnings(comparison, warnings_of(before, mapping), warnings_of(after, mapping))
    sys.stdout.write(
        render_comparison(
            comparison, arguments.format, language=arguments.language, intake=intake, flips=arguments.flips
        )
    )
    return _exit_code(comparison, intake, strict=arguments.strict)


def _latest(tickets: Path, mapping: ExportMapping) -> Latest:
    """The latest instant in the data, by a reading of its own: nothing is held in memory.

    Raises:
        UsageError: the tickets come through a pipe, which can be read only once.
        PolicyError: there is no case, so there is no instant.
    """
    if tickets.exists() and not tickets.is_file():
        raise UsageError(f"{str(tickets)!r} can be read only once; say when the data was exported: --as-of")
    with closing(read_export(tickets, mapping)) as table:
        intake = Intake(watched(table, table.position, table.size))
        for _ in intake:
            pass
    if intake.latest is None:
        problem = Problem("whatif.no-cases", "as_of", "the table has no case to judge, and no instant was given")
        raise PolicyError([problem, *(example for group in intake.problems for example in group.examples)])
    return intake.latest


def _drained(run: ReplayRun, intake: Intake[object], arguments: Namespace) -> tuple[Flip, ...]:
    """The flips to be shown; all are kept only where a file was asked for and the table was whole."""
    path: Path | None = arguments.all_flips
    if path is None:
        return first_of_each(run, arguments.flips)
    with WholeTable(path, FLIP_COLUMNS) as out:
        flips = first_of_each(_written(run, out, arguments.spreadsheet), arguments.flips)
        if _broke_off(intake):
            out.discard()
            tell(sys.stderr, f"servicekit: {str(path)!r} is not written, because the table broke off")
    return flips


def _written(flips: Iterator[Flip], out: WholeTable, spreadsheet: bool) -> Iterator[Flip]:
    for flip in flips:
        out.write(flip.row(spreadsheet=spreadsheet))
        yield flip


def _told(comparison: Comparison, latest: Latest | None) -> Comparison:
    """The comparison with its problems in a shell's words, and the warning that an instant was assumed."""
    both, before, after = (groups_for_a_shell(groups) for groups in comparison.problems)
    if latest is not None and _rests_on_now(comparison):
        warning = latest.assumed()
        both = (*both, ProblemGroup(warning.code, warning.severity, 1, (warning,)))
    return changed(comparison, problems=SidedProblems(both, before, after))


def _with_warnings(
    comparison: Comparison, before: tuple[ProblemGroup, ...], after: tuple[ProblemGroup, ...]
) -> Comparison:
    """The comparison with what each side promises and the export cannot show."""
    sides = comparison.problems
    sides = SidedProblems(sides.both, (*before, *sides.before), (*after, *sides.after))
    return changed(comparison, problems=sides)


def _rests_on_now(comparison: Comparison) -> bool:
    """Whether some clock has not stopped, so that its verdict depends on when it is asked."""
    tallies = (*comparison.before.values(), *comparison.after.values())
    return any(tally.open or tally.missed for tally in tallies)


def _broke_off(intake: Intake[object]) -> bool:
    return any(group.code == BROKEN_OFF for group in intake.problems)


def _exit_code(comparison: Comparison, intake: Intake[object], *, strict: bool) -> int:
    groups = (group for groups in (intake.problems, *comparison.problems) for group in groups)
    errors = any(group.severity == "error" for group in groups)
    return int(_broke_off(intake) or (strict and errors))
