"""Documents and instants as they are given on the command line."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from servicekit.cli.arguments import UsageError
from servicekit.cli.words import tell
from servicekit.document import Document, Loaded, read
from servicekit.errors import ProblemGroup, ProblemLog, shown
from servicekit.importers import ExportMapping, promises_without_source
from servicekit.importers.timestamps import Localiser
from servicekit.policy import ServicePolicy

Model = TypeVar("Model", bound=Document)


def load(model: type[Model], path: Path) -> Model:
    """The document in a file; its warnings go to stderr, one line each.

    Raises:
        PolicyError: the file holds errors.
    """
    return unwrapped(read(model, path))


def unwrapped(loaded: Loaded[Model]) -> Model:
    """The document that was read; its warnings go to stderr, one line each.

    Raises:
        PolicyError: there are errors.
    """
    document = loaded.unwrap()
    tell(sys.stderr, *shown(loaded.problems))
    return document


def warnings_of(policy: ServicePolicy, mapping: ExportMapping) -> tuple[ProblemGroup, ...]:
    """What a policy promises and an export cannot show, for the head of a report's problems."""
    log = ProblemLog()
    log.add(promises_without_source(policy, mapping))
    return log.groups()


def instant(text: str, timezone: str) -> datetime:
    """An instant from the command line; without an offset it is a reading in ``timezone``.

    Raises:
        UsageError: the text is not a date and time, or the clock of ``timezone`` skipped it.
    """
    try:
        stamp = Localiser(timezone)(datetime.fromisoformat(text))
    except ValueError:
        raise UsageError(f"expected an instant such as 2026-02-13T17:45, not {text!r}") from None
    if stamp.skipped:
        raise UsageError(f"the clock of {timezone} skipped {text}; give an instant that exists, or an offset")
    return stamp.at
