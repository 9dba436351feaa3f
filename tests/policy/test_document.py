"""The policy document: what it composes, what it refuses, and that it reads back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from servicekit.document import read
from servicekit.errors import PolicyError, UnknownNameError
from servicekit.events import Opened
from servicekit.policy import ServicePolicy, declared_fields
from servicekit.vocabulary import Vocabulary

RETAIL = Path(__file__).parent.parent / "scenarios" / "policies" / "retail.yaml"
GOOD = """
servicekit: policy/1
name: desk
version: "3"
effective_from: 2026-01-01
timezone: America/New_York
vocabulary:
  channels: [chat, phone]
  tiers: {vip: Very Important, gold: Gold}
  fields: {amount: decimal, promised_at: instant}
calendars:
  desk: {weekly: {mon-fri: ["09:00-17:00"]}}
  tokyo: {timezone: Asia/Tokyo, weekly: {mon-fri: ["09:00-17:00"]}}
sla:
  calendar: desk
  match: most_specific
  business_days: {start: roll_keep_clock, landing: after_close}
  pauses: [{status: [pending, on_hold], reason: waiting, metrics: [first_response, resolution]}]
  targets:
    - {resolution: {field: promised_at}}
    - {when: {tier: [vip, gold]}, calendar: tokyo, resolution: 4h, because: contract}
    - when: {all: [{field: amount, op: ge, value: 99.50}, {channel: chat, tier: vip}]}
      resolution: {business_days: 2, end: close}
    - {default: true, first_response: {within: 15m, clock: wall}}
  recorded_due: {resolution: promised_at}
