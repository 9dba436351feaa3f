"""CDNOW, 1997 and 1998: a point for each dollar of 69,659 purchases, good for twelve months."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path

import pytest

from servicekit.desk import earn_points
from servicekit.events import CustomerEvent, Purchase
from servicekit.importers import read_cdnow, read_purchase_export, read_purchase_mapping
from servicekit.loyalty import Booking, EarnPurchase, Ledger, LoyaltyEngine, MemoryStore, RollingMonths
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.stores import SqliteStore

LAST_DAY = date(1998, 6, 30)
MONTH_ENDS = [date.fromordinal(date(1997 + month // 12, month % 12 + 1, 1).toordinal() - 1) for month in range(1, 19)]


@pytest.fixture(scope="module")
def purchases(shared_data: Path) -> list[CustomerEvent]:
    stream = read_cdnow(shared_data / "cdnow" / "CDNOW_master.txt.gz")
    return [record.value for record in stream if record.value is not None]


@pytest.fixture(scope="module")
def policy(root: Path) -> PolicyEngine:
    return ServicePolicy.load(root / "examples" / "cdnow" / "points.yaml").compile()


@pytest.fixture(scope="module")
def engine(policy: PolicyEngine) -> LoyaltyEngine:
    return policy.need_loyalty()


@pytest.fixture(scope="module")
def ledger(engine: LoyaltyEngine, purchases: list[CustomerEvent]) -> Ledger:
    return booked(Ledger(engine, MemoryStore()), engine, purchases)


def booked(ledger: Ledger, engine: LoyaltyEngine, purchases: list[CustomerEvent]) -> Ledger:
    for _ in told(ledger, engine, purchases):
        pass
    return ledger


def told(ledger: Ledger, engine: LoyaltyEngine, purchases: list[CustomerEvent]) -> Iterator[Booking]:
    commands = (
        EarnPurchase(
            event.customer_id, event, at=datetime(event.at.year, event.at.month, event.at.day, tzinfo=engine.timezone)
        )
        for event in purchases
        if isinstance(event, Purchase)
    )
    while chunk := list(islice(commands, 5_000)):
        for answer in ledger.apply_many(chunk):
            assert isinstance(answer, Booking)
            yield answer


def test_every_purchase_earns_a_point_for_each_full_dollar(ledger: Ledger) -> None:
    earned = [entry.points for entry in ledger.entries() if entry.kind == "earn"]
    assert (len(earned), sum(earned), earned.count(0)) == (69_659, 2_453_159, 80)


def test_points_are_conserved_at_all_month_ends(ledger: Ledger) -> None:
    for found in ledger.liability(MONTH_ENDS):
        assert found.earned - found.expired == found.outstanding
    assert len(MONTH_ENDS) == 18


def test_points_are_alive_or_expired_when_a_year_and_a_half_has_passed(ledger: Ledger) -> None:
    [found] = ledger.liability([LAST_DAY])
    assert (found.expired, found.outstanding) == (1_400_240, 1_052_919)


def test_fewer_expire_when_each_month_is_rounded_up_to_its_end(
    engine: LoyaltyEngine, purchases: list[CustomerEvent]
) -> None:
    rounded = engine.program.replace(expiry=RollingMonths(months=12, round_up="month")).compile()
    [found] = booked(Ledger(rounded), rounded, purchases).liability([LAST_DAY])
    assert (found.expired, found.outstanding) == (1_296_901, 2_453_159 - 1_296_901)


def test_rows_that_are_named_by_their_content_count_once(root: Path, shared_data: Path, policy: PolicyEngine) -> None:
    cdnow = root / "examples" / "cdnow"
    mapping = read_purchase_mapping(cdnow / "purchases.yaml").unwrap().replace(repeats="drop")
    table = read_purchase_export(shared_data / "cdnow" / "CDNOW_master.txt.gz", mapping)
    run = earn_points(policy, Ledger(policy.need_loyalty()), [row.value for row in table if row.value is not None])
    assert (run.entries, run.points, run.problems) == (69_404, {"points": 2_449_021}, ())


def test_nothing_changes_when_all_is_told_twice(
    policy: PolicyEngine, purchases: list[CustomerEvent], ledger: Ledger
) -> None:
    version = sum(1 for _ in ledger.entries())
    run = earn_points(policy, ledger, purchases)
    assert (run.booked, run.replayed, run.refused, run.entries) == (0, 69_659, 0, 0)
    assert sum(1 for _ in ledger.entries()) == version


def test_a_file_keeps_the_same_and_nothing_changes_when_it_is_told_twice(
    tmp_path: Path, engine: LoyaltyEngine, purchases: list[CustomerEvent], ledger: Ledger
) -> None:
    some = purchases[:20_000]
    stored = booked(Ledger(engine, SqliteStore(tmp_path / "points.db")), engine, some)
    memory = booked(Ledger(engine), engine, some)
    assert all(booking.replayed for booking in told(stored, engine, some))
    assert list(stored.entries()) == list(memory.entries())
    assert stored.run_expiry(LAST_DAY) == memory.run_expiry(LAST_DAY)
    assert stored.liability(MONTH_ENDS) == memory.liability(MONTH_ENDS)
    assert stored.run_expiry(LAST_DAY) == 0
