"""The templates that come with the library, and how a template is found by its name or its file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from servicekit.document import did_you_mean
from servicekit.reports.templates.report_template import ReportTemplate

STANDARD_TEMPLATES = ("monthly_service_report", "quarterly_review", "customer_sla_report", "availability_report")
"""The names of the templates that come with the library."""


def report_template(name: str) -> ReportTemplate:
    """The standard template of a name, or the one in a file of that path.

    >>> report_template("monthly_service_report").title["zh"]
    '服务月报'

    Raises:
        ValueError: no template has that name, and there is no such file.
        PolicyError: the file is no template.
    """
    if name in STANDARD_TEMPLATES:
        return ReportTemplate.parse(files(__package__).joinpath("standard", f"{name}.yaml").read_text("utf-8"))
    if not Path(name).exists():
        hint = did_you_mean(name, STANDARD_TEMPLATES) or f"known: {', '.join(STANDARD_TEMPLATES)}"
        raise ValueError(f"no template is called {name!r}, and no file; {hint}")
    return ReportTemplate.load(Path(name))