"""


def test_policy_reads_back_as_itself_when_written() -> None:
    policy = ServicePolicy.parse(GOOD)
    assert ServicePolicy.parse(policy.to_yaml()) == policy
    assert ServicePolicy.parse(policy.to_json(), format="json") == policy
    assert policy.effective_from == date(2026, 1, 1)
    assert policy.problems() == ()


def test_short_forms_stay_short_when_a_policy_is_written() -> None:
    policy = ServicePolicy.load(RETAIL)
    rows = policy.to_dict()["sla"]["targets"]  # type: ignore[index]
    assert rows[0] == {"first_response": "2h", "resolution": "2bd"}
    assert rows[2] == {"when": {"tier": "vip", "issue_type": "complaint"}, "resolution": "8h"}
    assert rows[3]["first_response"] == {"within": "30s", "clock": "wall"}


def test_policy_promises_by_its_own_calendars_when_compiled() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    assert sorted(engine.calendars) == ["always", "desk", "tokyo"]
    assert engine.calendars["always"].timezone.key == "America/New_York"
    assert engine.sla is not None
    promise = engine.sla.promise(datetime(2026, 1, 5, 0, tzinfo=UTC), {"tier": "gold"})
    assert (str(promise["resolution"].due_at), promise["resolution"].calendar) == ("2026-01-05 04:00:00+00:00", "tokyo")
    assert promise["first_response"].target == "15m wall"


def test_calendar_is_found_by_name_or_the_nearest_is_offered() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    assert engine.calendar("tokyo") is engine.calendars["tokyo"]
    with pytest.raises(UnknownNameError, match="tokyo"):
        engine.calendar("tokio")


def test_engine_shows_what_it_is_when_it_is_printed() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    assert repr(engine).startswith(
        "PolicyEngine('desk', version='3', calendars=['always', 'desk', 'tokyo'], sla=SlaEngine("
    )


def test_policy_warns_of_words_outside_its_vocabulary_when_it_judges() -> None:
    engine = ServicePolicy.parse(GOOD).compile().sla
    assert engine is not None
    nine = datetime(2026, 1, 5, 9, tzinfo=UTC)
    facts = {"channel": "fax", "tier": "gold", "amuont": Decimal(5), "promised_at": nine, "left_out": ""}
    problems = engine.judge([Opened("C", nine, facts)], nine).problems
    assert [(problem.code, problem.path) for problem in problems] == [
        ("facts.unknown-value", "case C.channel"),
        ("facts.misspelt-name", "case C.amuont"),
    ]


def test_policy_has_no_engine_when_it_promises_nothing() -> None:
    engine = ServicePolicy(name="desk").compile()
    assert engine.sla is None
    with pytest.raises(PolicyError) as caught:
        engine.need_sla()
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("desk.no-sla", "sla")]


def test_engine_of_a_section_is_given_when_it_is_needed() -> None:
    engine = ServicePolicy.parse(GOOD).compile()
    assert engine.need_sla() is engine.sla


@pytest.mark.parametrize(
    ("was", "now", "code", "path"),
    [
        ("calendar: desk", "calendar: dsek", "sla.unknown-calendar", "sla.calendar"),
        ("calendar: tokyo", "calendar: tokio", "sla.unknown-calendar", "sla.targets[1].calendar"),
        ("[vip, gold]}, cal", "[vip, gld]}, cal", "sla.unknown-value", "sla.targets[1].when.tier[1]"),
        ("{channel: chat, tier", "{chanel: chat, tier", "sla.unknown-field", "sla.targets[2].when.all[1].chanel"),
        ("value: 99.50", "value: high", "sla.wrong-type", "sla.targets[2].when.all[0].value"),
        ("op: ge, value: 99.50", "op: like, value: 1", "document.value", "sla.targets[2].when.all[0].op"),
        ("amount: decimal", "amount: text", "sla.wrong-type", "sla.targets[2].when.all[0].value"),
        ("promised_at: instant", "promised_at: text", "sla.wrong-type", "sla.recorded_due.resolution"),
        ("metrics: [first", "metrics: [frist", "sla.pause-unknown-metric", "sla.pauses[0].metrics[0]"),
        ("resolution: 4h", "resolution: 4 hrs", "duration.text", "sla.targets[1].resolution"),
        ("resolution: 4h", "resolutoin: 4h", "document.unknown-key", "sla.targets[1].resolutoin"),
        ("policy/1", "policy/2", "document.value", "servicekit"),
        ("America/New_York", "America/New_Yrok", "zone.unknown", "timezone"),
        ("  tokyo: {", "  always: {", "policy.reserved-name", "calendars.always"),
        ("{amount: decimal", "{not: decimal", "vocabulary.reserved-name", "vocabulary.fields.not"),
    ],
)
def test_fault_is_told_with_its_place_when_a_policy_is_read(was: str, now: str, code: str, path: str) -> None:
    problems = read(ServicePolicy, GOOD.replace(was, now, 1), format="yaml").problems
    assert (code, path) in [(problem.code, problem.path) for problem in problems]
    assert all(problem.address is not None for problem in problems)


def test_every_fault_is_told_at_once_when_a_policy_has_several() -> None:
    text = GOOD.replace("calendar: desk", "calendar: dsek").replace("{channel: chat, tier", "{chanel: chat, tier")
    with pytest.raises(PolicyError) as caught:
        ServicePolicy.parse(text)
    assert [problem.code for problem in caught.value.problems] == ["sla.unknown-calendar", "sla.unknown-field"]
    lines = [problem.address.line for problem in caught.value.problems if problem.address]
    assert lines == [15, 22]


def test_policy_built_in_python_is_refused_when_compiled_with_errors() -> None:
    policy = ServicePolicy.model_validate(
        {"name": "desk", "sla": {"calendar": "dsek", "targets": [{"resolution": "1h"}]}}
    )
    with pytest.raises(PolicyError) as caught:
        policy.compile()
    assert [problem.path for problem in caught.value.problems] == ["sla.calendar"]


def test_declared_fields_carry_types_and_words_when_taken_from_a_vocabulary() -> None:
    fields = declared_fields(Vocabulary.parse("{tiers: [standard, vip], fields: {amount: decimal}}"))
    assert fields["tier"].values == {"standard", "vip"}
    assert fields["channel"].values is None
    assert fields["amount"].type == "decimal"
    assert {"channel", "issue_type", "tier", "priority", "owner", "amount"} == set(fields)


ALGEBRA = """
name: two teams
timezone: Asia/Shanghai
calendars:
  desk: &desk {weekly: {mon-fri: ["09:00-18:00"]}, holidays: [CN]}
  duty: {any_of: [*desk, {weekly: {sat: "10:00-12:00"}}]}
  quiet: {of: *desk, minus: {weekly: {wed: "14:00-18:00"}}}
sla: {calendar: duty, targets: [{first_response: 2h}]}
"""


def test_calendars_of_calendars_are_named_and_read_back_when_a_policy_holds_them() -> None:
    policy = ServicePolicy.parse(ALGEBRA)
    saturday, wednesday = (datetime(2026, 1, day, 15, tzinfo=ZoneInfo("Asia/Shanghai")) for day in (10, 14))
    engine = policy.compile()
    assert engine.calendar("duty").is_open(saturday.replace(hour=11))
    assert not engine.calendar("quiet").is_open(wednesday)
    assert engine.calendar("desk").is_open(wednesday)
    assert ServicePolicy.parse(policy.to_yaml()) == policy


@pytest.mark.parametrize(
    ("right", "wrong", "code", "path"),
    [
        ("10:00-12:00", "10:00-25:00", "calendar.hours", "calendars.duty.any_of[1].weekly.sat"),
        ("minus: {weekly", "minus: {weekli", "document.unknown-key", "calendars.quiet.minus.weekli"),
        ("minus:", "minos:", "document.unknown-key", "calendars.quiet.minos"),
    ],
)
def test_fault_is_told_at_its_place_when_it_lies_in_a_calendar_of_calendars(
    right: str, wrong: str, code: str, path: str
) -> None:
    found = read(ServicePolicy, ALGEBRA.replace(right, wrong)).problems
    assert (code, path) in {(problem.code, problem.path) for problem in found}
