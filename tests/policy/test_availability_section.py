"""The section ``availability``: promises on uptime are held against the calendars and the clock of the policy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given

from servicekit.availability import Outage, UptimeSla
from servicekit.errors import PolicyError
from servicekit.policy import ServicePolicy, compile_versions
from servicekit.testing.strategies import uptime_slas
from servicekit.timeline import month

POLICY = """\
name: desk
timezone: Asia/Shanghai
calendars: {office: {weekly: {mon-fri: ["09:00-17:00"]}}}
availability:
  shop: {target: 99.9%}
  back office: {target: 99%, calendar: office, timezone: Europe/Vilnius}
"""
BAD = """\
name: desk
availability:
  shop: {target: 99.9%, calendar: ofice}
  pay:
    target: 99.95%
    credits:
      committed: 99.95%
      bands: [{at_least: 99%, credit: 10%}]
"""


def test_promises_are_compiled_by_the_calendars_and_the_clock_of_the_policy() -> None:
    meters = ServicePolicy.parse(POLICY).compile().need_availability()
    assert list(meters) == ["shop", "back office"]
    assert [meter.timezone.key for meter in meters.values()] == ["Asia/Shanghai", "Europe/Vilnius"]
    hour = [datetime(2026, 3, 3, hour, tzinfo=UTC) for hour in range(24)]
    night = Outage(hour[10], hour[12])  # 18:00 to 20:00 in Shanghai
    found = [meter.judge([night], over=month(date(2026, 3, 1))).uptime.downtime for meter in meters.values()]
    assert found == [timedelta(hours=2), timedelta(0)]


def test_faults_are_told_with_their_places_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(BAD, "utf-8")
    with pytest.raises(PolicyError) as caught:
        ServicePolicy.load(file)
    assert [(each.code, each.path, each.address and each.address.line) for each in caught.value.problems] == [
        ("policy.unknown-calendar", "availability.shop.calendar", 3),
        ("availability.band-gap", "availability.pay.credits.bands", 8),
    ]
    assert caught.value.problems[0].hint == "known: always"


def test_always_is_a_calendar_of_promises_too() -> None:
    policy = ServicePolicy.parse("{name: x, availability: {shop: {target: 99%, calendar: always}}}")
    assert policy.compile().need_availability()["shop"].hours is not None


@pytest.mark.parametrize("section", ["", ", availability: {}"])
def test_a_question_that_needs_promises_says_that_there_are_none(section: str) -> None:
    with pytest.raises(PolicyError) as caught:
        ServicePolicy.parse(f"{{name: x{section}}}").compile().need_availability()
    assert [each.code for each in caught.value.problems] == ["policy.no-availability"]


def test_the_latest_version_of_a_policy_counts() -> None:
    old = ServicePolicy.parse(POLICY)
    new = old.replace(version="2", effective_from="2026-02-01", availability={"shop": {"target": "99.5%"}})
    found = compile_versions([new, old]).need_availability()
    assert {name: str(meter.sla.target) for name, meter in found.items()} == {"shop": "199/200"}
    assert compile_versions([old, new.replace(availability=None)]).availability is None


@given(uptime_slas())
def test_a_policy_writes_its_promises_and_reads_them_back(sla: UptimeSla) -> None:
    policy = ServicePolicy(name="desk", availability={"shop": sla})
    assert ServicePolicy.parse(policy.to_yaml()) == policy


@pytest.mark.parametrize("name", ["shop ", "\u3000shop", ""])
def test_a_name_with_a_blank_at_an_end_is_refused(name: str) -> None:
    """Tables are read without it, so that none of their rows would be of the service."""
    policy = ServicePolicy(name="x", availability={name: UptimeSla(target="99%")})
    assert [each.code for each in policy.problems()] == ["availability.service-name"]
    with pytest.raises(PolicyError):
        policy.compile()
