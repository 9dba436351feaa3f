"""What comes back, in which library, from which columns; and what is refused, with its row."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from servicekit import ServicePolicy, frames
from servicekit.errors import FrameError
from servicekit.segments import RfmScoring
from servicekit.tiers import ProgramVersion, TierEngine, TierProgram
from tests.frames.libraries import LIBRARIES, Library

engines = pytest.mark.parametrize("library", LIBRARIES, ids=str)
AS_OF = date(2026, 6, 30)
LEVELS = "levels: {normal: {}, vip: {qualify: {spend: 100 USD}}, senior: {qualify: {spend: 500 USD, orders: 2}}}"
ROLLING = TierProgram.parse(
    f"{{currency: USD, enrolment: automatic, window: rolling 12 months, downgrade: immediate, {LEVELS}}}"
)
YEARLY = TierProgram.parse(f"{{currency: USD, enrolment: automatic, validity: next_period_end, {LEVELS}}}")
Ask = Callable[[Any], Any]
ASKS: dict[str, Ask] = {
    "rolling": lambda frame: frames.tiers(frame, ROLLING, as_of=AS_OF),
    "yearly": lambda frame: frames.tiers(frame, YEARLY, as_of=AS_OF),
    "rfm": lambda frame: frames.rfm(frame, as_of=AS_OF, currency="USD"),
}
asks = pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)


def bought(**columns: Any) -> pa.Table:
    """Ann, who is just a senior, bob, who is just not a vip any more, and cy, who buys next month."""
    table = {
        "customer_id": pa.array(["bob", "ann", "cy", "ann", "bob"]),
        "at": pa.array([date(2025, 6, 30), date(2026, 1, 9), date(2026, 7, 1), date(2026, 3, 1), date(2026, 5, 1)]),
        "amount": pa.array([9_999, 49_999, 70_000, 1, 1], pa.int64()),
    }
    return pa.table({**table, **columns})


def rows_of(library: Library, answer: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = library.read(answer).to_pylist()
    return rows


@engines
def test_tiers_come_back_in_the_same_library(library: Library) -> None:
    answer = frames.tiers(library.make(bought()), ROLLING, as_of=AS_OF)
    assert isinstance(answer, library.native)
    ann, bob = rows_of(library, answer)
    assert ann == {
        "customer_id": "ann",
        "tier": "senior",
        "since": date(2026, 3, 1),
        "valid_until": None,
        "next_tier": None,
        "progress_spend": None,
        "missing_spend": None,
        "progress_orders": None,
        "missing_orders": None,
        "problems": None,
        "folded": None,
    }
    assert (bob["tier"], bob["since"], bob["next_tier"], bob["missing_spend"]) == ("normal", AS_OF, "vip", 9_999)


@engines
def test_a_reviewed_tier_has_an_end(library: Library) -> None:
    ann, bob = rows_of(library, frames.tiers(library.make(bought()), YEARLY, as_of=AS_OF))
    assert (ann["tier"], ann["since"], ann["valid_until"]) == ("senior", date(2026, 3, 1), date(2027, 12, 31))
    assert (bob["tier"], bob["since"], bob["valid_until"]) == ("normal", date(2025, 6, 30), None)


@engines
def test_rfm_comes_back_in_the_same_library(library: Library) -> None:
    answer = frames.rfm(library.make(bought()), RfmScoring(bins=2), as_of=AS_OF, currency="USD")
    assert isinstance(answer, library.native)
    names = ("customer_id", "recency_days", "orders", "days", "monetary", "r", "f", "m")
    found = [tuple(row[name] for name in names) for row in rows_of(library, answer)]
    assert found == [("ann", 121, 2, 2, 50_000, 1, 1, 2), ("bob", 60, 2, 2, 10_000, 2, 1, 1)]


@engines
@asks
def test_every_kind_of_column_gives_the_same_answer(library: Library, ask: Ask) -> None:
    plain, days = bought(), bought()["at"].to_pylist()
    noon = [datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days]
    amounts = [Decimal(cents) / 100 for cents in plain["amount"].to_pylist()]
    others = (
        bought(at=pa.array(noon, pa.timestamp("us", "UTC"))),
        bought(at=pa.array(noon, pa.timestamp("us", "UTC")).cast(pa.int64())),
        bought(amount=pa.array(amounts, pa.decimal128(12, 2))),
        bought(amount=pa.array(amounts, pa.decimal128(30, 5))),
        bought(amount=pa.array(amounts, pa.decimal128(38, 2))),
        bought(amount=plain["amount"].cast(pa.int32())),
        bought(order_id=pa.array([1, 2, 3, 4, 5])),
        bought(
            refund_of=pa.nulls(5, pa.string()), enrolled_on=pa.nulls(5, pa.date32()), currency=pa.array(["USD"] * 5)
        ),
    )
    expected = rows_of(library, ask(library.make(plain)))
    for other in others:
        assert rows_of(library, ask(library.make(other))) == expected


@engines
@asks
def test_neither_the_order_of_rows_nor_an_order_told_twice_changes_anything(library: Library, ask: Ask) -> None:
    table = bought(order_id=pa.array(["o-1", "o-2", "o-3", None, "o-5"]))
    mixed = pa.concat_tables([table.slice(3), table.slice(0, 3), table.slice(1, 2)])
    assert rows_of(library, ask(library.make(mixed))) == rows_of(library, ask(library.make(table)))


@engines
@asks
def test_whole_numbers_as_ids_stay_whole_numbers(library: Library, ask: Ask) -> None:
    numbers = {"ann": -7, "bob": 2**40, "cy": 3}
    ids = pa.array([numbers[name] for name in bought()["customer_id"].to_pylist()], pa.int64())
    texts = {row.pop("customer_id"): row for row in rows_of(library, ask(library.make(bought())))}
    found = {row.pop("customer_id"): row for row in rows_of(library, ask(library.make(bought(customer_id=ids))))}
    assert found == {numbers[name]: row for name, row in texts.items()}


@engines
@asks
def test_an_empty_frame_gives_an_empty_answer_of_the_same_columns(library: Library, ask: Ask) -> None:
    whole, empty = (library.read(ask(library.make(table))) for table in (bought(), bought().slice(0, 0)))
    assert (empty.column_names, empty.num_rows) == (whole.column_names, 0)


@asks
def test_columns_may_have_other_names(ask: Ask) -> None:
    renamed = bought().rename_columns(["who", "day", "cents"])
    names = {"customer_id": "who", "at": "day", "amount": "cents"}
    assert frames.tiers(renamed, ROLLING, as_of=AS_OF, columns=names).equals(ASKS["rolling"](bought()))
    answer = frames.rfm(renamed, as_of=AS_OF, currency="USD", columns=names)
    assert answer.equals(ASKS["rfm"](bought()))
    with pytest.raises(KeyError, match="did you mean 'amount'"):
        frames.tiers(renamed, ROLLING, as_of=AS_OF, columns={"amounts": "cents"})


def test_the_day_of_an_instant_is_that_of_the_programme() -> None:
    late = pa.array([datetime(2026, 6, 30, 17, tzinfo=UTC)] * 5, pa.timestamp("us", "UTC"))
    in_china = ROLLING.replace(timezone="Asia/Shanghai")
    assert frames.tiers(bought(at=late), in_china, as_of=AS_OF).num_rows == 0
    assert frames.tiers(bought(at=late), ROLLING, as_of=AS_OF).num_rows == 3
    assert frames.rfm(bought(at=late), as_of=AS_OF, currency="USD", timezone="Asia/Shanghai").num_rows == 0


def test_days_of_pandas_may_be_objects() -> None:
    frame = bought().to_pandas()
    assert frame["at"].dtype == object
    frame.loc[0, "at"] = datetime(2025, 6, 30, 23, tzinfo=UTC)
    assert list(ASKS["yearly"](frame)["since"]) == [date(2026, 3, 1), date(2025, 6, 30)]
    frame.loc[0, "at"] = datetime(2025, 6, 30)
    assert codes(lambda: ASKS["yearly"](frame)) == [("frames.naive-column", "at[0]")]


def test_who_never_enrolled_has_no_tier() -> None:
    required = ROLLING.replace(enrolment="required")
    enrolled = pa.array([None, date(2026, 2, 1), date(2026, 1, 1), date(2026, 6, 1), None])
    ann, bob, cy = frames.tiers(bought(enrolled_on=enrolled), required, as_of=AS_OF).to_pylist()
    assert (ann["tier"], ann["since"], ann["problems"]) == ("normal", date(2026, 2, 1), "tiers.before-enrolment")
    assert (bob["tier"], bob["since"], bob["problems"]) == (None, None, "tiers.not-enrolled")
    assert (cy["tier"], cy["since"], cy["problems"]) == ("normal", date(2026, 1, 1), None)
    everybody = frames.tiers(bought(), required, as_of=AS_OF).to_pylist()
    assert [row["problems"] for row in everybody] == ["tiers.not-enrolled"] * 2


def with_refund(order: str, amount: int) -> pa.Table:
    """Bob gives something back, ann does not."""
    table = bought(order_id=pa.array(["o-1", "o-2", "o-3", "o-4", "o-5"]), refund_of=pa.nulls(5, pa.string()))
    refund = {"customer_id": ["bob"], "at": [date(2026, 6, 1)], "amount": [amount], "order_id": ["r-1"]}
    return pa.concat_tables([table, pa.table({**refund, "refund_of": [order]})])


def test_customers_with_refunds_are_folded_and_the_answer_says_so() -> None:
    ann, bob = ASKS["yearly"](with_refund("o-5", 1)).to_pylist()
    assert (ann["folded"], bob["folded"], bob["problems"]) == (None, "refunds", None)
    assert (bob["progress_spend"], ann["tier"]) == (0, "senior")
    _, bob = ASKS["yearly"](with_refund("o-9", 1)).to_pylist()
    assert (bob["progress_spend"], bob["problems"]) == (1, "tiers.unknown-order")
    _, bob = ASKS["rfm"](with_refund("o-1", 10_000)).to_pylist()
    assert (bob["orders"], bob["monetary"], bob["problems"], bob["folded"]) == (1, 1, "segments.over-refund", "refunds")


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ({"validity": "12 months"}, "validity: 12 months"),
        ({"window": "membership_year"}, "window: membership_year"),
        ({"upgrade": "at_review"}, "upgrade: at_review"),
        ({"extend": "on_requalify"}, "extend: on_requalify"),
        ({"downgrade": {"when": "at_review", "grace": "31cd"}}, "downgrade.grace"),
        ({"downgrade": {"when": "immediate", "max_levels": 1}}, "downgrade.max_levels"),
        ({"members": "household"}, "members: household"),
    ],
    ids=str,
)
def test_rules_that_columns_do_not_know_are_named(rule: dict[str, object], reason: str) -> None:
    program = TierProgram.model_validate({**YEARLY.to_dict(), **rule})
    assert {row["folded"] for row in frames.tiers(bought(), program, as_of=AS_OF).to_pylist()} == {reason}


def test_several_versions_are_folded() -> None:
    engine = TierEngine([ProgramVersion(ROLLING), ProgramVersion(ROLLING, date(2026, 1, 1))])
    assert {row["folded"] for row in frames.tiers(bought(), engine, as_of=AS_OF).to_pylist()} == {"several versions"}


def test_an_engine_is_the_same_in_another_process() -> None:
    engine = TierEngine([ProgramVersion(ROLLING), ProgramVersion(YEARLY, date(2026, 1, 1))], timezone="Asia/Shanghai")
    sent = pickle.loads(pickle.dumps(engine))
    assert (sent.timezone, sent.program, sent.metrics) == (engine.timezone, YEARLY, engine.metrics)
    assert frames.tiers(bought(), sent, as_of=AS_OF).equals(frames.tiers(bought(), engine, as_of=AS_OF))


def codes(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(FrameError) as refused:
        call()
    return [(problem.code, problem.path) for problem in refused.value.problems]


NAIVE = pa.array([datetime(2026, 1, 5)] * 5, pa.timestamp("us"))
REFUSED: Iterable[tuple[pa.Table, list[tuple[str, str]]]] = [
    (bought().drop(["at", "amount"]), [("frames.missing-column", "at"), ("frames.missing-column", "amount")]),
    (bought(amount=pa.array([1.5] * 5), at=NAIVE), [("frames.naive-column", "at"), ("frames.wrong-type", "amount")]),
    (bought(at=pa.array(["2026-01-05"] * 5)), [("frames.wrong-type", "at")]),
    (bought(customer_id=pa.array([1.0] * 5)), [("frames.wrong-type", "customer_id")]),
    (bought(customer_id=pa.array(["a", None, "b", None, "c"])), [("frames.missing-value", "customer_id[1]")]),
    (bought(amount=pa.array([1, 2, None, 4, 5])), [("frames.missing-value", "amount[2]")]),
    (bought(amount=pa.array([1, 2, 3, -4, 5])), [("frames.negative-amount", "amount[3]")]),
    (bought(amount=pa.array([1, 2, 2**62, 4, 5])), [("frames.out-of-range", "amount[2]")]),
    (bought(amount=pa.array([1, 2, 2**60, 4, 5])), [("frames.out-of-range", "amount[2]")]),
    (
        bought(amount=pa.array([Decimal("1.5"), Decimal("1.505"), *[Decimal(1)] * 3])),
        [("frames.fraction", "amount[1]")],
    ),
    (bought(order_id=pa.array(["a", "b", "a", "c", "d"])), [("frames.order-conflict", "order_id[2]")]),
    (bought(currency=pa.array(["USD", "USD", "EUR", None, "USD"])), [("frames.currency", "currency[2]")]),
]


@engines
@asks
@pytest.mark.parametrize(
    ("table", "problems"), REFUSED, ids=[problems[-1][0][7:] + f"-{n}" for n, (_, problems) in enumerate(REFUSED)]
)
def test_what_cannot_be_read_is_refused_with_its_row(
    library: Library, ask: Ask, table: pa.Table, problems: list[tuple[str, str]]
) -> None:
    assert codes(lambda: library.read(ask(library.make(table)))) == problems


def test_a_day_is_not_an_instant() -> None:
    with pytest.raises(TypeError, match="expected a day"):
        frames.tiers(bought(), ROLLING, as_of=datetime(2026, 6, 30, tzinfo=UTC))
    with pytest.raises(TypeError, match="expected a day"):
        frames.rfm(bought(), as_of=datetime(2026, 6, 30, tzinfo=UTC), currency="USD")


def test_a_programme_of_a_policy_is_its_engine() -> None:
    policy = ServicePolicy.model_validate({"name": "shop", "tiers": YEARLY.to_dict()})
    engine = policy.compile().tiers
    assert frames.tiers(bought(), engine, as_of=AS_OF).equals(ASKS["yearly"](bought()))
    with pytest.raises(TypeError, match=r"policy\.compile\(\)\.tiers"):
        frames.tiers(bought(), policy, as_of=AS_OF)


def test_large_frames_are_cut_between_customers() -> None:
    """More customers, and more rows of one, than are taken at once; none of them in order."""
    rows, day = 300_000, date(2026, 1, 1)
    ids = [0 if n < 140_000 else n // 2 for n in range(rows)]
    table = pl.DataFrame(
        {"customer_id": ids, "at": [day + timedelta(days=n % 90) for n in range(rows)], "amount": 5_000}
    )
    mixed = table.sample(fraction=1, shuffle=True, seed=1)
    for program in (ROLLING, YEARLY):
        found = frames.tiers(mixed, program, as_of=AS_OF)
        assert found["customer_id"].to_list() == sorted(set(ids))
        assert found["tier"].to_list() == ["senior"] + ["vip"] * 80_000
        assert found["since"].to_list() == [
            day,
            *(day + timedelta(days=(2 * n + 1) % 90) for n in range(70_000, 150_000)),
        ]


def test_a_level_that_is_kept_while_a_lower_one_is_not_is_folded() -> None:
    low = "low: {qualify: {orders: 1}}, mid: {qualify: {spend: 40 USD}, retain: {spend: 10 USD}}"
    levels = f"levels: {{base: {{}}, {low}, top: {{qualify: {{spend: 60 USD}}, retain: {{orders: 1}}}}}}"
    program = TierProgram.parse(
        f"{{currency: USD, enrolment: automatic, window: rolling 30 days, downgrade: immediate, {levels}}}"
    )
    at, amount = pa.array([date(2026, 5, 1), date(2026, 5, 25)]), pa.array([6_000, 1])
    bought = pa.table({"customer_id": ["ann", "ann"], "at": at, "amount": amount})
    [ann] = frames.tiers(bought, program, as_of=date(2026, 6, 10)).to_pylist()
    assert (ann["tier"], ann["folded"]) == ("top", "levels that are kept while a lower one is not")


def test_a_tier_that_is_lost_and_reached_again_in_a_day_is_held_since_before() -> None:
    days = [date(2024, 5, 1), date(2026, 1, 1), date(2026, 1, 1)]
    for cents, since in ((10_000, date(2024, 5, 1)), (60_000, date(2026, 1, 1))):
        table = {"customer_id": ["ann"] * 3, "at": pa.array(days), "amount": [10_000, cents, 0]}
        [ann] = frames.tiers(pa.table(table), YEARLY, as_of=AS_OF).to_pylist()
        assert (ann["since"], ann["valid_until"], ann["folded"]) == (since, date(2027, 12, 31), None)


def test_a_soft_landing_takes_one_level_at_a_review() -> None:
    landing = YEARLY.replace(validity="period_end", downgrade={"when": "at_review", "max_levels": 1})
    table = pa.table({"customer_id": ["ann"] * 2, "at": [date(2024, 5, 1)] * 2, "amount": [30_000] * 2})
    for as_of, tier in ((date(2025, 12, 31), "senior"), (date(2026, 1, 1), "vip"), (date(2027, 1, 1), "normal")):
        [ann] = frames.tiers(table, landing, as_of=as_of).to_pylist()
        assert (ann["tier"], ann["folded"]) == (tier, None)


def test_half_a_cent_is_missing_as_a_whole_one() -> None:
    levels = "levels: {normal: {}, vip: {qualify: {spend: 50.005 USD, orders: 2}}}"
    program = TierProgram.parse(f"{{currency: USD, enrolment: automatic, {levels}}}")
    table = pa.table({"customer_id": ["ann", "bob", "bob"], "at": [date(2026, 5, 1)] * 3, "amount": [9_000, 0, 5_000]})
    ann, bob = frames.tiers(table, program, as_of=AS_OF).to_pylist()
    assert (ann["tier"], ann["missing_spend"], ann["missing_orders"]) == ("normal", 0, 1)
    assert (bob["tier"], bob["missing_spend"], bob["missing_orders"]) == ("normal", 1, 0)
