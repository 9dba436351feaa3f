"""Blocks in runs: headline figures that follow each other are laid out as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from servicekit.reports.blocks.block import Block, KeyFigure
from servicekit.reports.blocks.told import NamedTerm, Told, say


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Headline figures that follow each other."""

    run: tuple[KeyFigure, ...]


def in_runs(blocks: Iterable[Block]) -> Iterator[Block | KeyFigures]:
    """The blocks, and each run of measures as one.

    >>> from servicekit.reports.blocks.block import Paragraph
    >>> [type(each).__name__ for each in in_runs([KeyFigure("a", 1), KeyFigure("b", 2), Paragraph("c")])]
    ['KeyFigures', 'Paragraph']
    """
    run: list[KeyFigure] = []
    for block in blocks:
        if isinstance(block, KeyFigure):
            run.append(block)
            continue
        if run:
            yield KeyFigures(tuple(run))
            run.clear()
        yield block
    if run:
        yield KeyFigures(tuple(run))


def measure_row(measure: KeyFigure) -> tuple[Told, ...]:
    """A measure as cells: label, value, and what is told beside it, empty where nothing is."""
    return (
        measure.label,
        measure.value,
        "" if measure.n is None else say("measure.n", n=measure.n),
        measure.limits or "",
        "" if measure.target is None else say("measure.target", target=measure.target),
        "" if measure.status is None else NamedTerm("status", measure.status),
        measure.change or "",
    )
