"""``servicekit metrics``: what the metrics of the field mean, and which variants there are."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from servicekit.cli.arguments import UsageError
from servicekit.document import did_you_mean
from servicekit.document.description import descriptions
from servicekit.kpi import STANDARD, StandardMetric
from servicekit.kpi.catalogue import meant_by
from servicekit.layout import aligned

if TYPE_CHECKING:
    from argparse import Namespace


_ALSO_CALLED: Mapping[str, str] = {
    "ageing": "backlog",
    "churn": "retention",
    "cohorts": "retention",
    "clv": "customer_lifetime_value",
    "cltv": "customer_lifetime_value",
}
"""Other words for figures that are not in a scorecard."""

_IN_PYTHON: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "backlog": (
        "The metric open_cases counts what is open at the moment of the report. What was open at the end of each\n"
        "period is told by the lives of cases, which a scorecard does not keep. In Python, servicekit.kpi has:",
        (
            ("Backlog.of", "open cases at both ends of each period, and what came and went meanwhile"),
            ("Backlog.ages", "how old the open cases are"),
        ),
    ),
    "retention": (
        "Churn and retention compare the customers at both ends of a period, of whom no table of a scorecard tells.\n"
        "In Python, servicekit.kpi has:",
        (
            ("Retention", "churn and retention of a period, and the churn of a year of such periods"),
            ("CohortTable.of", "who came again, by the period in which they first came: the cohort triangle"),
        ),
    ),
    "customer_lifetime_value": (
        "A lifetime value is a forecast: it comes from assumptions, or from a model that is fitted first, and is not\n"
        "counted from rows. In Python, servicekit.kpi.clv has its variants:",
        (
            ("cltv_by_retention", "margin x retention / (1 + discount - retention), the first margin now or later"),
            ("cltv_by_churn", "revenue x share of margin / churn"),
            ("ShiftedBetaGeometric", "contracts that are renewed or not (sBG), fitted to a cohort"),
            ("BgNbd, GammaGamma", "purchases at any time, and their amounts; fitted (extra clv)"),
            ("lifetime_value", "both of these together, month by month (extra clv)"),
        ),
    ),
}
"""Figures of the field that are not metrics of a scorecard: why not, and where they are."""

_REFERENCE = re.compile(r":[a-z]+:`~?([^`]+)`")


def metrics(arguments: Namespace) -> int:
    """Run the command: one metric with its settings, or all of them by name.

    Raises:
        UsageError: no metric has that name.
    """
    if arguments.name is None:
        rows = [(name, _summary(metric)) for name, metric in STANDARD.items()]
        rows += [
            (name, f"Not a metric of a scorecard: servicekit metrics {name} says where it is.") for name in _IN_PYTHON
        ]
        sys.stdout.write("\n".join(aligned(rows)) + "\n")
        return 0
    name = _ALSO_CALLED.get(arguments.name, arguments.name)
    if name in _IN_PYTHON:
        why, ways = _IN_PYTHON[name]
        told = [f"{name} is not a metric of a scorecard.", "", why, "", *(f"  {row}" for row in aligned(ways))]
    elif name in STANDARD:
        told = list(_told(STANDARD[name]))
    else:
        hint = meant_by(name) or did_you_mean(name, [*_IN_PYTHON, *_ALSO_CALLED]) or "see servicekit metrics"
        raise UsageError(f"no metric is called {name!r}; {hint}")
    sys.stdout.write("\n".join(told) + "\n")
    return 0


def _summary(metric: type[StandardMetric]) -> str:
    return _text(metric).partition("\n\n")[0].replace("\n", " ")


def _text(metric: type[StandardMetric]) -> str:
    """The docstring as a person reads it, up to its example."""
    text = cleandoc(metric.__doc__ or "").partition(">>>")[0].partition("Raises:")[0]
    return _REFERENCE.sub(r"\1", text.replace("``", "")).strip()


def _told(metric: type[StandardMetric]) -> Iterator[str]:
    yield from (f"kind: {metric.model_fields['kind'].default}", "", _text(metric), "", "settings:")
    texts = descriptions(metric)
    for name, field in metric.model_fields.items():
        if name != "kind":
            needed = "" if not field.is_required() else " (needed)"
            yield f"  {name}{needed}: {texts.get(name, '')}"
            choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
            yield from (f"    - {choice}" for choice in choices)
