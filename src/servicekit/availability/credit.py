"""Service credits: which share of the fee comes back for which availability."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from annotated_types import MinLen

from servicekit.document import Document
from servicekit.errors import PolicyError, Problem
from servicekit.quantity import Share, ShareField, share, share_text


class CreditBand(Document):
    """One row: the credit for an availability of ``at_least <= availability < below``.

    >>> CreditBand(at_least="95%", below="99%", credit="25%").credit
    Fraction(1, 4)
    """

    at_least: ShareField = Fraction(0)
    """Where the band begins; left out, at 0 %."""
    below: ShareField | None = None
    """Where it ends, itself not in the band; left out, where the next better band begins."""
    credit: ShareField
    """The share of the fee that comes back."""


class CreditTable(Document):
    """A table of service credits, from the commitment downwards.

    At or above the commitment nothing comes back. Below it, the bands must cover everything once.

    >>> table = CreditTable(committed="99.9%", bands=[
    ...     {"at_least": "99%", "credit": "10%"}, {"at_least": "95%", "credit": "25%"}, {"credit": "100%"}])
    >>> credits = table.compile()
    >>> [str(credits.credit(uptime)) for uptime in ("99.9%", "99.899%", "99%", "98.99%", "94.99%")]
    ['0', '1/10', '1/10', '1/4', '1']
    >>> print(*table.replace(bands=table.bands[:2]).problems())
    error availability.band-gap at bands: no credit from 0% to 95%; the bands must cover everything below 99.9%
    """

    committed: ShareField
    """The availability from which on nothing comes back."""
    bands: Annotated[tuple[CreditBand, ...], MinLen(1)]
    """The rows, in any order."""

    def compile(self) -> CompiledCredits:
        """The table, ready to be asked.

        Raises:
            PolicyError: the bands have gaps, overlap, or reach above the commitment.
        """
        errors = [problem for problem in self.problems() if problem.is_error]
        if errors:
            raise PolicyError(errors)
        return CompiledCredits(self.committed, tuple((each.start, each.band.credit) for each in reversed(self._rows)))

    def own_problems(self) -> Iterator[Problem]:
        """Gaps, overlaps, bands above the commitment; and, as a warning, less credit for less availability."""
        rows = self._rows
        yield from (problem for row in rows for problem in row.faults(self.committed))
        edges = [_Row(-1, Fraction(0), Fraction(0)), *rows, _Row(-1, self.committed, self.committed)]
        for lower, upper in pairwise(edges):
            yield from self._between(lower, upper)
        for lower, upper in pairwise(rows):
            if lower.band.credit < upper.band.credit:
                message = f"{share_text(lower.band.credit)} is less than the credit of the next better band"
                path = f"bands[{lower.index}].credit"
                yield Problem.warning("availability.credit-falls", path, message)

    def _between(self, lower: _Row, upper: _Row) -> Iterator[Problem]:
        if lower.end < upper.start:
            message = f"no credit from {share_text(lower.end)} to {share_text(upper.start)}"
            hint = f"the bands must cover everything below {share_text(self.committed)}"
            yield Problem("availability.band-gap", "bands", message, hint)
        elif lower.end > upper.start and upper.index >= 0:
            message = f"two credits from {share_text(upper.start)} to {share_text(min(lower.end, upper.end))}"
            yield Problem("availability.band-overlap", f"bands[{lower.index}].below", message)

    @property
    def _rows(self) -> list[_Row]:
        """The bands from the worst to the best, each with both ends."""
        ordered = sorted(enumerate(self.bands), key=lambda row: (row[1].at_least, row[0]))
        starts = [band.at_least for _, band in ordered[1:]] + [self.committed]
        ends = [start if band.below is None else band.below for (_, band), start in zip(ordered, starts, strict=True)]
        return [_Row(index, band.at_least, end, band) for (index, band), end in zip(ordered, ends, strict=True)]


_NONE = CreditBand(credit=Fraction(0))


@dataclass(frozen=True, slots=True)
class _Row:
    """A band with both ends, and its place in the document."""

    index: int
    start: Fraction
    end: Fraction
    band: CreditBand = _NONE

    def faults(self, committed: Fraction) -> Iterator[Problem]:
        path = f"bands[{self.index}]"
        if max(self.start, self.end) > committed:
            message = f"the band reaches above the commitment of {share_text(committed)}, where nothing comes back"
            yield Problem("availability.band-above-commitment", path, message)
        elif self.start >= self.end:
            message = f"nothing lies from {share_text(self.start)} to below {share_text(self.end)}"
            yield Problem("availability.band-empty", path, message, "a band ends above where it begins")


@dataclass(frozen=True, slots=True)
class CompiledCredits:
    """A table without gaps: every availability has its credit.

    >>> CompiledCredits(Fraction("0.99"), ((Fraction(0), Fraction("0.1")),)).credit("98.999%")
    Fraction(1, 10)
    """

    committed: Fraction
    rows: tuple[tuple[Fraction, Fraction], ...]
    """Where each band begins and what it gives, the best band first."""

    def credit(self, availability: Share) -> Fraction:
        """The share of the fee that comes back; the availability is compared unrounded.

        Raises:
            DocumentValueError: the availability is not an exact share of one (code ``availability.share``).
        """
        reached = share(availability)
        if reached >= self.committed:
            return Fraction(0)
        return next((credit for start, credit in self.rows if reached >= start), Fraction(0))
