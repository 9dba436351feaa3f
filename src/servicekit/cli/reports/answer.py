"""Where a report goes: to standard output, to a file, or as tables into a folder."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.outfile import WholeFile, put_out, refuse_to_overwrite
from servicekit.cli.reports.pdf import printed_page
from servicekit.reports import render
from servicekit.reports.formats import report_blocks
from servicekit.reports.text.csv_tables import csv_files
from servicekit.reports.words.languages import languages

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.desk import DeskReport
    from servicekit.reports import PeriodReport


_BY_SUFFIX = {".html": "html", ".htm": "html", ".json": "json", ".md": "markdown", ".csv": "csv", ".pdf": "pdf"}


def chosen_format(arguments: Namespace) -> str:
    """The format that is asked for, or that the name of the file tells; else text."""
    if arguments.format is not None:
        return str(arguments.format)
    return "text" if arguments.out is None else _BY_SUFFIX.get(arguments.out.suffix.lower(), "text")


def refuse_pdf_without_file(arguments: Namespace) -> None:
    """Stop before anything is read.

    Raises:
        UsageError: a PDF file is asked for, and not named.
    """
    if arguments.format == "pdf" and arguments.out is None:
        raise UsageError("a PDF is a file: name it, --out report.pdf")


def inputs_of(arguments: Namespace) -> tuple[Path | None, ...]:
    """The files that a report is made of, as they were given; None for those that were not."""
    names = ("policy", "columns", "tickets", "against", "sources")
    return tuple(getattr(arguments, name) for name in names)


def put_report(report: DeskReport | PeriodReport, arguments: Namespace) -> None:
    """Write the report in the format that is asked for; tables into a folder, one file each, where one is named.

    Raises:
        OSError: it cannot be written, and nothing is.
        ServiceKitError: a PDF file is asked for, and Chromium is not installed or did not print it.
    """
    out: Path | None = arguments.out
    if arguments.format == "pdf" and out is not None:
        page = render(report, "html", language=arguments.language)
        with WholeFile(out) as file:
            file.write_bytes(printed_page(page))
    elif arguments.format == "csv" and out is not None and out.is_dir():
        _put_tables(report, out, arguments)
    else:
        put_out(render(report, arguments.format, language=arguments.language), out)


def _put_tables(report: DeskReport | PeriodReport, folder: Path, arguments: Namespace) -> None:
    """A file for each table; all of them, or none."""
    inputs = inputs_of(arguments)
    with ExitStack() as written:
        for name, text in csv_files(report_blocks(report), languages(arguments.language)).items():
            refuse_to_overwrite(folder / name, "--out", *inputs)
            written.enter_context(WholeFile(folder / name)).write_text(text)
