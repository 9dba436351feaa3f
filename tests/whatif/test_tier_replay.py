"""Two tier programmes on one history: who stands elsewhere, since when, and what it costs."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import PolicyError
from servicekit.events import CustomerEvent, Enrolled, Purchase, PurchaseLine, Refund
from servicekit.policy import PolicyEngine, ServicePolicy, compile_versions
from servicekit.quantity import Money
from servicekit.testing import laws
from servicekit.testing import strategies as sks
from servicekit.tiers import TierProgram
from servicekit.whatif import TIER_MOVE_COLUMNS, TierMove, replay_tiers

OLD = """
name: shop
version: "1"
tiers:
  currency: CNY
  activities: [visits]
  window: rolling 12 months
  validity: 12 months
  levels:
    normal: {}
    vip: {qualify: {spend: 100 CNY}, benefits: {yearly_cost: 73 CNY, dedicated_agent: true, priority: high}}
    gold: {qualify: {spend: 500 CNY}, benefits: {yearly_cost: 365 CNY, birthday_gift: cake, discount: 10%}}
"""
NEW = OLD.replace('"1"', '"2"').replace("100 CNY", "200 CNY")
AS_OF = date(2026, 6, 30)


def engine(text: str) -> PolicyEngine:
    return ServicePolicy.parse(text).compile()


def bought(customer: str, amount: str, on: date, name: str = "") -> Purchase:
    return Purchase(customer, on, name or f"{customer} {on}", (PurchaseLine(Money.parse(f"{amount} CNY")),))


def history() -> list[CustomerEvent]:
    """Three customers who enrolled on the first of January: one buys for 120, one for 600, one for nothing."""
    joined = [Enrolled(customer, date(2026, 1, 1)) for customer in ("m-1", "m-2", "m-3")]
    return [*joined, bought("m-1", "120", date(2026, 3, 1)), bought("m-2", "600", date(2026, 4, 1))]


def test_customers_who_move_are_told_with_the_first_day() -> None:
    comparison = replay_tiers(engine(OLD), engine(NEW), history(), as_of=AS_OF)
    assert comparison.moves == (TierMove("m-1", "vip", "normal", date(2026, 3, 1), 122),)
    assert comparison.transitions == {("vip", "normal"): 1, ("gold", "gold"): 1, ("normal", "normal"): 1}
    assert (comparison.higher, comparison.lower, comparison.unchanged) == (0, 1, 2)
    assert comparison.before.customers == {"normal": 1, "vip": 1, "gold": 1}
    assert comparison.after.customers == {"normal": 2, "vip": 0, "gold": 1}


def test_days_benefits_and_costs_are_counted_on_both_sides() -> None:
    events = [*history(), bought("m-2", "50", date(2026, 5, 1)), bought("m-2", "80", date(2026, 5, 2), "o")]
    events.append(Refund("m-2", date(2026, 5, 9), "r", "o", amount=Money.parse("30 CNY")))
    comparison = replay_tiers(engine(OLD), engine(NEW), events, as_of=AS_OF)
    before, after = comparison.before, comparison.after
    assert before.days == {"normal": 59 + 90 + 181, "vip": 122, "gold": 91}
    assert after.days == {"normal": 181 + 90 + 181, "vip": 0, "gold": 91}
    assert before.benefits == {"dedicated_agent": 1, "birthday_gift": 1, "priority": 1, "discount": 1, "sla": 0}
    assert after.benefits == {"dedicated_agent": 0, "birthday_gift": 1, "priority": 0, "discount": 1, "sla": 0}
    discounts = Fraction(50 + 80 - 30, 10)  # what is bought before the tier and what reaches it has no discount
    assert before.cost == (Money.parse("1 CNY").times(Fraction(73 * 122, 365) + 91 + discounts, "half_even"),)
    assert after.cost == (Money.parse("101.00 CNY"),)


def test_costs_of_two_currencies_stand_apart() -> None:
    text = OLD.replace("365 CNY", "365 USD")
    comparison = replay_tiers(engine(text), engine(text), history(), as_of=AS_OF)
    assert comparison.before.cost == (Money.parse("24.40 CNY"), Money.parse("91.00 USD"))


def test_customer_who_only_once_stood_elsewhere_is_a_move() -> None:
    events = [Enrolled("m-1", date(2024, 1, 1)), bought("m-1", "120", date(2024, 3, 1))]
    comparison = replay_tiers(engine(OLD), engine(NEW), events, as_of=AS_OF)
    days = (date(2026, 3, 1) - date(2024, 3, 1)).days  # the review on 28 February 2025 still counts the purchase
    assert comparison.moves == (TierMove("m-1", "normal", "normal", date(2024, 3, 1), days),)
    assert comparison.unchanged == 1


def test_customer_of_one_programme_only_stands_nowhere_in_the_other() -> None:
    text = OLD.replace("currency: CNY", "currency: CNY\n  enrolment: automatic")
    comparison = replay_tiers(engine(OLD), engine(text), [bought("m-1", "120", date(2026, 3, 1))], as_of=AS_OF)
    assert comparison.transitions == {(None, "vip"): 1}
    assert (comparison.higher, comparison.lower) == (1, 0)
    assert comparison.moves[0].row() == ("m-1", "", "vip", "2026-03-01", "122")
    assert [group.code for group in comparison.before.problems] == ["tiers.not-enrolled"]
    assert "(not enrolled) -> vip: 1" in str(comparison)


def test_tiers_of_other_names_are_neither_higher_nor_lower() -> None:
    text = OLD.replace("gold:", "top:")
    comparison = replay_tiers(engine(OLD), engine(text), history(), as_of=AS_OF)
    assert comparison.transitions[("gold", "top")] == 1
    assert (comparison.higher, comparison.lower, comparison.unchanged) == (0, 0, 2)


def test_renamed_tier_is_one_tier() -> None:
    later = OLD.replace('version: "1"', 'version: "2"\neffective_from: 2026-05-01')
    renamed = later.replace("gold: {", "top: {formerly: [gold], ")
    both = compile_versions([ServicePolicy.parse(text) for text in (OLD, renamed)])
    comparison = replay_tiers(both, both, history(), as_of=AS_OF)
    assert comparison.moves == ()
    assert comparison.after.days == {"normal": 59 + 90 + 181, "vip": 122, "top": 91}


def test_tier_that_is_renamed_again_is_one_tier_still() -> None:
    names = (
        ("1", "2026-01-01", "gold: {"),
        ("2", "2026-05-01", "top: {formerly: [gold], "),
        ("3", "2026-05-20", "best: {formerly: [top], "),
    )
    texts = [
        OLD.replace('version: "1"', f'version: "{version}"\neffective_from: {day}').replace("gold: {", level)
        for version, day, level in names
    ]
    all_three = compile_versions([ServicePolicy.parse(text) for text in texts])
    comparison = replay_tiers(all_three, all_three, history(), as_of=AS_OF)
    assert comparison.after.days == {"normal": 59 + 90 + 181, "vip": 122, "best": 91}


def test_comparison_is_shown_as_a_table_and_rows() -> None:
    comparison = replay_tiers(engine(OLD), engine(NEW), history(), as_of=AS_OF)
    assert comparison.table().text().splitlines() == [
        "        normal  vip  gold",
        "normal       1    0     0",
        "vip          1    0     0",
        "gold         0    0     1",
    ]
    assert comparison.rows()[1] == {"before": "vip", "after": "normal", "customers": 1}
    assert "3 customers: 0 higher, 1 lower, 2 unchanged" in comparison._repr_html_()


def test_cells_that_a_spreadsheet_would_run_are_told_as_text() -> None:
    move = TierMove("=1+1", "vip", None, date(2026, 3, 1), 2)
    assert move.row() == ("=1+1", "vip", "", "2026-03-01", "2")
    assert move.row(spreadsheet=True)[0] == "'=1+1"
    assert len(move.row()) == len(TIER_MOVE_COLUMNS)


def test_policy_without_tiers_is_refused_with_its_side() -> None:
    with pytest.raises(PolicyError) as caught:
        replay_tiers(engine(OLD), ServicePolicy(name="desk").compile(), [], as_of=AS_OF)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("policy.no-tiers", "after.tiers")]
    with pytest.raises(TypeError, match="before"):
        replay_tiers(ServicePolicy.parse(OLD), engine(OLD), [], as_of=AS_OF)  # type: ignore[arg-type]


DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def with_tiers(program: TierProgram) -> PolicyEngine:
    return ServicePolicy(name="shop", timezone="Asia/Shanghai", tiers=program).compile()


@given(st.data(), sks.tier_programs(), DAYS)
def test_any_two_programmes_keep_the_laws(data: st.DataObject, program: TierProgram, as_of: date) -> None:
    other = data.draw(sks.tier_programs(members=program.members))
    events = data.draw(sks.tier_histories(program))
    laws.check_tier_replay(with_tiers(program), with_tiers(other), events, as_of)


@pytest.mark.parametrize("day", [date(2, 1, 1), date.max])
@pytest.mark.parametrize("window", ["rolling 12 months", "year", "quarter", "month"])
def test_first_and_last_years_there_are_are_years(day: date, window: str) -> None:
    old, new = (text.replace("rolling 12 months", window) for text in (OLD, NEW))
    events = [Enrolled("m-1", date(2, 1, 1)), bought("m-1", "600", day)]
    comparison = replay_tiers(engine(old), engine(new), events, as_of=day)
    assert comparison.transitions == {("gold", "gold"): 1}
    assert comparison.moves == ()
