"""The section as a whole: its faults, and where its engine puts customers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from servicekit.document import read
from servicekit.errors import PolicyError, UnknownNameError
from servicekit.events import CustomerEvent, Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.rules import DeclaredField, Fields
from servicekit.segments import STANDARD_SEGMENTS, SegmentsPolicy
from servicekit.segments.named_segments import segment_table

FIELDS: Fields = {
    "industry": DeclaredField("text", frozenset({"retail", "bank"})),
    "employees": DeclaredField("integer"),
    "contact_by": DeclaredField("text"),
}
POLICY = SegmentsPolicy.parse("""
currency: CNY
rfm: {bins: 2, ties: midrank}
life_cycle: {at_risk: 90cd, dormant: 180cd}
segments:
  best: {r: 2, m: 2}
  sleepers: {state: dormant}
groups:
  retail: {industry: retail}
  mid_size: {all: [{field: employees, op: ge, value: 50}, {field: employees, op: lt, value: 500}]}
preferred_channel: contact_by
reactivation:
- {when: {segment: sleepers, industry: bank}, channel: phone, offer: a call}
- {when: {segment: sleepers}, channel: email, offer: 10 % off, wait: 14cd}
""")
DAY = date(2026, 6, 30)


def bought(who: str, days_ago: int, amount: str) -> CustomerEvent:
    return Purchase(who, DAY - timedelta(days=days_ago), f"o-{who}", (PurchaseLine(Money.parse(amount)),))


EVENTS = [
    bought("ann", 3, "900 CNY"),
    bought("bob", 185, "20 CNY"),
    bought("cy", 200, "30 CNY"),
    bought("di", 300, "9 CNY"),
]
FACTS = {
    "bob": {"industry": "bank"},
    "cy": {"contact_by": "post", "employees": 50},
    "eve": {"industry": "retail", "employees": 500},
}


def test_everybody_has_a_place_also_who_is_only_described() -> None:
    run = POLICY.compile(FIELDS).fold(EVENTS, DAY, FACTS)
    shown = {name: (each.state, str(each.score or "-"), each.segment, each.groups) for name, each in run.items()}
    assert shown == {
        "ann": ("active", "2-2-2", "best", ()),
        "bob": ("dormant", "2-2-1", "sleepers", ()),
        "cy": ("dormant", "1-2-2", "sleepers", ("mid_size",)),
        "di": ("dormant", "1-2-1", "sleepers", ()),
        "eve": ("never_active", "-", None, ("retail",)),
    }
    assert run.segment_counts() == {"best": 1, "sleepers": 3, None: 1}
    assert run.problems == ()


def test_who_should_come_back_is_told_with_day_channel_and_offer() -> None:
    run = POLICY.compile(FIELDS).fold(EVENTS, DAY, FACTS)
    shown = [(each.customer_id, str(each.on), each.channel, each.offer) for each in run.reactivation("dormant")]
    assert shown == [
        ("bob", "2026-06-30", "phone", "a call"),
        ("cy", "2026-06-30", "post", "10 % off"),
        ("di", "2026-06-30", "email", "10 % off"),
    ]
    assert run.reactivation() == run.reactivation("sleepers") == run.reactivation("dormant")
    assert run.reactivation("best") == ()


def test_a_customer_waits_from_the_day_on_which_they_came_into_their_state() -> None:
    run = POLICY.compile(FIELDS).fold([bought("ann", 3, "900 CNY"), bought("cy", 190, "30 CNY")], DAY)
    assert [each.on for each in run.reactivation()] == [DAY + timedelta(days=4)]


def test_a_name_that_nothing_bears_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'dormant'"):
        POLICY.compile(FIELDS).fold(EVENTS, DAY).reactivation("dormnt")


def test_facts_that_are_not_what_they_were_declared_to_be_match_nothing_and_are_told() -> None:
    facts = {"ann": {"industry": "banks", "employees": "many", "state": "dormant", "r": 2, "m": 2}}
    run = POLICY.compile(FIELDS).fold([], DAY, facts)  # type: ignore[arg-type]
    assert {group.code for group in run.problems} == {
        "facts.unknown-value",
        "facts.wrong-type",
        "segments.reserved-field",
    }
    assert (run["ann"].state, run["ann"].segment, run["ann"].groups) == ("never_active", None, ())


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ("segments: {x: {stat: dormant}}", "rules.unknown-field", "segments.x.stat"),
        ("segments: {x: {state: dormnt}}", "rules.unknown-value", "segments.x.state"),
        ("segments: {x: {r: high}}", "rules.wrong-type", "segments.x.r"),
        ("groups: {x: {industry: farm}}", "rules.unknown-value", "groups.x.industry"),
        (
            "reactivation: [{when: {segment: best}, channel: a, offer: b}]",
            "rules.unknown-value",
            "reactivation[0].when.segment",
        ),
        ("preferred_channel: contactby", "segments.unknown-field", "preferred_channel"),
        ("preferred_channel: employees", "segments.unknown-field", "preferred_channel"),
        (
            "triggers: {x: {kind: problems, count: 1, within: 1cd, when: {kind: y}, channel: a, offer: b}}",
            "rules.unknown-field",
            "triggers.x.when.kind",
        ),
    ],
)
def test_a_name_that_stands_for_nothing_is_told_at_its_place(change: str, code: str, path: str) -> None:
    policy = SegmentsPolicy.parse(f"currency: CNY\nrfm: {{}}\nlife_cycle: {{at_risk: 9cd, dormant: 18cd}}\n{change}")
    found = policy.problems_in(FIELDS, {"channel": DeclaredField()})
    assert [(problem.code, problem.path) for problem in found] == [(code, path)]


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ("segments: {dormant: {r: 1}}", "segments.duplicate", "segments.dormant"),
        ("groups: {new: {r: 1}}", "segments.duplicate", "groups.new"),
        ("segments: {x: {r: 1}}\ngroups: {x: {r: 1}}", "segments.duplicate", "groups.x"),
        ("segments: {x: {r: [1, 2]}, y: {r: 2, f: 3}}", "segments.unreachable", "segments.y"),
        ("segments: {x: {r: 6}}", "segments.unreachable", "segments.x.r"),
        ("segments: {x: {all: [{m: 4}, {r: 1}]}}", "segments.unreachable", "segments.x.m"),
        ("groups: {x: {f: 0}}", "segments.unreachable", "groups.x.f"),
    ],
)
def test_a_name_that_two_have_and_a_segment_without_customers_are_told(change: str, code: str, path: str) -> None:
    found = read(SegmentsPolicy, f"currency: CNY\nrfm: {{edges: {{monetary: [5, 9]}}}}\n{change}").problems
    assert [(problem.code, problem.path) for problem in found] == [(code, path)]


def test_scores_and_states_are_facts_only_where_they_are_described() -> None:
    bare = SegmentsPolicy.parse("{currency: CNY, segments: {x: {r: 5}, y: {state: lost}}}")
    assert [(problem.code, problem.path) for problem in bare.problems_in({})] == [
        ("rules.unknown-field", "segments.x.r"),
        ("rules.unknown-field", "segments.y.state"),
    ]
    with pytest.raises(PolicyError):
        bare.compile()


def test_a_declared_field_with_the_name_of_a_fact_of_every_customer_is_told() -> None:
    found = SegmentsPolicy(currency="CNY").problems_in({"state": DeclaredField(), "size": DeclaredField()})
    assert [problem.code for problem in found] == ["segments.reserved-field"]


def test_each_pair_of_scores_is_in_one_standard_segment() -> None:
    every = segment_table(STANDARD_SEGMENTS, {}, all_that_hold=True)
    pairs = [(r, f) for r in range(1, 6) for f in range(1, 6)]
    assert [pair for pair in pairs if len(every.decide(dict(zip("rf", pair, strict=True)))["segment"]) != 1] == []


def test_standard_segments_are_written_like_ones_of_your_own_and_read_back() -> None:
    policy = SegmentsPolicy.parse("{currency: CNY, rfm: {}}").replace(segments=STANDARD_SEGMENTS)
    assert "champions:\n    r: 5\n    f:\n    - 4\n    - 5\n" in policy.to_yaml()
    assert (SegmentsPolicy.parse(policy.to_yaml()), policy.problems()) == (policy, ())
    assert SegmentsPolicy.parse(POLICY.to_yaml()) == POLICY
