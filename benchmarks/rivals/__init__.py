"""Other libraries, asked the same questions: one module for each, named after the package.

A module has ``elapsed_asks``, ``add_asks`` and ``is_open_asks``, each giving pairs of a name and an
:class:`~benchmarks.questions.Ask`; a library that cannot answer gives none. Configuration is built and datetimes are
converted before the clock runs. sla-calculator cannot be installed beside the others; its module says how it is asked.
``rule_engines`` holds those that know conditions only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from benchmarks.questions import Addition, Ask, Moment, Span
from benchmarks.rivals import business_duration, businesstimedelta, pandas, simpleslacalc

__all__ = ["RIVALS", "Rival"]


class Rival(Protocol):
    """What a module of this package offers."""

    def elapsed_asks(self, span: Span) -> Iterable[tuple[str, Ask]]:
        """Open time between two readings."""

    def add_asks(self, addition: Addition) -> Iterable[tuple[str, Ask]]:
        """The reading some open hours later."""

    def is_open_asks(self, moment: Moment) -> Iterable[tuple[str, Ask]]:
        """Whether the desk is open."""


RIVALS = tuple(cast(Rival, module) for module in (businesstimedelta, business_duration, pandas, simpleslacalc))
"""Everybody who is asked beside servicekit."""
