"""``servicekit metrics``: what the metrics of the field mean, and which variants there are."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from inspect import cleandoc
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from servicekit.cli.arguments import UsageError
from servicekit.document.description import descriptions
from servicekit.kpi import STANDARD, StandardMetric
from servicekit.kpi.catalogue import meant_by
from servicekit.layout import aligned

if TYPE_CHECKING:
    from argparse import Namespace


_REFERENCE = re.compile(r":[a-z]+:`~?([^`]+)`")


def metrics(arguments: Namespace) -> int:
    """Run the command: one metric with its settings, or all of them by name.

    Raises:
        UsageError: no metric has that name.
    """
    if arguments.name is None:
        rows = [(name, _summary(metric)) for name, metric in STANDARD.items()]
        sys.stdout.write("\n".join(aligned(rows)) + "\n")
        return 0
    if arguments.name not in STANDARD:
        hint = meant_by(arguments.name) or "see servicekit metrics"
        raise UsageError(f"no metric is called {arguments.name!r}; {hint}")
    sys.stdout.write("\n".join(_told(STANDARD[arguments.name])) + "\n")
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
