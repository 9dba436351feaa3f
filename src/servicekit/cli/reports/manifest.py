"""What a report of a period was made of: the same things make the same report."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

from servicekit import __version__
from servicekit.importers import read_sources

if TYPE_CHECKING:
    from argparse import Namespace

    from servicekit.desk.service_period import ServicePeriod
    from servicekit.reports.templates.report_template import ReportTemplate


def manifest(arguments: Namespace, service: ServicePeriod, template: ReportTemplate) -> Iterator[tuple[str, str]]:
    """Versions, the instant, and the name and the digest of each file that was read."""
    yield "version", __version__
    named = Path(arguments.template)
    yield "template", _file(named) if named.is_file() else template.name
    yield "period", service.period.name
    yield "as_of", service.as_of.isoformat() if service.as_of else "-"
    yield "policy_version", f"{service.policy} {service.version}"
    for name in ("policy", "against", "columns", "tickets", "sources"):
        if (path := getattr(arguments, name)) is not None:
            yield name, _file(path)
    if arguments.sources is not None:
        yield from (
            (f"table_{name}", "; ".join(map(_file, pair))) for name, pair in read_sources(arguments.sources).files
        )


def _file(path: Path) -> str:
    return f"{path.name}, SHA-256 {_digest(path)}"


def _digest(path: Path) -> str:
    """The SHA-256 of a file; of what can be read only once, nothing."""
    if not path.is_file():
        return "-"
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
