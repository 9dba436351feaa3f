"""A case open while a version renames its tier: the promise of the new name, and no warning of an unknown one."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from servicekit.events import Case, Enrolled, Opened, Purchase, PurchaseLine
from servicekit.policy import CaseTiers, ServicePolicy, compile_versions
from servicekit.quantity import Money

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST = """
name: shop
timezone: Asia/Shanghai
vocabulary: {tiers: [normal, vip]}
sla: {targets: [{resolution: 80h}, {when: {tier: vip}, resolution: 60h}]}
tiers: {currency: CNY, levels: {normal: {}, vip: {qualify: {spend: 100 CNY}}}}
"""
SECOND = """
name: shop
version: "2"
effective_from: 2026-03-06
timezone: Asia/Shanghai
vocabulary: {tiers: [normal, top]}
sla: {targets: [{resolution: 80h}, {when: {tier: top}, resolution: 50h}]}
tiers: {currency: CNY, levels: {normal: {}, top: {formerly: [vip], qualify: {spend: 100 CNY}}}}
"""


def test_case_has_the_promise_of_the_renamed_tier_from_the_day_of_the_version_on() -> None:
    engine = compile_versions([ServicePolicy.parse(FIRST), ServicePolicy.parse(SECOND)])
    bought = Purchase("m-1", date(2026, 3, 1), "o-1", (PurchaseLine(Money.parse("120 CNY")),))
    tiers = CaseTiers(engine.need_tiers(), [Enrolled("m-1", date(2026, 1, 1)), bought])
    opened = Opened("C-1", datetime(2026, 3, 5, 9, tzinfo=SHANGHAI), customer_id="m-1")
    for day, target in ((5, "60h"), (8, "50h")):
        looked = datetime(2026, 3, day, 23, tzinfo=SHANGHAI)
        case, problems = tiers.with_tier(Case("C-1", (opened,)), looked)
        verdict = engine.need_sla().judge(case, looked)
        assert [outcome.target for outcome in verdict.outcomes] == [target]
        assert (*problems, *verdict.problems) == ()
