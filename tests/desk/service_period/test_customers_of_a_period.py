"""A period by customer: each is told as if there were nobody else, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview
from servicekit.events import Case, Enrolled, Imported, Opened, Purchase, PurchaseLine
from servicekit.policy import ServicePolicy
from servicekit.quantity import Money
from servicekit.testing import strategies as sks
from servicekit.timeline import Period

NINE = datetime(2026, 3, 5, 9, tzinfo=UTC)
DESK = ServiceDesk(
    ServicePolicy.parse(
        "{name: Hotline, timezone: Asia/Shanghai, sla: {targets: [{first_response: 2h, resolution: 2cd}]}}"
    )
)
MARCH = PeriodReview(DESK, Period.parse("2026-03"), compare="previous")
MOMENTS = st.datetimes(datetime(2026, 1, 10), datetime(2026, 4, 20)).map(lambda at: at.replace(tzinfo=UTC))


def of(customer_id: str | None, case: Case) -> Case:
    opened, *later = case.events
    assert isinstance(opened, Opened)
    return Case(case.case_id, (replace(opened, customer_id=customer_id), *later))


@st.composite
def records(draw: st.DrawFn) -> list[Imported[Case]]:
    found: list[Imported[Case]] = [Imported(left_out="test ticket")] * draw(st.integers(0, 1))
    for number in range(draw(st.integers(0, 6))):
        case = draw(sks.cases(case_id=f"C-{number}", opened_at=MOMENTS, max_length=timedelta(days=60)))
        found.append(Imported(of(draw(st.sampled_from(("m-1", "m-2", None))), case)))
    return found


def customer_of(record: Imported[Case]) -> str | None:
    return record.value.opened.customer_id if record.value and record.value.opened else None


@given(records(), MOMENTS)
def test_each_customer_is_told_as_if_there_were_nobody_else(drawn: list[Imported[Case]], as_of: datetime) -> None:
    alone = {
        customer: MARCH.of([each for each in drawn if customer_of(each) == customer], as_of=as_of)
        for customer in ("m-1", "m-2", None)
    }
    told = MARCH.by_customer(drawn, as_of=as_of)
    assert told == {customer: period for customer, period in alone.items() if not period.is_empty}


def test_who_had_no_case_in_the_period_is_not_there() -> None:
    cases = [
        of("m-1", Case("C-1", (Opened("C-1", NINE),))),
        of("m-2", Case("C-2", (Opened("C-2", NINE + timedelta(days=40)),))),
    ]
    assert list(MARCH.by_customer(cases, as_of=NINE + timedelta(days=60))) == ["m-1"]


def test_a_customer_learns_of_no_case_of_another() -> None:
    """The latest instant of the data is that of another customer's case, which is not named."""
    mine, other = (of(f"m-{n}", Case(f"C-{n}", (Opened(f"C-{n}", NINE + timedelta(days=n)),))) for n in (1, 2))
    told = MARCH.by_customer([mine, other])
    assert told["m-1"].as_of == NINE + timedelta(days=2)
    assert "C-2" not in repr(told["m-1"])
    assert MARCH.of([mine, other]).report.as_of_case == "C-2"


def test_a_customer_has_the_tier_of_the_programme() -> None:
    policy = ServicePolicy.parse("""
    name: shop
    vocabulary: {tiers: [normal, vip]}
    tiers: {currency: CNY, levels: {normal: {}, vip: {qualify: {spend: 100 CNY}}}}
    sla: {targets: [{resolution: 4h}, {when: {tier: vip}, resolution: 1h}]}
    """)
    bought = [
        Enrolled("m-1", date(2026, 1, 2)),
        Purchase("m-1", date(2026, 2, 2), "o-1", (PurchaseLine(Money.parse("200 CNY")),)),
    ]
    case = of("m-1", Case("C-1", (Opened("C-1", NINE),)))
    review = PeriodReview(ServiceDesk(policy), Period.parse("2026-03"))
    for told in (
        review.of([case], customers=bought, as_of=NINE + timedelta(hours=2)),
        review.by_customer([case], customers=bought, as_of=NINE + timedelta(hours=2))["m-1"],
    ):
        assert [line.value for line in told.breakdown if line.dimension == "tier"] == ["vip"]
        assert [str(each.late) for each in told.worst] == ["1:00:00"]
    assert review.of([case], as_of=NINE + timedelta(hours=2)).worst == ()
