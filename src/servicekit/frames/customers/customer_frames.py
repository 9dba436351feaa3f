"""Tiers and RFM of whole frames of purchases, of any supported library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, TypeVar, cast

import narwhals as nw

from servicekit.frames.customers.purchase_columns import PurchaseNames
from servicekit.frames.customers.rfm_query import EVERYBODY, RfmScoresQuery, RfmValuesQuery
from servicekit.frames.customers.tier_query import TierQuery
from servicekit.frames.frame_columns import is_whole
from servicekit.frames.library_dispatch import answer
from servicekit.segments import RfmScoring
from servicekit.tiers import TierEngine, TierProgram
from servicekit.timeline import zone

if TYPE_CHECKING:
    from narwhals.typing import IntoFrame

F = TypeVar("F")


def tiers(
    purchases: F, program: TierProgram | TierEngine, *, as_of: date, columns: Mapping[str, str] | None = None
) -> F:
    """Where every customer stands at the end of a day, from a frame with one row per purchase.

    ``purchases`` is a Polars (eager or lazy), pandas, PyArrow, DuckDB or PySpark frame; the same type comes back, with
    a row for each customer, by id. It has the columns ``customer_id``, ``at`` (a day, or an instant, whose day is that
    in the programme's zone) and ``amount`` (net of tax: whole minor units, or Decimals), and may have ``order_id`` (an
    order that is told again counts once), ``refund_of`` (the order that a row with a value gives money back for; its
    ``order_id`` is the refund's own), ``enrolled_on`` (of each customer the earliest counts) and ``currency``.
    ``columns`` says which of them are called otherwise. Rows after ``as_of`` have not happened yet.

    The answer has the ``tier``, ``since``, ``valid_until`` and ``next_tier``, and for each metric that a level asks for
    its ``progress_`` and what is ``missing_`` for the next tier, in whole minor units and whole numbers: those of
    :meth:`TierEngine.fold <servicekit.tiers.TierEngine.fold>`. ``problems`` has the codes of what was odd; a customer
    who never enrolled has no tier. Whole columns tell the tiers of most. ``folded`` says why the engine had to fold the
    events of a customer, which takes longer, and is null where it had not.

    >>> import pyarrow as pa
    >>> program = TierProgram.parse('''
    ... {currency: CNY, enrolment: automatic, levels: {normal: {}, vip: {qualify: {spend: 5000 CNY}}}}
    ... ''')
    >>> bought = pa.table({"customer_id": ["m-1", "m-2"], "at": [date(2026, 3, 1)] * 2, "amount": [500_000, 499_999]})
    >>> tiers(bought, program, as_of=date(2026, 6, 30)).select(["tier", "valid_until", "missing_spend"]).to_pylist()[1]
    {'tier': 'normal', 'valid_until': None, 'missing_spend': 1}

    Raises:
        FrameError: a column is missing, or holds what it should not; every such column is named, with its first row.
        KeyError: ``columns`` names a column that purchases do not have.
        PolicyError: the programme has errors.
        TypeError: ``as_of`` is not a day, ``program`` not a programme, or the frame is of no supported library.
    """
    engine, names = _engine_of(program), PurchaseNames(columns or {})
    return answer(purchases, TierQuery(engine, _a_day(as_of), names, _id_kind(purchases, names)))


def rfm(  # noqa: PLR0913 - the question has that many parts
    purchases: F,
    scoring: RfmScoring | None = None,
    *,
    as_of: date,
    currency: str,
    timezone: str = "UTC",
    columns: Mapping[str, str] | None = None,
) -> F:
    """How recently, how often and for how much every customer bought, and their scores beside those of all others.

    The frame and its columns are those of :func:`tiers`, all amounts in ``currency``; the days of instants are those of
    ``timezone``. The answer has a row for each customer with a row by ``as_of``, by id: ``recency_days``, ``orders``,
    ``days`` with an order, ``monetary`` in whole minor units, and the scores ``r``, ``f`` and ``m`` of
    :func:`servicekit.segments.score_rfm`. A customer all of whose orders were refunded has no recency and no scores.
    ``problems`` has the codes of what was odd; ``folded`` says why the events of a customer were summed up one by one,
    which takes longer, and is null where they were not.

    >>> import pyarrow as pa
    >>> at = [date(2026, 1, day) for day in (5, 9, 9)]
    >>> bought = pa.table({"customer_id": ["ann", "ann", "bob"], "at": at, "amount": [4_000, 4_000, 1_000]})
    >>> rfm(bought, RfmScoring(bins=2), as_of=date(2026, 2, 1), currency="CNY").select(["r", "f", "m"]).to_pylist()
    [{'r': 1, 'f': 2, 'm': 2}, {'r': 1, 'f': 1, 'm': 1}]

    Raises:
        FrameError: a column is missing, or holds what it should not; every such column is named, with its first row.
        KeyError: ``columns`` names a column that purchases do not have.
        TypeError: ``as_of`` is not a day, or the frame is of no supported library.
        UnknownZoneError: there is no such time zone.
    """
    names = PurchaseNames(columns or {})
    query = RfmValuesQuery(_a_day(as_of), currency, zone(timezone), names, _id_kind(purchases, names))
    values = nw.from_native(cast("IntoFrame", answer(purchases, query))).with_columns(nw.lit(0).alias(EVERYBODY))
    return cast(F, answer(values.to_native(), RfmScoresQuery(scoring or RfmScoring(), currency, query.schema)))


def _engine_of(program: object) -> TierEngine:
    if isinstance(program, TierProgram):
        return program.compile()
    if not isinstance(program, TierEngine):
        name = type(program).__name__
        raise TypeError(f"a TierProgram or its engine is needed, not {name}; of a policy it is policy.compile().tiers")
    return program


def _a_day(day: object) -> date:
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"expected a day such as date(2026, 6, 30), not {day!r}")
    return day


def _id_kind(purchases: object, names: PurchaseNames) -> Literal["integer", "text"]:
    """What the ids of an answer will be; whole numbers stay what they are."""
    dtype = nw.from_native(cast("IntoFrame", purchases)).collect_schema().get(str(names.of("customer_id", ())))
    return "integer" if dtype is not None and is_whole(dtype) else "text"
