"""The two queries for RFM: what each customer did, and the scores of all among each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from servicekit.frames.array_chunks import Ints
from servicekit.frames.cases.event_log.checked_columns import NONE, ColumnSchema
from servicekit.frames.cases.outcome_frame import framed
from servicekit.frames.customers.customer_ids import customer_codes
from servicekit.frames.customers.purchase_columns import PurchaseNames
from servicekit.frames.customers.purchase_events import REFUNDS, PurchaseEvents
from servicekit.frames.customers.purchase_log import PurchaseLog, purchase_log
from servicekit.frames.customers.rfm_scores import banded, ranked
from servicekit.frames.customers.text_cells import TextCells
from servicekit.frames.customers.tier_kernels.purchase_part import is_first
from servicekit.frames.frame_columns import Column, amounts, put
from servicekit.quantity import minor_digits
from servicekit.segments import CustomerSummary, RfmScoring, summarise

if TYPE_CHECKING:
    from narwhals.dtypes import DType

    from servicekit.frames.frame_columns import ColumnKind, Frame

EVERYBODY: Final = "everybody"
"""A column of one value, by which a frame of customers stays whole."""
_NUMBERS: Final = ("recency_days", "orders", "days", "monetary")


@dataclass(frozen=True, slots=True)
class RfmValuesQuery:
    """Asks what the customers of a frame of purchases did by the end of a day.

    See :class:`~servicekit.frames.library_dispatch.FrameQuery`.
    """

    as_of: date
    currency: str
    tz: tzinfo
    columns: PurchaseNames
    id_kind: Literal["integer", "text"]

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The columns of the answer."""
        numbers: dict[str, ColumnKind] = dict.fromkeys(_NUMBERS, "integer")
        return {"customer_id": self.id_kind, **numbers, "problems": "text", "folded": "text"}

    @property
    def case_id(self) -> str | None:
        """The column of the customers."""
        return self.columns.of("customer_id", ())

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """Refuse columns that are missing or of the wrong type, before any row is seen."""
        schema = ColumnSchema(dict(dtypes))
        self.columns.check(schema)
        schema.raise_problems()

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The answer for a frame that holds all rows of its customers."""
        log = purchase_log(frame, self.columns, self.currency, self.tz)
        values = _values(log, self.as_of.toordinal())
        returned = log.any_of(log.returns)
        problems, folded = TextCells(len(log.customer)), TextCells(len(log.customer))
        folded.put(returned, REFUNDS)
        events = PurchaseEvents(frame, self.columns, log, self.currency)
        for number, customer_id, happened in events.through(self.as_of, np.flatnonzero(returned)):
            summaries = summarise(happened, self.as_of, currency=self.currency)
            problems.put(number, ", ".join(group.code for group in summaries.problems) or None)
            for name, value in self._of_summary(summaries.get(customer_id)).items():
                values[name][number] = value
        known = np.flatnonzero(log.day[log.starts[:-1]] <= self.as_of.toordinal())
        numbers = {name: Column(cells[known], cells[known] == NONE, "integer") for name, cells in values.items()}
        texts = {"problems": problems.column(known), "folded": folded.column(known)}
        ids = {"customer_id": log.ids.column(log.customer[known])}
        return framed(ids | numbers | texts, frame.implementation, dictionaries=dictionaries)

    def _of_summary(self, summary: CustomerSummary | None) -> Mapping[str, int]:
        if summary is None:
            return dict.fromkeys(_NUMBERS, NONE)
        recency = summary.recency_days(self.as_of)
        spent = summary.spend.to_minor()
        return dict(
            zip(_NUMBERS, (NONE if recency is None else recency, summary.orders, summary.days, spent), strict=True)
        )


def _values(log: PurchaseLog, as_of: int) -> dict[str, Ints]:
    """The numbers of each customer; those of whom nothing is known yet have none."""
    found = {name: np.full(len(log.customer), NONE) for name in _NUMBERS}
    counted = log.day <= as_of
    if not counted.any():
        return found
    firsts = log.starts[:-1]
    orders = np.add.reduceat(counted, firsts, dtype=np.int64)
    known = orders > 0
    new_day = is_first(log.day)
    new_day[firsts] = True
    found["orders"][known] = orders[known]
    found["days"][known] = np.add.reduceat(new_day & counted, firsts, dtype=np.int64)[known]
    amount = log.amount if counted.all() else np.where(counted, log.amount, 0)
    found["monetary"][known] = np.add.reduceat(amount, firsts)[known]
    found["recency_days"][known] = as_of - log.day[(firsts + orders - 1)[known]]
    return found


@dataclass(frozen=True, slots=True)
class RfmScoresQuery:
    """Asks for the scores of all customers of an answer to :class:`RfmValuesQuery`.

    See :class:`~servicekit.frames.library_dispatch.FrameQuery`.
    """

    scoring: RfmScoring
    currency: str
    values: Mapping[str, ColumnKind]
    case_id: str = EVERYBODY

    @property
    def schema(self) -> Mapping[str, ColumnKind]:
        """The columns of the answer."""
        scores: dict[str, ColumnKind] = dict.fromkeys("rfm", "integer")
        return {**self.values, **scores}

    def check(self, dtypes: Mapping[str, DType]) -> None:
        """The columns are ours."""

    def __call__(self, frame: Frame, *, dictionaries: bool = False) -> object:
        """The answer for a frame that holds all customers."""
        frame = frame.drop(EVERYBODY)
        codes, _ = customer_codes(frame["customer_id"])
        if np.any(codes[1:] < codes[:-1]):
            frame = frame[np.argsort(codes).tolist()]
        recency, never = amounts(frame, "recency_days")
        times, spent = self._frequency(frame), amounts(frame, "monetary")[0]
        edges, bought = self.scoring.edges, ~never
        found = {"r": -recency, "f": times, "m": spent}
        bands = {
            "r": None if edges.recency is None else [1 - edge for edge in reversed(_whole(edges.recency))],
            "f": None if edges.frequency is None else _whole(edges.frequency),
            "m": None if edges.monetary is None else _whole(edges.monetary, minor_digits(self.currency)),
        }
        for name, values in found.items():
            scores, band = np.zeros(len(values), np.int64), bands[name]
            better = values[bought]
            scores[bought] = (
                ranked(better, self.scoring.bins, self.scoring.ties) if band is None else banded(better, band)
            )
            frame = put(frame, name, Column(scores, never, "integer"))
        return frame.to_native()

    def _frequency(self, frame: Frame) -> Ints:
        kind = self.scoring.frequency
        counts, _ = amounts(frame, "orders" if kind == "orders" else "days")
        return counts - 1 if kind == "repeat_days" else counts


def _whole(edges: tuple[Decimal, ...], digits: int = 0) -> list[int]:
    """Edges among whole numbers: a value lies on or above an edge if it lies on or above the next whole number."""
    return [ceil(edge.scaleb(digits)) for edge in edges]
