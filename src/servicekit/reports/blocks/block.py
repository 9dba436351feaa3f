"""The parts of a report: what it says, without a layout and without a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from servicekit.reports.blocks.told import Told


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


Block: TypeAlias = Heading | Paragraph | Items | GroupedTable
