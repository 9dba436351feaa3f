"""``servicekit replay``: what it prints and writes, how it exits, and that nothing ends in a traceback."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from servicekit.cli import main
from servicekit.cli.arguments import parser
from servicekit.reports import FORMATS
from servicekit.whatif import FLIP_COLUMNS

POLICY = """\
name: Hotline
version: "7"
timezone: Asia/Shanghai
vocabulary: {channels: {phone: 电话, chat: 在线}}
calendars:
  desk: {weekly: {mon-fri: ["09:00-18:00"]}}
sla:
  calendar: desk
  targets:
    - {resolution: 2h}
"""
OTHER = POLICY.replace('"7"', '"8"') + "    - {when: {channel: chat}, resolution: 4h, first_response: 1h}\n"
COLUMNS = """\
timezone: Asia/Shanghai
columns: {case_id: id, opened_at: opened, first_replied_at: replied, resolved_at: done}
facts: {channel: channel}
skip: [{column: channel, equals: test, because: test ticket}]
unjudged: [{column: channel, equals: merged, because: merged into another}]
"""
TICKETS = """\
id,opened,replied,done,channel
A,2026-01-05 09:00,2026-01-05 09:30,2026-01-05 10:00,phone
B,2026-01-05 09:00,2026-01-05 11:00,2026-01-05 12:00,chat
C,2026-01-05 09:00,,,phone
D,soon,,,phone
E,2026-01-05 09:00,,2026-01-05 10:00,test
F,2026-01-05 09:00,,2026-01-05 13:30,merged
"""
REPLAY = ("replay", "policy.yaml", "other.yaml", "tickets.csv", "--columns", "columns.yaml")
FILES = {"policy.yaml": POLICY, "other.yaml": OTHER, "columns.yaml": COLUMNS, "tickets.csv": TICKETS}
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
    code, out, err = run(*REPLAY, "--format", "json", *arguments)
    assert (code, err) == (0, "")
    answer: dict[str, Any] = json.loads(out)
    return answer


def test_replay_prints_what_differs_and_accounts_for_every_record(run: Run) -> None:
    answer = record(run)
    assert (answer["records"], answer["cases"], answer["unreadable"]) == (6, 3, 1)
    assert answer["left_out"] == [{"because": "test ticket", "records": 1}]
    assert answer["unjudged"] == [{"because": "merged into another", "records": 1}]
    first, resolution = answer["lines"]
    assert (first["metric"], first["changes"]["appeared"], first["points"]["promised"]) == ("first_response", 1, None)
    assert (resolution["changes"]["better"], resolution["changes"]["unchanged"]) == (1, 2)
    assert resolution["points"]["promised"] == {"numerator": 100, "denominator": 3}
    assert resolution["transitions"] == [
        {"before": "met", "after": "met", "outcomes": 1},
        {"before": "met_late", "after": "met", "outcomes": 1},
        {"before": "missed", "after": "missed", "outcomes": 1},
    ]
    assert answer["flip_count"] == 2
    assert [(flip["case_id"], flip["change"], flip["outcome_before"]) for flip in answer["flips"]] == [
        ("B", "better", "met_late"), ("B", "appeared", None),
    ]  # fmt: skip
    assert [group["code"] for group in answer["problems"]["records"]] == ["table.bad-instant"]


def test_a_text_names_both_policies_the_flips_and_the_problems(run: Run) -> None:
    code, out, err = run(*REPLAY, "--by", "channel")
    assert (code, err) == (0, "")
    for words in ("Hotline 7 -> Hotline 8", "chat 在线", "+100.0", "2026-01-05 13:00:00", "row 5.opened", "met (4h)"):
        assert words in out, words


@pytest.mark.parametrize("format", FORMATS)
def test_replay_has_the_formats_of_the_reports(run: Run, format: str) -> None:
    code, out, _ = run(*REPLAY, "--format", format)
    assert code == 0
    assert out.startswith(
        {
            "text": "Hotline",
            "json": "{",
            "markdown": "# Hotline",
            "html": "<!DOCTYPE html>",
            "csv": "Hotline",
            "email": "<!DOCTYPE html>",
        }[format]
    )
    assert parser().parse_args([*REPLAY]).format in FORMATS


def test_nothing_flips_when_a_policy_meets_itself(run: Run, folder: Path) -> None:
    (folder / "other.yaml").write_text(POLICY, "utf-8")
    answer = record(run)
    assert (answer["flip_count"], answer["flips"]) == (0, [])
    assert all(line["before"] == line["after"] for line in answer["lines"])


def test_groups_come_with_their_totals_when_cases_are_told_apart(run: Run) -> None:
    lines = record(run, "--by", "channel")["lines"]
    assert [(line["metric"], line["group"]) for line in lines] == [
        ("first_response", "phone"), ("first_response", "chat"), ("first_response", None),
        ("resolution", "phone"), ("resolution", "chat"), ("resolution", None),
    ]  # fmt: skip


def test_the_latest_instant_of_all_cases_is_taken_with_a_warning_when_no_as_of_is_given(run: Run, folder: Path) -> None:
    answer = record(run)
    assert answer["as_of"] == "2026-01-05T05:30:00Z"
    assert [group["code"] for group in answer["problems"]["both"]] == ["desk.as-of-from-data"]
    given = record(run, "--as-of", "2026-01-05T09:30")
    assert (given["as_of"], given["problems"]["both"]) == ("2026-01-05T01:30:00Z", [])
    assert given["lines"][-1]["before"]["open"] == 3
    (folder / "columns.yaml").write_text(f"as_of: 2026-01-05T20:00\n{COLUMNS}", "utf-8")
    mapped = record(run)
    assert (mapped["as_of"], mapped["problems"]["both"]) == ("2026-01-05T12:00:00Z", [])


def test_no_instant_is_assumed_aloud_when_every_clock_has_stopped(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text("\n".join(TICKETS.splitlines()[:3]), "utf-8")
    assert record(run)["problems"]["both"] == []


def test_flips_are_shown_in_part_and_written_in_full(run: Run, folder: Path) -> None:
    rows = "".join(f"{n},2026-01-05 09:00,2026-01-05 11:00,2026-01-05 12:00,chat\n" for n in range(50))
    (folder / "tickets.csv").write_text(f"{TICKETS.splitlines()[0]}\n{rows}", "utf-8")
    answer = record(run, "--flips", "3", "--all-flips", "flips.csv")
    assert (answer["flip_count"], len(answer["flips"])) == (100, 6)
    with (folder / "flips.csv").open(encoding="utf-8", newline="") as file:
        header, *written = csv.reader(file)
    assert (tuple(header), len(written)) == (FLIP_COLUMNS, 100)
    assert {tuple(row[1:5]) for row in written} == {
        ("resolution", "0", "better", "met_late"), ("first_response", "0", "appeared", ""),
    }  # fmt: skip
    assert record(run, "--flips", "0")["flips"] == []


def test_nothing_is_written_when_a_run_fails_or_the_table_breaks_off(run: Run, folder: Path) -> None:
    (folder / "flips.csv").write_text("old")
    assert run(*REPLAY, "--strict", "--all-flips", "flips.csv")[0] == 1
    rows = "".join(f"{n},2026-01-05 09:00,,2026-01-05 12:00,chat\n" for n in range(20_000))
    whole = gzip.compress(f"{TICKETS.splitlines()[0]}\n{rows}".encode())
    (folder / "tickets.csv").write_bytes(whole[: len(whole) // 2])
    code, out, err = run(*REPLAY, "--all-flips", "flips.csv")
    assert (code, "table.broken-off" in out, "flips.csv" in err) == (1, True, True)
    assert (folder / "flips.csv").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "flips.csv"])


@pytest.mark.parametrize("name", FILES)
def test_an_input_is_never_overwritten(run: Run, folder: Path, name: str) -> None:
    code, out, err = run(*REPLAY, "--all-flips", name)
    assert (code, out, name in err) == (2, "", True)
    assert (folder / name).read_text("utf-8") == FILES[name]


def test_replay_stops_at_a_bad_row_when_strict(run: Run) -> None:
    code, out, err = run(*REPLAY, "--strict")
    assert (code, out) == (1, "")
    assert "table.bad-instant at row 5.opened (tickets.csv:5:1)" in err


def test_an_error_of_one_side_is_an_exit_code_when_strict(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text("\n".join(TICKETS.splitlines()[:3]), "utf-8")
    assert run(*REPLAY, "--strict")[0] == 0
    words = "vocabulary: {fields: {promised_at: instant}, "
    other = POLICY.replace("vocabulary: {", words).replace("{resolution: 2h}", "{resolution: {field: promised_at}}")
    (folder / "other.yaml").write_text(other, "utf-8")
    columns = COLUMNS.replace("facts: {", "constants: {promised_at: soon}\nfacts: {")
    (folder / "columns.yaml").write_text(columns, "utf-8")
    code, out, _ = run(*REPLAY, "--strict", "--format", "json")
    problems = json.loads(out)["problems"]
    assert (code, problems["both"], problems["before"]) == (1, [], [])
    assert {group["code"] for group in problems["after"]} >= {"sla.due-not-instant"}


def test_a_pipe_needs_an_instant_because_it_is_read_once(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").unlink()
    os.mkfifo(folder / "tickets.csv")
    code, out, err = run(*REPLAY)
    assert (code, out, err.count("\n")) == (2, "", 1)
    writer = Thread(target=lambda: (folder / "tickets.csv").write_text(TICKETS, "utf-8"))
    writer.start()
    assert record(run, "--as-of", "2026-01-05T20:00")["cases"] == 3
    writer.join()


@pytest.mark.parametrize("rows", ["", "A,soon,,,phone\n"])
def test_a_table_without_a_case_needs_an_instant(run: Run, folder: Path, rows: str) -> None:
    (folder / "tickets.csv").write_text(f"{TICKETS.splitlines()[0]}\n{rows}", "utf-8")
    code, out, err = run(*REPLAY)
    assert (code, out) == (1, "")
    assert "whatif.no-cases at as_of" in err
    assert ("table.bad-instant at row 2.opened" in err) == bool(rows)
    assert record(run, "--as-of", "2026-01-05T20:00")["lines"] == []


@pytest.mark.parametrize(
    "more",
    [("--by", "chanel"), ("--flips", "-1"), ("--flips", "many"), ("--flips", "10001"), ("--as-of", "yesterday"),
     ("--format", "pdf"), ("--due", "recorded")],
)  # fmt: skip
def test_wrong_usage_exits_2(run: Run, more: tuple[str, ...]) -> None:
    code, out, err = run(*REPLAY, *more)
    assert (code, out, "Traceback" in err, bool(err)) == (2, "", False, True)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\0", b"name: Silent\n", b'"'])
def test_an_unusable_input_exits_1_without_a_traceback(
    run: Run, folder: Path, name: str, content: bytes | None
) -> None:
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(content)
    code, out, err = run(*REPLAY)
    assert (code, out, "Traceback" in err, bool(err)) == (1, "", False, True)


@pytest.mark.parametrize(("name", "side"), [("policy.yaml", "before"), ("other.yaml", "after")])
def test_a_policy_that_promises_nothing_is_named(run: Run, folder: Path, name: str, side: str) -> None:
    (folder / name).write_text("name: Silent\n")
    assert f"whatif.no-sla at {side}.sla" in run(*REPLAY)[2]


def test_what_a_side_promises_and_no_column_brings_is_told_for_that_side(run: Run, folder: Path) -> None:
    """Fault I3: only the other policy promises a first response."""
    columns = COLUMNS.replace("first_replied_at: replied, ", "")
    (folder / "columns.yaml").write_text(columns, "utf-8")
    problems = json.loads(run(*REPLAY, "--format", "json")[1])["problems"]
    told = {side: [group["code"] for group in groups] for side, groups in problems.items()}
    assert "columns.promise-without-source" in told["after"]
    assert "columns.promise-without-source" not in told["before"]
