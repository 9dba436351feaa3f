"""The names of key figures that a template asks for: each is one of the policy's, or of the field's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.kpi import STANDARD
from servicekit.reports.templates.report_template import ReportTemplate
from servicekit.reports.templates.section import HeadlineSection, MetricSection


def unknown_metrics(template: ReportTemplate, measured: Iterable[str]) -> Iterator[Problem]:
    """The names that neither a policy, which has ``measured``, nor the field knows: slips of a pen.

    >>> template = ReportTemplate.parse("{name: x, title: {en: x}, sections: [{kind: headline, metrics: [csta]}]}")
    >>> [(problem.path, problem.hint) for problem in unknown_metrics(template, ["csat"])]
    [('sections[0].metrics[0]', "did you mean 'csat'?")]
    """
    known = {*measured, *STANDARD}
    for place, section in enumerate(template.sections):
        for number, name in enumerate(section.metrics if isinstance(section, HeadlineSection | MetricSection) else ()):
            if name not in known:
                hint = did_you_mean(name, known) or "`servicekit metrics` lists those of the field"
                message = f"neither the policy nor the field has a key figure named {name!r}"
                yield Problem("template.unknown-metric", f"sections[{place}].metrics[{number}]", message, hint=hint)
