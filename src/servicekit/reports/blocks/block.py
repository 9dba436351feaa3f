"""The parts of a report: what it says, without a layout and without a language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from servicekit.kpi import Status
from servicekit.reports.blocks.told import Told

if TYPE_CHECKING:
    from servicekit.reports.words.report_words import ReportWords


@dataclass(frozen=True, slots=True)
class Heading:
    """A title; level 1 stands once, at the top."""

    text: Told
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Told


@dataclass(frozen=True, slots=True)
class Items:
    """A list of pairs, in two columns. A legend explains the table above it."""

    rows: tuple[tuple[Told, Told], ...]
    is_legend: bool = False


@dataclass(frozen=True, slots=True)
class GroupedTable:
    """Groups of rows under a head; the first ``labels`` columns are words, the rest figures.

    Where the table has totals, the last row of a group of two and more is the total of that group.
    """

    head: tuple[Told, ...]
    groups: tuple[tuple[tuple[Told, ...], ...], ...]
    labels: int = 2
    has_totals: bool = True


@dataclass(frozen=True, slots=True)
class Aside:
    """An aside: what was assumed, left out, or is not known."""

    text: Told


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One headline figure with its evidence: of how many, between which limits, beside its target and what it was."""

    label: Told
    value: Told
    n: int | None = None
    limits: Told | None = None
    target: Told | None = None
    status: Status | None = None
    change: Told | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: ``svg`` draws it in the words of a language; its description tells what can be seen in it."""

    title: Told
    description: Told
    svg: Callable[[ReportWords], str] = field(compare=False, repr=False)


Block: TypeAlias = Heading | Paragraph | Items | GroupedTable | Aside | KeyFigure | Figure
"""A part of a report; a run of measures is laid out as one."""
