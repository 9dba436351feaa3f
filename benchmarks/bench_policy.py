"""Reading a policy, testing its conditions, judging cases by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from benchmarks.questions import Ask
from servicekit import Case, ServicePolicy, SlaEngine, read
from servicekit.events import AgentReplied, MilestoneReached, Opened, Resolved, StatusChanged
from servicekit.rules import All, Any_, Compare, Condition, Not, Value, compile_condition, where
from servicekit.rules.check import bound_fields

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

FACTS: dict[str, Value] = {
    "channel": "chat",
    "issue_type": "complaint",
    "tier": "gold",
    "priority": "urgent",
    "amount": Decimal("99.90"),
}
CONDITIONS: dict[str, Condition] = {
    "one membership": where(tier=["vip", "gold"]),
    "four memberships": where(channel="chat", issue_type="complaint", tier=["vip", "gold"], priority="urgent"),
    "all of any, not, comparison": All(
        all=(
            Any_(any=(where(channel="phone"), where(channel="chat"))),
            Not.model_validate({"not": {"tier": "basic"}}),
            Compare(field="amount", op="ge", value=50),
        )
    ),
}
THREE_CLOCKS = """
name: desk
calendars: {desk: {timezone: UTC, weekly: {mon-fri: ["09:00-17:00"]}}}
sla:
  calendar: desk
  pauses: [{status: pending, reason: waiting for the customer}]
  targets: [{acknowledgement: 1h, first_response: 2h, resolution: 8h}]
"""
BOSTON = Path(__file__).resolve().parents[1] / "examples/boston311/policy_2011.yaml"


def nodes(text: str) -> int:
    """How many YAML nodes a text holds: mappings, sequences, keys and values."""

    def count(node: yaml.Node) -> int:
        if isinstance(node, yaml.MappingNode):
            return 1 + sum(count(key) + count(value) for key, value in node.value)
        return 1 + sum(map(count, node.value)) if isinstance(node, yaml.SequenceNode) else 1

    root = yaml.compose(text)
    return count(root) if root is not None else 0


def large_policy() -> str:
    """A policy with a calendar and 230 target rows, one for each of 23 issue types and ten sets of facts."""
    header = (
        "name: a large house\ntimezone: Asia/Shanghai\n"
        'calendars:\n  desk: {weekly: {mon-fri: ["09:00-12:00", "13:00-18:30"]}}\n'
        "sla:\n  calendar: desk\n  targets:\n    - {resolution: 24h}\n"
    )
    rows = (
        f"    - {{when: {{issue_type: issue{issue}, tier: tier{tier}}}, resolution: {tier + 1}h}}\n"
        for issue in range(23)
        for tier in range(10)
    )
    return header + "".join(rows)


def read_policy(text: str) -> ServicePolicy:
    """Text to policy, with every problem looked for."""
    return read(ServicePolicy, text.encode(), format="yaml").unwrap()


@pytest.mark.parametrize("who", CONDITIONS)
def bench_condition(stopwatch: Stopwatch, who: str) -> None:
    test = compile_condition(CONDITIONS[who])
    assert test(FACTS)
    assert not test({})
    stopwatch.time("condition", who, Ask(test, (FACTS,)))


def bench_loading(stopwatch: Stopwatch) -> None:
    text = large_policy()
    assert 2_000 <= nodes(text) <= 2_400
    ask = Ask(read_policy, (text,))
    policy = read_policy(text)
    assert policy.sla is not None
    assert len(policy.sla.targets) == 231
    stopwatch.time("policy", "2,000 nodes of YAML", ask)


def engine_of(text: str) -> SlaEngine:
    """The SLA engine of a policy text."""
    engine = ServicePolicy.parse(text).compile().sla
    assert engine is not None
    return engine


def case_of_six_events() -> Case:
    """Acknowledged after half an hour, answered after one, and pending from the second hour to the next day."""
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    events = (
        Opened("C-1", nine, {"channel": "chat", "tier": "gold"}),
        MilestoneReached("C-1", nine + timedelta(minutes=30), "acknowledged"),
        AgentReplied("C-1", nine + timedelta(hours=1)),
        StatusChanged("C-1", nine + timedelta(hours=2), "pending"),
        StatusChanged("C-1", nine + timedelta(hours=26), "open"),
        Resolved("C-1", nine + timedelta(hours=28)),
    )
    return Case("C-1", events)


def bench_judging_one_case(stopwatch: Stopwatch) -> None:
    engine, case, now = engine_of(THREE_CLOCKS), case_of_six_events(), datetime(2026, 3, 9, tzinfo=UTC)
    outcomes = {outcome.metric: outcome for outcome in engine.judge(case, now).outcomes}
    assert {outcome.outcome for outcome in outcomes.values()} == {"met"}
    # The resolution: two hours of Monday and two of Tuesday.
    minutes = {metric: (outcome.elapsed_us or 0) / 60_000_000 for metric, outcome in outcomes.items()}
    assert minutes == {"acknowledgement": 30, "first_response": 60, "resolution": 240}
    stopwatch.time("judge", "six events, three clocks", Ask(engine.judge, (case, now)))


def boston_cases(policy: ServicePolicy) -> list[Case]:
    """A thousand made-up requests over the real issue types: opened on the hour, closed three days later."""
    assert policy.sla is not None
    types = sorted({value for row in policy.sla.targets for value in bound_fields(row.when)["issue_type"] or ()})
    first = datetime(2011, 7, 1, tzinfo=UTC)
    return [
        Case(str(n), (Opened(str(n), at, {"issue_type": kind}), Resolved(str(n), at + timedelta(days=3))))
        for n in range(1_000)
        for at, kind in ((first + timedelta(hours=n), types[n % len(types)]),)
    ]


def bench_judging_boston(stopwatch: Stopwatch) -> None:
    policy, now = ServicePolicy.load(BOSTON), datetime(2012, 1, 1, tzinfo=UTC)
    engine, cases = policy.compile().sla, boston_cases(policy)
    assert engine is not None

    def judge_all() -> int:
        return sum(len(engine.judge(case, now).outcomes) for case in cases)

    assert judge_all() == len(cases)
    stopwatch.time("judge", "1,000 cases of two events, Boston", Ask(judge_all, ()))
