"""A store in memory forgets what came to nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from servicekit.loyalty import Earn, FixedTerms, Ledger, Redeem, Reschedule, Terms
from servicekit.loyalty.rejected import Rejected

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_lots_of_a_batch_that_failed_are_forgotten() -> None:
    ledger = Ledger(FixedTerms(Terms("points")))
    earn, longer = Earn("m-1", 5, date(2026, 3, 1), at=NINE, key="a"), Reschedule("a", date(2026, 6, 1), at=NINE)
    with pytest.raises(Rejected):
        ledger.apply_many([earn, longer, Redeem("m-1", 9, at=NINE)], all_or_none=True)
    ledger.apply(Earn("m-1", 7, date(2026, 9, 1), at=NINE, key="b"))
    ledger.apply(Reschedule("b", date(2026, 6, 1), at=NINE))
    assert [each.allocations[0].lot.expires_on for each in ledger.entries("m-1")] == [
        date(2026, 9, 1),
        date(2026, 6, 1),
    ]
    assert {each.allocations[0].lot.origin for each in ledger.entries("m-1")} == {"b"}
