"""The calls of a bank, February 1999: what the scorecard says of them, beside figures that were counted without it.

Rows are read here, so that no importer stands between the file and the figures; the example is held against them.
"""

from __future__ import annotations

import csv
import gzip
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import pytest

from servicekit.desk import Intake, kpi_tables
from servicekit.importers import read_sources
from servicekit.kpi import Results, Scorecard, States
from servicekit.kpi.value_text import value_text
from servicekit.policy import ServicePolicy
from servicekit.testing.slow.metrics import Row, SlowMetrics

ISRAEL = ZoneInfo("Asia/Jerusalem")
AS_OF = datetime(1999, 3, 1, tzinfo=ISRAEL)
OUTCOMES = {"AGENT": "answered", "HANG": "abandoned"}
SECOND = 1_000_000
Rows = list[Row]

CARD = Scorecard.parse("""
metrics:
  offered: {kind: sum, table: contact}
  answered: {kind: sum, table: contact, where: {outcome: answered}}
  of offered: {kind: service_level, within: 20s, variant: all_abandons_count_against}
  of answered: {kind: service_level, within: 20s, variant: answered_only}
  speed: {kind: answer_speed}
  handling: {kind: handling_time, per: contact}
  abandonment: {kind: abandonment, short: null}
  patience 25: {kind: patience, q: 0.25}
  patience 50: {kind: patience, q: 0.5}
  patience 75: {kind: patience, q: 0.75}
  by customer: {kind: first_contact_resolution, of: contact, by: customer, within: 7d, per: contact}
  by type: {kind: first_contact_resolution, of: contact, by: customer_and_issue, within: 7d, per: contact}
  episodes: {kind: first_contact_resolution, of: contact, by: customer, within: 7d, per: episode}
  episodes by type: {kind: first_contact_resolution, of: contact, by: customer_and_issue, within: 7d, per: episode}
""")


@pytest.fixture(scope="module")
def calls(shared_data: Path, absent: Callable[[str], NoReturn]) -> Rows:
    file = shared_data / "bank_calls_1999_02" / "anonymous_bank_1999_02.tsv.gz"
    if not file.is_file():
        absent("the calls of the bank are not among the real data sets")
    with gzip.open(file, "rt") as lines:
        return [_row(each) for each in csv.DictReader(lines, delimiter="\t") if each["outcome"] in OUTCOMES]


def _row(told: dict[str, str]) -> Row:
    at = datetime.strptime(f"{told['date']} {told['vru_entry']}", "%y%m%d %H:%M:%S").replace(tzinfo=ISRAEL)
    return {
        "at": at,
        "outcome": OUTCOMES[told["outcome"]],
        "customer_id": None if told["customer_id"] == "0" else told["customer_id"],
        "issue_type": told["type"],
        "priority": told["priority"],
        "wait_us": int(told["q_time"]) * SECOND,
        "handled_us": int(told["ser_time"]) * SECOND,
    }


@pytest.fixture(scope="module")
def results(calls: Rows) -> Results:
    return CARD.compile(timezone=ISRAEL).measure({"contact": calls}, by=["priority"], as_of=AS_OF)


def test_calls_are_counted_and_waits_are_judged(results: Results) -> None:
    assert (results["offered"].exact, results["answered"].exact) == (33_066, 27_162)
    assert [value_text(results[name]) for name in ("of offered", "of answered")] == ["49.0 %", "59.7 %"]
    assert [round(100 * (results[name].value or 0), 2) for name in ("of offered", "of answered")] == [49.02, 59.68]
    assert results["of offered"].numerator == results["of answered"].numerator
    assert results["of answered"].left_out == {"abandoned": 5_904}
    means = [results[name].exact or Fraction(0) for name in ("speed", "handling")]
    assert [round(float(each / SECOND), 3) for each in means] == [40.774, 176.353]


def test_calls_are_abandoned_by_priority(results: Results) -> None:
    found = {each: results["abandonment", each] for each in ("0", "1", "2")}
    told = {priority: (each.numerator, each.denominator) for priority, each in found.items()}
    assert told == {"0": (4_076, 19_544), "1": (919, 4_512), "2": (909, 9_010)}
    assert (results["abandonment"].numerator, results["abandonment"].denominator) == (5_904, 33_066)


