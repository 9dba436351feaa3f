"""Which row counts: against a plain search, and the faults of tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.calendars import Calendar
from servicekit.document import read
from servicekit.errors import PolicyError
from servicekit.rules import Match, Value, compile_condition
from servicekit.rules.check import bound_fields
from servicekit.sla import SlaPolicy, TargetRow
from servicekit.timeline import DayRule

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
VALUES = {"channel": ("chat", "email"), "tier": ("gold", "vip"), "priority": ("high", "low")}
CASES = [
    {name: value for name, value in zip(VALUES, cell, strict=True) if value is not None}
    for cell in product(*((*values, None) for values in VALUES.values()))
]

matches = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True) for name, values in VALUES.items()
    },
).map(Match)
whens = (
    matches | st.builds(lambda part: {"not": part}, matches) | st.builds(lambda a, b: {"any": [a, b]}, matches, matches)
)


def _rows(whens: list[object], promised: list[tuple[bool, bool]]) -> list[TargetRow]:
    return [
        TargetRow(
            when=when, first_response=f"{index + 1}m" if first else None, resolution=f"{index + 1}h" if last else None
        )
        for index, (when, (first, last)) in enumerate(zip(whens, promised, strict=False))
    ]


tables = st.builds(_rows, st.lists(whens, max_size=6), st.lists(st.tuples(st.booleans(), st.booleans()), min_size=6))


def best_rows(rows: list[TargetRow], metric: str, case: Mapping[str, Value]) -> list[int]:
    """The positions of the most specific rows that match the case and promise the metric."""
    fitting = [i for i, row in enumerate(rows) if metric in row.targets and compile_condition(row.when)(case)]
    most = max((len(bound_fields(rows[i].when)) for i in fitting), default=0)
    return [i for i in fitting if len(bound_fields(rows[i].when)) == most]


def codes(policy: SlaPolicy) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in policy.problems()]


@given(tables)
def test_no_tie_goes_unreported_when_a_case_has_two_best_rows(rows: list[TargetRow]) -> None:
    reported = {path for code, path in codes(SlaPolicy(targets=rows)) if code == "sla.target-tie"}
    for metric, case in product(("first_response", "resolution"), CASES):
        best = best_rows(rows, metric, case)
        assert len(best) < 2 or reported & {f"targets[{index}]" for index in best}


@given(tables)
def test_reported_rows_do_meet_when_a_tie_is_told(rows: list[TargetRow]) -> None:
    tied = {path for code, path in codes(SlaPolicy(targets=rows)) if code == "sla.target-tie"}
    for index, later in enumerate(rows):
        if f"targets[{index}]" in tied:
            assert any(_as_specific(row, later) and _meet(row, later) for row in rows[:index])


def _as_specific(one: TargetRow, other: TargetRow) -> bool:
    return len(bound_fields(one.when)) == len(bound_fields(other.when))


def _meet(one: TargetRow, other: TargetRow) -> bool:
    tests = [compile_condition(one.when), compile_condition(other.when)]
    return bool(one.targets.keys() & other.targets) and any(all(test(case) for test in tests) for case in CASES)


@given(tables)
def test_most_specific_row_counts_when_there_is_one(rows: list[TargetRow]) -> None:
    try:
        engine = SlaPolicy(targets=rows).compile({})
    except PolicyError:
        return
    for case in CASES:
        promised = {metric: promise.row for metric, promise in engine.promise(NOW, case).items()}
        best = {metric: best_rows(rows, metric, case) for metric in ("first_response", "resolution")}
        assert promised == {metric: f"targets[{found[0]}]" for metric, found in best.items() if found}


@given(tables)
def test_first_row_counts_when_the_policy_says_first(rows: list[TargetRow]) -> None:
    policy = SlaPolicy(match="first", targets=rows)
    engine, hidden = policy.compile({}), {path for code, path in codes(policy) if code == "sla.unreachable-row"}
    asked: set[str] = set()
    for case in CASES:
        promises = engine.promise(NOW, case)
        asked |= {promise.row for promise in promises.values()}
        for metric, promise in promises.items():
            fitting = [i for i, row in enumerate(rows) if metric in row.targets and compile_condition(row.when)(case)]
            assert promise.row == f"targets[{fitting[0]}]"
    assert hidden.isdisjoint(asked)


@given(tables)
def test_default_row_counts_only_when_no_other_does(rows: list[TargetRow]) -> None:
    policy = SlaPolicy(match="first", targets=[TargetRow(default=True, resolution="9h"), *rows])
    engine = policy.compile({})
    for case in CASES:
        row = engine.promise(NOW, case)["resolution"].row
        assert (row == "targets[0]") == (not best_rows(rows, "resolution", case))


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        (
            "targets: [{when: {channel: chat}, resolution: 1h}, {when: {tier: vip}, resolution: 2h}]",
            "sla.target-tie",
            "targets[1]",
        ),
        ("targets: [{resolution: 1h}, {resolution: 2h}]", "sla.target-tie", "targets[1]"),
        ("targets: [{default: true, resolution: 1h}, {default: true, resolution: 2h}]", "sla.target-tie", "targets[1]"),
        (
            "targets: [{when: {field: n, op: ge, value: 5}, resolution: 1h}, {when: {n: [5, 6]}, resolution: 2h}]",
            "sla.target-tie",
            "targets[1]",
        ),
        ("{}", "sla.no-target", "targets"),
        ("targets: [{when: {tier: vip}}]", "sla.empty-row", "targets[0]"),
        (
            "targets: [{when: {tier: vip}, default: true, resolution: 1h}]",
            "sla.default-with-condition",
            "targets[0].when",
        ),
        ("{blank_matches: false, targets: [{resolution: 1h}]}", "sla.unreachable-row", "targets[0].when"),
        (
            "targets: [{when: {all: [{tier: vip}, {tier: gold}]}, resolution: 1h}]",
            "sla.unreachable-row",
            "targets[0].when",
        ),
        (
            "{match: first, targets: [{resolution: 1h}, {when: {tier: vip}, resolution: 2h}]}",
            "sla.unreachable-row",
            "targets[1]",
        ),
        (
            "targets: [{first_response: 2h, resolution: 1h}]",
            "sla.response-after-resolution",
            "targets[0].first_response",
        ),
        (
            "targets: [{first_response: 2bd, resolution: 1bd}]",
            "sla.response-after-resolution",
            "targets[0].first_response",
        ),
        (
            "{targets: [{resolution: 1h}], pauses: [{status: p, reason: r, metrics: [resolutoin]}]}",
            "sla.pause-unknown-metric",
            "pauses[0].metrics[0]",
        ),
        (
            "{targets: [{resolution: 1h}], recorded_due: {resolutoin: due_at}}",
            "sla.unknown-metric",
            "recorded_due.resolutoin",
        ),
    ],
)
def test_fault_of_the_table_is_told_with_its_place_when_a_policy_is_read(text: str, code: str, path: str) -> None:
    problems = read(SlaPolicy, text, format="yaml").problems
    assert [(problem.code, problem.path) for problem in problems] == [(code, path)]
    assert problems[0].address is not None


def test_nothing_is_said_when_a_more_specific_row_settles_the_meeting() -> None:
    text = """
    targets:
      - {resolution: 8h}
      - {when: {channel: [chat, phone]}, resolution: 4h}
      - {when: {tier: [gold, vip]}, resolution: 2h}
      - {when: {channel: chat, tier: [gold, vip]}, resolution: 1h}
      - {when: {channel: phone, tier: gold}, resolution: 90m}
      - {when: {channel: phone, tier: vip}, resolution: 1h}
    """
    assert read(SlaPolicy, text, format="yaml").problems == ()


def test_nothing_is_said_when_amounts_part_the_cases() -> None:
    text = """
    targets:
      - {when: {field: amount, op: lt, value: 100}, resolution: 8h}
      - {when: {all: [{field: amount, op: ge, value: 100}, {field: amount, op: lt, value: 999.50}]}, resolution: 4h}
      - {when: {field: amount, op: ge, value: 999.50}, resolution: 2h}
    """
    assert read(SlaPolicy, text, format="yaml").problems == ()


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{calendar: emae, targets: [{resolution: 1h}]}", "sla.unknown-calendar", "calendar"),
        ("targets: [{calendar: emae, resolution: 1h}]", "sla.unknown-calendar", "targets[0].calendar"),
        (
            "targets: [{resolution: {within: 1h, calendar: emae}}]",
            "sla.unknown-calendar",
            "targets[0].resolution.calendar",
        ),
        ("targets: [{when: {teir: vip}, resolution: 1h}]", "sla.unknown-field", "targets[0].when.teir"),
        ("targets: [{when: {tier: 1}, resolution: 1h}]", "sla.wrong-type", "targets[0].when.tier"),
        ("targets: [{resolution: {field: tier}}]", "sla.wrong-type", "targets[0].resolution.field"),
        (
            "{targets: [{resolution: 1h}], recorded_due: {resolution: tier}}",
            "sla.wrong-type",
            "recorded_due.resolution",
        ),
    ],
)
def test_name_that_stands_for_nothing_is_refused_when_the_policy_is_compiled(text: str, code: str, path: str) -> None:
    with pytest.raises(PolicyError) as caught:
        SlaPolicy.parse(text).compile({"emea": Calendar.always().compile()})
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [(code, path)]


@pytest.mark.parametrize(
    "text",
    ["{within: 1h, field: due_at}", "{}", "{within: 2bd, clock: wall}", "{within: 2h, clock: wall, calendar: d}"],
)
def test_target_is_refused_when_it_says_too_much_or_too_little(text: str) -> None:
    problems = read(SlaPolicy, f"targets: [{{resolution: {text}}}]", format="yaml").problems
    assert [(problem.code, problem.path) for problem in problems] == [("sla.target", "targets[0].resolution")]


@given(tables)
def test_policy_reads_back_as_itself_when_written(rows: list[TargetRow]) -> None:
    policy = SlaPolicy(match="first", targets=rows, business_days=DayRule(start="next_open"))
    assert SlaPolicy.parse(policy.to_yaml()) == policy
    assert SlaPolicy.parse(policy.to_json(), format="json") == policy


def test_nothing_is_said_when_a_long_table_has_no_tie() -> None:
    kinds = [f"type {index}" for index in range(300)]
    wide = [TargetRow(when=Match({"issue_type": kind}), resolution="8h") for kind in kinds]
    narrow = [TargetRow(when=Match({"issue_type": kind, "tier": "vip"}), resolution="4h") for kind in kinds]
    assert SlaPolicy(targets=[TargetRow(resolution="24h"), *wide, *narrow]).problems() == ()
    assert [path for _, path in codes(SlaPolicy(targets=[*wide, *narrow, wide[7]]))] == ["targets[600]"]


@pytest.mark.parametrize("match", ["first", "most_specific"])
def test_row_that_counts_decides_alone_when_nothing_falls_through(match: str) -> None:
    rows = [{"when": {"tier": "vip"}, "first_response": "1h"}, {"first_response": "4h", "resolution": "8h"}]
    given = {"targets": rows, "match": match}
    at = datetime(2026, 1, 5, tzinfo=UTC)
    both, alone = (
        SlaPolicy.model_validate({**given, "fall_through": falls}).compile({}).promise(at, {"tier": "vip"})
        for falls in (True, False)
    )
    assert sorted(both) == ["first_response", "resolution"]
    assert sorted(alone) == ["first_response"]


def test_rows_tie_on_whole_cases_when_nothing_falls_through() -> None:
    rows = [{"when": {"tier": "vip"}, "first_response": "1h"}, {"when": {"channel": "chat"}, "resolution": "8h"}]
    text = {"targets": rows, "fall_through": False}
    assert [p.code for p in SlaPolicy.model_validate({"targets": rows}).problems()] == []
    assert [p.code for p in SlaPolicy.model_validate(text).problems()] == ["sla.target-tie"]
