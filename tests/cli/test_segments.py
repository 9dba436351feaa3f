"""``servicekit segments``: who customers are, whom to contact, and how it exits."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from servicekit.cli import main
from servicekit.reports import FORMATS

POLICY = """\
name: shop
version: "1"
tiers:
  currency: CNY
  enrolment: automatic
  levels: {normal: {}, vip: {qualify: {spend: 100 CNY}}}
segments:
  currency: CNY
  rfm: {bins: 2}
  life_cycle: {at_risk: 90cd, dormant: 120cd}
  segments: {good: {m: 2}, sleepers: {state: dormant}}
  groups: {frequent: {field: orders, op: ge, value: 2}}
  reactivation: [{when: {state: dormant}, channel: email, offer: "=10 % off", wait: 5cd}]
  triggers:
    silent: {kind: silence, after: 200cd, channel: email, offer: a card}
    renewal: {kind: renewal, before: 30cd, channel: phone, offer: stay}
"""
COLUMNS = "{currency: CNY, columns: {order_id: order, customer_id: customer, at: day, amount: paid}}"
PURCHASES = """\
order,customer,day,paid
1,=Ann,2026-01-05,80.00
2,=Ann,2026-03-01,70.00
3,Bob,2026-05-05,30.00
4,Cid,soon,300.00
5,Bob,2026-07-05,30.00
"""
FILES = {"policy.yaml": POLICY, "columns.yaml": COLUMNS, "purchases.csv": PURCHASES}
SEGMENTS = ("segments", "policy.yaml", "purchases.csv", "--columns", "columns.yaml", "--as-of", "2026-06-30")
ODD = [("table.bad-instant", 1), ("segments.after-as-of", 1)]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        try:
            code = main(arguments)
        except SystemExit as left:
            code = int(left.code or 0)
        return (code, *capsys.readouterr())

    return run


def record(run: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = run(*SEGMENTS, *arguments, "--format", "json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert isinstance(answer, dict)
    assert [(group["code"], group["count"]) for group in answer["problems"]] == ODD
    return answer


def table(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8").splitlines()))


def test_customers_are_counted_by_state_and_segment(run: Run) -> None:
    answer = record(run)
    assert (answer["customers"], answer["records"], answer["unreadable"]) == (2, 5, 1)
    assert {state: times for state, times in answer["states"].items() if times} == {"active": 1, "dormant": 1}
    assert answer["segments"] == [
        {"segment": "good", "customers": 1},
        {"segment": "sleepers", "customers": 0},
        {"segment": None, "customers": 1},
    ]
    assert {"metric": "monetary", "score": 2, "least": "150.00", "greatest": "150.00", "customers": 1} in answer[
        "scores"
    ]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("more", [(), ("--list", "dormant"), ("--triggers", "2026-07-01..2026-12-31")])
def test_every_answer_comes_in_every_format(run: Run, more: tuple[str, ...], format: str) -> None:
    code, out, err = run(*SEGMENTS, *more, "--format", format)
    assert (code, err) == (0, "")
    assert "shop 1" in out


def test_dormant_customers_are_listed_with_day_channel_and_offer(run: Run) -> None:
    assert record(run, "--list", "dormant")["outreach"] == [
        {"on": "2026-07-04", "customer_id": "=Ann", "occasion": "dormant", "channel": "email", "offer": "=10 % off"}
    ]
    assert [each["customer_id"] for each in record(run, "--list", "frequent")["outreach"]] == ["=Ann"]
    assert record(run, "--list", "active")["outreach"] == []


def test_triggers_fire_once_by_what_is_known_on_the_day(run: Run) -> None:
    found = [(each["on"], each["customer_id"], each["occasion"]) for each in
             record(run, "--triggers", "2026-07-01..2026-12-31")["outreach"]]  # fmt: skip
    assert found == [
        ("2026-09-17", "=Ann", "silent"),
        ("2026-11-21", "Bob", "silent"),
        ("2026-12-01", "=Ann", "renewal"),
    ]
    halves = [
        (each["on"], each["customer_id"], each["occasion"])
        for days in ("2026-07-01..2026-09-17", "2026-09-18..2026-12-31")
        for each in record(run, "--triggers", days)["outreach"]
    ]
    assert halves == found
    assert len(record(run, "--triggers", "2026-09-17")["outreach"]) == 1


def test_trigger_on_cases_is_told_to_name_nobody(run: Run, folder: Path) -> None:
    line = "    complaints: {kind: problems, count: 2, within: 9cd, channel: phone, offer: a call}\n"
    (folder / "policy.yaml").write_text(POLICY + line, "utf-8")
    code, _, err = run(*SEGMENTS, "--triggers", "2026-07-01..2026-12-31")
    assert (code, "complaints" in err) == (0, True)


def test_rows_are_written_for_programs_and_for_people(run: Run, folder: Path) -> None:
    run(*SEGMENTS, "--out", "all.csv")
    head, ann, bob = table(folder / "all.csv")
    assert dict(zip(head, ann, strict=True)) == {
        "customer_id": "=Ann", "state": "dormant", "segment": "good", "groups": "frequent", "r": "1", "f": "2",
        "m": "2", "orders": "2", "spend": "150.00", "last_on": "2026-03-01",
    }  # fmt: skip
    assert bob[0] == "Bob"
    run(*SEGMENTS, "--list", "dormant", "--out", "list.csv")
    run(*SEGMENTS, "--list", "dormant", "--out", "people.csv", "--spreadsheet")
    assert table(folder / "list.csv")[1] == ["2026-07-04", "=Ann", "dormant", "email", "=10 % off"]
    assert table(folder / "people.csv")[1] == ["2026-07-04", "'=Ann", "dormant", "email", "'=10 % off"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((*SEGMENTS, "--list", "dormnat"), 2, "did you mean 'dormant'?"),
        ((*SEGMENTS, "--list", "dormant", "--triggers", "2026-07-01..2026-07-02"), 2, "not allowed with"),
        ((*SEGMENTS, "--triggers", "2026-07-02..2026-07-01"), 2, "earlier day first"),
        ((*SEGMENTS, "--triggers", "July"), 2, "expected a day"),
        ((*SEGMENTS, "--out", "columns.yaml"), 2, "overwrite"),
        ((*SEGMENTS, "--spreadsheet"), 2, "--out OUT.csv"),
        ((*SEGMENTS, "--strict"), 1, "table.bad-instant"),
        (("segments", "plain.yaml", *SEGMENTS[2:]), 1, "policy.no-segments"),
    ],
)
def test_fault_is_one_line_and_an_exit_code(
    run: Run, folder: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "plain.yaml").write_text("name: desk", "utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    left, out, err = run(*arguments)
    assert (left, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize(
    "more", [(), ("--list", "active"), ("--list", "dormant"), ("--triggers", "9999-12-01..9999-12-30")]
)
def test_first_and_last_day_there_is_are_days(run: Run, folder: Path, more: tuple[str, ...], day: str) -> None:
    (folder / "purchases.csv").write_text(PURCHASES + f"6,Eve,{day},30.00\n", "utf-8")
    birthday = "    birthday: {kind: birthday, before: 9cd, channel: email, offer: a gift}\n"
    anniversary = "    joined: {kind: anniversary, before: 9cd, channel: email, offer: thanks}\n"
    (folder / "policy.yaml").write_text(POLICY + birthday + anniversary, "utf-8")
    (folder / "columns.yaml").write_text(
        COLUMNS.replace("amount: paid", "amount: paid, enrolled_at: day, birthday: day")
    )
    code, _, err = run(*SEGMENTS[:-1], day, *more)
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--list", "dormant"), "no rows under segments.reactivation"),
        (("--triggers", "2026-07-01..2026-07-31"), "nothing under segments.triggers"),
    ],
)
def test_nobody_is_named_aloud_when_the_policy_does_not_say_whom(
    run: Run, folder: Path, more: tuple[str, ...], said: str
) -> None:
    (folder / "policy.yaml").write_text(POLICY[: POLICY.index("  reactivation")], "utf-8")
    code, out, err = run(*SEGMENTS, *more)
    assert code == 0
    assert "Nobody is to be contacted." in out
    assert said in err
