"""What can be typed: the commands and their arguments."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit import __version__
from servicekit.cli.points.arguments import add_verbs, day

if TYPE_CHECKING:
    from argparse import _SubParsersAction


_EXIT_CODES = "exit codes: 0 done, 1 documents, data or output cannot be used, 2 wrong usage"
_FORMATS = ("text", "json", "markdown", "html", "csv", "email")


class UsageError(Exception):
    """The arguments do not fit the documents; the message says what was expected."""


def parser() -> ArgumentParser:
    """The parser of the whole command line."""
    top = ArgumentParser(
        prog="servicekit",
        description="Service policies at work: due dates, opening hours, SLA reports, tiers and segments of customers.",
        epilog=_EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"servicekit {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_report(commands)
    _add_replay(commands)
    _add_tiers(commands)
    _add_segments(commands)
    _add_scorecard(commands)
    _add_metrics(commands)
    _add_points(commands)
    _add_due(commands)
    _add_hours(commands)
    _add_check(commands)
    _add_columns(commands)
    _add_init(commands)
    return top


def _command(commands: _SubParsersAction[ArgumentParser], name: str, summary: str) -> ArgumentParser:
    command = _bare_command(commands, name, summary)
    command.add_argument("policy", metavar="POLICY", type=Path, help="the policy document (YAML, JSON or TOML)")
    return command


def _bare_command(commands: _SubParsersAction[ArgumentParser], name: str, summary: str) -> ArgumentParser:
    return commands.add_parser(name, help=summary, description=summary, epilog=_EXIT_CODES)


def _add_report(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "report", "Judge a ticket export by a policy and report on it.")
    _add_tickets(command, "pdf", is_needed=False)
    add = command.add_argument
    add(
        "--due",
        choices=("computed", "recorded"),
        default="computed",
        help="take due moments from the policy, or as recorded in the data (default: %(default)s)",
    )
    add("--outcomes", metavar="OUT.csv", type=Path, help="also write every outcome, one row per case and metric")
    add(
        "--out",
        metavar="FILE",
        type=Path,
        help="write the report to a file, whole or not at all; with --format csv it may be a folder",
    )
    _add_template(command)


def _add_template(command: ArgumentParser) -> None:
    """How a report of a period is asked for."""
    add = command.add_argument_group("a report of a period, by a template").add_argument
    names = "monthly_service_report, quarterly_review, customer_sla_report, availability_report"
    add("--template", metavar="NAME", help=f"{names}, or a file")
    add("--period", metavar="P", help="the period, cut in the policy's time zone: 2026-03, 2026-Q1, 2026-W09, 2026")
    add("--compare", choices=("previous", "year"), help="beside the period before, or the same a year before")
    add("--against", metavar="OTHER", type=Path, help="another version of the policy: what it would have decided")
    add("--sources", metavar="SOURCES", type=Path, help="a document of tables: surveys, contacts, outages ...")
    add("--customer", metavar="ID", help="of the cases of one customer only")
    add(
        "--with",
        dest="personal",
        choices=("customer", "owner", "reason"),
        action="append",
        default=[],
        help="tell customers, owners, or reasons of outages, which a report leaves out; may be repeated",
    )
    add("--purpose", metavar="WHY", default="", help="why they are told; the report says it")


def _add_replay(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "replay", "Judge a ticket export by two policies and say what differs.")
    add = command.add_argument
    add("other", metavar="OTHER", type=Path, help="the policy document to compare with")
    _add_tickets(command)
    add("--by", metavar="FACT", help="group cases by a fact, such as channel or tier")
    add(
        "--flips",
        metavar="N",
        type=_flips,
        default=5,
        help="how many verdicts to show of each change (default: %(default)s)",
    )
    add("--all-flips", metavar="OUT.csv", type=Path, help="also write every verdict that differs, one row each")


def _add_tickets(command: ArgumentParser, *formats: str, is_needed: bool = True) -> None:
    """What all commands that read a ticket export take; one that ``is_needed`` is asked for by the parser itself."""
    add = command.add_argument
    export = "the ticket export, as its mapping says; also gzip or zip"
    if is_needed:
        add("tickets", metavar="TICKETS", type=Path, help=export)
    else:
        add("tickets", metavar="TICKETS", type=Path, nargs="?", help=f"{export}; availability_report needs none")
    mapping = "the document that says what the export means"
    add("--columns", metavar="MAPPING", type=Path, required=is_needed, help=mapping)
    add(
        "--as-of",
        metavar="T",
        help="when open cases are judged, in the policy's time zone unless T has an offset; "
        "default: as_of of the mapping, else the latest instant in the data, with a warning",
    )
    _add_forms(command, *formats)


def _add_forms(command: ArgumentParser, *others: str) -> None:
    """How strictly a table is read, and how the answer is written; ``others`` are formats of this command alone."""
    add = command.add_argument
    add(
        "--spreadsheet",
        action="store_true",
        help="write OUT.csv for people, with an apostrophe before texts that a spreadsheet would run as formulas; "
        "programs read the exact form, without it",
    )
    add("--strict", action="store_true", help="stop at the first bad row; exit 1 if any problem is an error")
    default, told = (None, "by the suffix of --out, else text") if others else ("text", "text")
    add("--format", choices=(*_FORMATS, *others), default=default, help=f"default: {told}")
    add(
        "--language",
        choices=("en", "zh", "both"),
        default="en",
        help="English, Chinese, or both (default: %(default)s)",
    )


def _add_tiers(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "tiers", "Say in which tier customers stand, by what they bought, and why.")
    _add_purchases(command)
    add = command.add_argument
    add("--member", metavar="ID", help="explain where one customer stands, with the history")
    add("--against", metavar="OTHER", type=Path, help="another policy: who stands elsewhere by it, and what it costs")
    add("--out", metavar="OUT.csv", type=Path, help="also write a row per customer, or per move with --against")
    _add_forms(command)


def _add_segments(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "segments", "Say who customers are, by what they bought, and whom to contact.")
    _add_purchases(command)
    group = command.add_mutually_exclusive_group()
    add = group.add_argument
    add("--list", metavar="NAME", help="who of a state, segment or group should come back, such as dormant")
    add("--triggers", metavar="FROM..TO", type=_days_between, help="whom the triggers name on the days of a period")
    command.add_argument("--out", metavar="OUT.csv", type=Path, help="also write a row per customer, or the whole list")
    _add_forms(command)


def _add_scorecard(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "scorecard", "Measure key figures, with their evidence, beside what they should be.")
    add = command.add_argument
    add("sources", metavar="SOURCES", type=Path, help="the document that names each table's file and mapping")
    add("--by", metavar="FACT", action="append", default=[], help="break down by a column; may be repeated")
    periods = ("day", "week", "month", "quarter", "half_year", "year")
    add("--period", choices=periods, help="break down by period, in the policy's time zone")
    add("--as-of", metavar="T", help="the instant at which things are looked at (default: that of the export)")
    add("--out", metavar="OUT.csv", type=Path, help="also write a row per figure")
    add("--format", choices=("text", "json", "markdown"), default="text", help="default: %(default)s")


def _add_metrics(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _bare_command(commands, "metrics", "Say what the metrics of the field mean, and their variants.")
    command.add_argument("name", metavar="NAME", nargs="?", help="one metric, with its settings (default: all)")


def _add_points(commands: _SubParsersAction[ArgumentParser]) -> None:
    summary = "Keep a ledger of loyalty points: earn, expire, ask."
    verbs = _bare_command(commands, "points", summary).add_subparsers(dest="verb", required=True, metavar="VERB")

    def add(name: str, summary: str) -> ArgumentParser:
        verb = _bare_command(verbs, name, summary)
        verb.add_argument("--format", choices=("text", "json", "markdown"), default="text", help="default: %(default)s")
        return verb

    add_verbs(add)


def _add_purchases(command: ArgumentParser) -> None:
    add = command.add_argument
    add("purchases", metavar="PURCHASES", type=Path, help="the table of purchases, as its mapping says")
    add("--columns", metavar="MAPPING", type=Path, required=True, help="the document that says what the columns mean")
    add(
        "--as-of",
        metavar="D",
        type=day,
        required=True,
        help="the day at whose end customers are looked at, YYYY-MM-DD",
    )


def _add_due(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "due", "Say what a case opened at T would be promised, and when that falls due.")
    add = command.add_argument
    add(
        "--at", metavar="T", required=True, help="when the case is opened, in the policy's time zone unless with offset"
    )
    add(
        "--set",
        metavar="NAME=VALUE",
        dest="facts",
        action="append",
        default=[],
        type=_fact,
        help="a fact of the case, such as channel=chat; may be repeated for other facts",
    )


def _add_hours(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _command(commands, "hours", "List the open hours of a calendar, day by day.")
    command.add_argument("calendar", metavar="NAME", help="the calendar's name in the policy")
    command.add_argument("--from", metavar="D", dest="first", type=day, required=True, help="the first day, YYYY-MM-DD")
    command.add_argument("--days", metavar="N", type=_days, default=7, help="how many days (default: %(default)s)")


def _add_check(commands: _SubParsersAction[ArgumentParser]) -> None:
    _command(commands, "check", "List all problems of a policy, with their places in the file.")


def _add_columns(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _bare_command(commands, "columns", "Look at an export and propose the mapping that reads it.")
    command.add_argument("tickets", metavar="TICKETS", type=Path, help="the export, of tickets: CSV, xlsx or JSON")
    group = command.add_mutually_exclusive_group()
    group.add_argument("--purchases", action="store_true", help="the export is a table of purchases, or of orders")
    tables = ("contacts", "answers", "evaluations", "work", "outages")
    group.add_argument("--table", choices=tables, help="the export is a table of the service, by its name in SOURCES")
    command.add_argument("--out", metavar="MAPPING", type=Path, help="write it to a new file (default: print it)")


def _add_init(commands: _SubParsersAction[ArgumentParser]) -> None:
    command = _bare_command(commands, "init", "Write a small policy and a mapping to begin with.")
    command.add_argument("folder", metavar="FOLDER", type=Path, help="where to; made if it is not there")
    command.add_argument(
        "--tickets", metavar="TICKETS", type=Path, help="an export of your own, instead of ten made-up tickets"
    )


def _fact(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ArgumentTypeError(f"expected NAME=VALUE, such as channel=chat, not {text!r}")
    return name.strip(), value.strip()


def _days_between(text: str) -> tuple[date, date]:
    first, dots, last = text.partition("..")
    days = day(first), day(last if dots else first)
    if days[1] < days[0]:
        raise ArgumentTypeError(f"expected the earlier day first, not {text!r}")
    if days[1] == date.max:
        raise ArgumentTypeError(f"expected a day before {date.max}, not {text!r}")
    return days


def _flips(text: str) -> int:
    if not text.isdecimal() or int(text) > 10_000:
        raise ArgumentTypeError(f"expected a number of flips from 0 to 10000, not {text!r}")
    return int(text)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 3660:
        raise ArgumentTypeError(f"expected a number of days from 1 to 3660, not {text!r}")
    return int(text)
