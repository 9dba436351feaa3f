"""``servicekit scorecard``: a policy and tables in, key figures with their evidence out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.customers.purchases import exit_code
from servicekit.cli.documents import instant, load
from servicekit.cli.figures.source_tables import latest_export, source_tables, tell_problems
from servicekit.cli.outfile import WholeTable, refuse_to_overwrite
from servicekit.cli.points.answer import PrintedAnswer
from servicekit.cli.words import tell
from servicekit.desk import Intake
from servicekit.importers import read_sources
from servicekit.policy import ServicePolicy

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.desk.measured_tables import Happening
    from servicekit.kpi import Results


def scorecard(arguments: Namespace) -> int:
    """Run the command; 1 where a table broke off."""
    refuse_to_overwrite(arguments.out, "--out", arguments.policy, arguments.sources)
    engine = load(ServicePolicy, arguments.policy).compile()
    card, sources = engine.need_kpi(), read_sources(arguments.sources)
    timezone = engine.policy.timezone
    as_of = instant(arguments.as_of, timezone) if arguments.as_of else latest_export(sources)
    intakes: dict[str, Intake[Happening]] = {}
    try:
        tables = source_tables(engine, sources, intakes, as_of)
        results = card.measure(tables, by=arguments.by, period=arguments.period, as_of=as_of)
    except ValueError as error:
        raise UsageError(f"--as-of: {error}") from None
    title = f"{engine.policy.name} {engine.policy.version}"
    facts = {"as of": None if as_of is None else as_of.isoformat()}
    facts |= {name: _intake(intake) for name, intake in intakes.items()}
    _print(results, PrintedAnswer(title, facts), arguments.format)
    problems = tell_problems(intakes)
    tell(sys.stderr, *(f"servicekit: {problem}" for problem in results.problems))
    if arguments.out is not None:
        _write(results, arguments)
    return exit_code(problems, strict=False)


def _intake(intake: Intake[Happening]) -> str:
    """How many rows became records, and what became of the others."""
    out = [(f"{each.what}", each.times) for each in (*intake.left_out, *intake.unjudged)]
    out += [("unreadable", intake.unreadable)] if intake.unreadable else []
    others = "".join(f"; {times:,} {what}" for what, times in out)
    return f"{intake.counted:,} of {intake.records:,} rows{others}"


def _print(results: Results, head: PrintedAnswer, form: str) -> None:
    if form == "json":
        rows = [{name: _plain(value) for name, value in row.items()} for row in results.rows()]
        told = {"title": head.title, **head.facts, "results": rows}
        sys.stdout.write(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
        return
    tables = [results.table(), *([results.left_out()] if results.left_out().rows else [])]
    if form == "markdown":
        sys.stdout.write("\n".join((head.markdown(), *(f"{table.markdown()}\n" for table in tables))))
    else:
        sys.stdout.write("\n".join((head.text(), *(f"{table.text()}\n" for table in tables))))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value


def _write(results: Results, arguments: Namespace) -> None:
    rows: list[Mapping[str, object]] = list(results.rows())
    with WholeTable(arguments.out, list(rows[0])) as out:
        for measured, row in zip(results, rows, strict=True):
            name, *others = ("" if value is None else str(_plain(value)) for value in row.values())
            places = results.places(measured.group) if measured.group else []
            out.write([name, *places, *others[len(places) :]])