def test_patience_is_read_off_the_curve_of_all_who_waited(results: Results) -> None:
    quartiles = [results[f"patience {q}"] for q in (25, 50, 75)]
    assert [each.exact for each in quartiles] == [70 * SECOND, 243 * SECOND, 600 * SECOND]
    assert {(each.n, each.censored) for each in quartiles} == {(33_066, 27_162)}


def test_first_contacts_settle_the_matter(results: Results) -> None:
    told = {name: (results[name].numerator, results[name].denominator) for name in ("by customer", "by type")}
    assert told == {"by customer": (3_326, 8_808), "by type": (3_587, 8_808)}
    assert [results[name].left_out["immature"] for name in told] == [2_917, 2_917]
    chains = {name: (results[name].numerator, results[name].denominator) for name in ("episodes", "episodes by type")}
    assert chains == {"episodes": (2_225, 3_636), "episodes by type": (2_605, 4_078)}
    assert results["episodes"].left_out["nobody"] == 19_502


def test_days_add_up_to_the_month(calls: Rows) -> None:
    """Each day is counted by itself, as on machines that see no other, and told as bytes."""
    engine, days = CARD.compile(timezone=ISRAEL), dict[object, Rows]()
    for call in calls:
        assert isinstance(call["at"], datetime)
        days.setdefault(call["at"].date(), []).append(call)
    states = [
        States.from_bytes(engine.states({"contact": rows}, period="day", as_of=AS_OF).to_bytes())
        for rows in days.values()
    ]
    added = states[0]
    for each in states[1:]:
        added |= each
    by_day, whole = engine.finish(added, as_of=AS_OF), engine.measure({"contact": calls}, as_of=AS_OF)
    assert {name: by_day[name] for name in CARD.metrics} == {name: whole[name] for name in CARD.metrics}
    assert len(by_day.trend("offered")) == len(days) == 28


def test_the_slow_judge_agrees_on_a_day(calls: Rows) -> None:
    day = [call for call in calls if isinstance(call["at"], datetime) and call["at"].day == 5]
    assert day
    results = CARD.compile(timezone=ISRAEL).measure({"contact": day}, as_of=AS_OF)
    for name, metric in CARD.metrics.items():
        judged = SlowMetrics(metric.definition()).measure({"contact": day}, as_of=AS_OF)[()]
        assert (results[name].n, results[name].exact) == (judged.n, judged.value), name


def test_the_example_says_the_same(results: Results, root: Path, shared_data: Path, tmp_path: Path) -> None:
    """By the policy and the mapping of the example, through the importer and the desk, from records."""
    shutil.copytree(root / "examples" / "bank_calls", tmp_path, dirs_exist_ok=True)
    name = "anonymous_bank_1999_02.tsv.gz"
    (tmp_path / name).symlink_to(shared_data / "bank_calls_1999_02" / name)
    engine = ServicePolicy.load(tmp_path / "policy.yaml").compile()
    source = read_sources(tmp_path / "sources.yaml").contacts
    assert source is not None
    assert engine.kpi is not None
    assert source.as_of == AS_OF
    calls = kpi_tables(engine, Intake(source.open()), as_of=AS_OF)
    found = engine.kpi.measure(calls, by=["priority"], as_of=AS_OF)
    same = {
        "within_20s_of_offered": "of offered",
        "within_20s_of_answered": "of answered",
        "abandoned": "abandonment",
        "asa": "speed",
        "aht": "handling",
        **{f"patience_{q}": f"patience {q}" for q in (25, 50, 75)},
        "fcr_customer": "by customer",
        "fcr_type": "by type",
        "fcr_episodes": "episodes",
        "fcr_episodes_type": "episodes by type",
    }
    assert {each.metric for each in found} == same.keys()
    for group in ((), ("0",), ("1",), ("2",)):
        for theirs, ours in same.items():
            assert replace(found.of[theirs, group], metric=ours) == results.of[ours, group]
    assert [found.status(name) for name in ("within_20s_of_offered", "abandoned")] == ["missed", "missed"]
