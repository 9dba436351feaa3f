"""Documents gone wrong, through every command: an exit code and lines that tell why, soon and in little memory.

``make test`` tries 200 of them, always the same ones; ``make soak`` sets ``MUTATIONS`` to try 2,000.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from shutil import copy

import pytest

from servicekit.cli import main
from tests.cli.mutations import mutated

MUTATIONS = int(os.environ.get("MUTATIONS", "200"))
SECONDS = 1.0 if "MUTATIONS" in os.environ else 5.0
"""``make soak`` has the machine to itself; beside thousands of other tests, collecting garbage may cost a second."""
MEGABYTES = 200
MOST_PRINTED = 200_000

POLICY = """\
name: Everything
version: "3"
effective_from: 2026-01-01
timezone: Europe/Paris
vocabulary:
  channels: {phone: Telefon, chat: {en: Chat, de: Plauderei}}
  issue_types: [bug, question]
  tiers: [standard, vip]
  priorities: [low, high]
  fields: {amount: {type: decimal}, region: {type: text, values: [eu, us]}, seen_at: {type: instant}}
calendars:
  desk:
    weekly: {mon-thu: ["09:00-12:00", "13:00-17:30"], fri: ["09:00-15:00"]}
    breaks: {mon: ["10:00-10:15"]}
    seasons: [{name: summer, start_on: 07-01, last_on: 08-31, weekly: {mon-fri: ["08:00-14:00"]}}]
    recurring: [{name: training, start_on: 2026-01-01, rule: FREQ=MONTHLY;BYDAY=1MO, hours: ["12:00-16:00"]}]
    openings: [{start: 2026-03-07 10:00, end: 2026-03-07 12:00, reason: release}]
    closures: [{start: 2026-03-09 10:00, end: 2026-03-09 12:00, reason: drill}]
    dates: {2026-01-06: [], 2026-01-07: ["10:00-12:00"]}
    holidays: [FR, {dates: {2026-01-08: ours}, working: [2026-01-10], valid: [{start_on: 2020-01-01}]}]
    extra_holidays: [2026-01-09]
    not_holidays: [2026-05-01]
  night: {weekly: {mon-sun: ["22:00-06:00"]}, cut: calendar_date}
  both: {any_of: [{weekly: {mon: ["09:00-12:00"]}}, {of: {weekly: 24x7}, minus: {weekly: {tue: ["01:00-02:00"]}}}]}
sla:
  calendar: desk
  targets:
    - {resolution: 2bd, first_response: 30m}
    - {when: {channel: chat, tier: [vip, standard]}, first_response: 30s, calendar: night}
    - {when: {all: [{field: amount, op: ge, value: 100}, {not: {region: eu}}]}, resolution: 3cd}
  pauses: [{status: pending, reason: waiting}]
  ladders: {resolution: [{at: 50%, do: {notify: lead}}, {at: due + 1h, do: {page: boss}}]}
"""
COLUMNS = """\
timezone: Europe/Paris
as_of: 2026-02-01T00:00
dates: [iso, "%d/%m/%Y %H:%M"]
columns: {case_id: id, opened_at: opened, resolved_at: {column: done, dates: iso}}
facts: {channel: {column: channel, values: {tel: phone, chat: chat}}, amount: {column: amount, type: decimal}}
constants: {tier: vip}
pauses: [{from: held, until: freed, status: pending}]
skip: [{column: note, pattern: ^test, because: test}, {column: note, in: [x, y], because: odd}]
unjudged: [{column: done, missing: true, because: open}]
"""
TICKETS = """\
id,opened,done,channel,amount,held,freed,note
A,2026-01-05 09:00,2026-01-05 10:00,tel,5,2026-01-05 09:10,2026-01-05 09:20,
B,05/01/2026 09:00,2026-01-07 12:00,chat,200.5,,,x
C,2026-01-05 23:00,,tel,,,,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!
D,soon,,fax,NaN,,,test
"""
HELP_DESKS = {
    "zendesk": "zendesk.jsonl",
    "jira": "jira.json",
    "freshdesk": "freshdesk.csv",
    "servicenow": "incidents.csv",
}


@pytest.fixture
def sound(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the sound files, with the parts of the library loaded that are loaded when first asked for."""
    for name, text in (("policy.yaml", POLICY), ("columns.yaml", COLUMNS), ("tickets.csv", TICKETS)):
        (tmp_path / name).write_text(text, "utf-8")
    for path in (root / "examples" / "help_desks").iterdir():
        copy(path, tmp_path / f"hd_{path.name}")
    monkeypatch.chdir(tmp_path)
    for command in _of_policy("policy.yaml"):
        assert main(command) == 0
    for product in ("columns", *HELP_DESKS):
        assert all(main(command) == 0 for command in _of_mapping(_mapping(product), product))
    return tmp_path


def _mapping(product: str) -> str:
    return "columns.yaml" if product == "columns" else f"hd_{product}.yaml"


def _of_policy(policy: str) -> list[list[str]]:
    tickets = ["tickets.csv", "--columns", "columns.yaml"]
    return [
        ["check", policy],
        ["due", policy, "--at", "2026-01-05T10:00", "--set", "channel=chat", "--set", "amount=150"],
        ["hours", policy, "desk", "--from", "2026-01-01", "--days", "21"],
        ["report", policy, *tickets, "--outcomes", "out.csv", "--format", "markdown"],
        ["replay", policy, "policy.yaml", *tickets, "--by", "channel"],
    ]


def _of_mapping(mapping: str, product: str) -> list[list[str]]:
    policy, tickets = (
        ("policy.yaml", "tickets.csv") if product == "columns" else ("hd_policy.yaml", f"hd_{HELP_DESKS[product]}")
    )
    return [
        ["report", policy, tickets, "--columns", mapping, "--format", "json"],
        ["replay", policy, policy, tickets, "--columns", mapping],
    ]


def _mutation(number: int, folder: Path) -> list[list[str]]:
    """The mutation of a number as a file, and the commands to be run on it; half are of policies."""
    rng = Random(f"documents {number}")
    product = rng.choice(("columns", "columns", *HELP_DESKS))
    original = "policy.yaml" if number % 2 else _mapping(product)
    suffix, content = mutated((folder / original).read_text("utf-8"), rng)
    path = folder / f"mutation{suffix}"
    path.write_bytes(content)
    return _of_policy(path.name) if number % 2 else _of_mapping(path.name, product)


def test_no_document_gone_wrong_is_a_traceback_or_takes_long(sound: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Faults D1 and D2: no traceback, no command over a second or 200 MB, and nothing that steers the terminal."""
    resource = pytest.importorskip("resource", reason="the system does not tell how much memory was used")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed: list[str] = []
    for number in range(MUTATIONS):
        for command in _mutation(number, sound):
            capsys.readouterr()
            start = time.process_time()
            try:
                code: object = main(command)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - all are told together
                code = repr(error)[:200]
            took = time.process_time() - start
            out, err = capsys.readouterr()
            odd = [line for line in (out + err).split("\n") if not line.isprintable()]
            if code not in (0, 1, 2) or took > SECONDS or odd or len(out) + len(err) > MOST_PRINTED:
                failed.append(
                    f"{number} {command[0]}: {code}, {took:.1f} s, {len(out) + len(err)} characters, {odd[:1]!r:.100}"
                )
    assert failed == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES
