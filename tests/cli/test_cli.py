"""The command line: what it prints, how it exits, and that nothing ends in a traceback."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from servicekit.cli import main
from servicekit.cli.arguments import parser
from servicekit.cli.reports.answer import chosen_format
from servicekit.reports import FORMATS
from servicekit.sla import OUTCOME_COLUMNS, from_row

POLICY = """\
name: Hotline
version: "7"
timezone: Asia/Shanghai
vocabulary: {channels: {phone: 电话, chat: 在线}}
calendars:
  desk: {weekly: {mon-fri: ["09:00-18:00"]}, dates: {2026-01-06: []}}
  night: {weekly: {mon-sun: ["22:00-06:00"]}}
sla:
  calendar: desk
  targets:
    - {resolution: 2h}
    - {when: {channel: chat}, first_response: 30s}
"""
COLUMNS = """\
timezone: Asia/Shanghai
columns: {case_id: id, opened_at: opened, resolved_at: done}
facts: {channel: channel}
"""
TICKETS = """\
id,opened,done,channel
A,2026-01-05 09:00,2026-01-05 10:00,phone
B,2026-01-05 09:00,2026-01-05 12:00,chat
C,2026-01-05 09:00,,phone
D,soon,,phone
"""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY, "utf-8")
    (tmp_path / "columns.yaml").write_text(COLUMNS, "utf-8")
    (tmp_path / "tickets.csv").write_text(TICKETS, "utf-8")
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


REPORT = ("report", "policy.yaml", "tickets.csv", "--columns", "columns.yaml")


def test_report_prints_everything_and_exits_0_when_a_row_is_bad(run: Run) -> None:
    code, out, err = run(*REPORT)
    assert (code, err) == (0, "")
    for words in ("Hotline", "table.bad-instant", "row 5.opened", "phone 电话", "1/3   33.3 %"):
        assert words in out, words


def test_report_stops_at_a_bad_row_when_strict(run: Run) -> None:
    code, out, err = run(*REPORT, "--strict")
    assert (code, out) == (1, "")
    assert "table.bad-instant at row 5.opened (tickets.csv:5:1)" in err


@pytest.mark.parametrize("format", FORMATS)
def test_report_has_formats(run: Run, format: str) -> None:
    code, out, _ = run(*REPORT, "--format", format)
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


def test_the_latest_instant_is_taken_when_no_as_of_is_given(run: Run) -> None:
    assert json.loads(run(*REPORT, "--format", "json")[1])["as_of"] == "2026-01-05T04:00:00Z"
    at = json.loads(run(*REPORT, "--format", "json", "--as-of", "2026-01-05T09:30")[1])
    assert at["as_of"] == "2026-01-05T01:30:00Z"
    assert at["lines"][-1]["open"] == 3


def test_a_report_without_an_instant_names_the_case_that_set_it(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text(f"{TICKETS}E,2026-01-05 09:00,9999-12-31 09:00,phone\n", "utf-8")
    assumed = json.loads(run(*REPORT, "--format", "json")[1])
    assert (assumed["as_of"], assumed["as_of_case"]) == ("9999-12-31T01:00:00Z", "E")
    assert "desk.as-of-from-data" in {group["code"] for group in assumed["problems"]}
    given = json.loads(run(*REPORT, "--format", "json", "--as-of", "2026-01-05T13:00")[1])
    assert (given["as_of_case"], "desk.as-of-from-data" in str(given["problems"])) == (None, False)


def test_recorded_due_moments_are_refused_when_nobody_recorded_them(run: Run, folder: Path) -> None:
    code, out, err = run(*REPORT, "--due", "recorded")
    assert (code, out) == (1, "")
    assert "desk.no-recorded-due at sla.recorded_due" in err
    (folder / "policy.yaml").write_text(RECORDED_POLICY, "utf-8")
    code, out, err = run(*REPORT, "--due", "recorded")
    assert (code, out) == (1, "")
    assert "desk.no-recorded-due at facts.promised_at (columns.yaml:" in err
    (folder / "columns.yaml").write_text(
        COLUMNS.replace("}\nfacts: {", "}\nfacts: {promised_at: {column: done, type: instant}, "), "utf-8"
    )
    code, out, _ = run(*REPORT, "--due", "recorded", "--format", "json")
    assert (code, json.loads(out)["recorded"]) == (0, ["resolution"])


def test_another_delimiter_is_told_in_one_line(run: Run, folder: Path) -> None:
    (folder / "tickets.csv").write_text(TICKETS.replace(",", ";"), "utf-8")
    code, _, err = run(*REPORT)
    assert (code, err.count("\n")) == (1, 1)
    assert "table.delimiter at delimiter (tickets.csv:1:1)" in err


def test_outcomes_are_written_whole(run: Run, folder: Path) -> None:
    assert run(*REPORT, "--outcomes", "out.csv")[0] == 0
    with (folder / "out.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert tuple(header) == OUTCOME_COLUMNS
    assert sorted((o.case_id, o.metric, o.outcome) for o in map(from_row, rows)) == [
        ("A", "first_response", "no_target"), ("A", "resolution", "met"),
        ("B", "first_response", "met_late"), ("B", "resolution", "met_late"),
        ("C", "first_response", "no_target"), ("C", "resolution", "missed"),
    ]  # fmt: skip


def test_an_old_file_stays_and_nothing_is_left_behind_when_a_run_fails(run: Run, folder: Path) -> None:
    (folder / "out.csv").write_text("old")
    assert run(*REPORT, "--strict", "--outcomes", "out.csv")[0] == 1
    assert (folder / "out.csv").read_text() == "old"
    assert sorted(path.name for path in folder.iterdir()) == ["columns.yaml", "out.csv", "policy.yaml", "tickets.csv"]


def test_a_table_that_breaks_off_is_reported_and_exits_1(run: Run, folder: Path) -> None:
    rows = "".join(f"{n},2026-01-05 09:00,2026-01-05 10:00,phone\n" for n in range(20_000))
    whole = gzip.compress(f"id,opened,done,channel\n{rows}".encode())
    (folder / "tickets.csv").write_bytes(whole[: len(whole) // 2])
    code, out, err = run(*REPORT, "--outcomes", "out.csv")
    assert code == 1
    assert "table.broken-off" in out
    assert "out.csv" in err
    assert not (folder / "out.csv").exists()


def test_an_input_is_never_overwritten(run: Run, folder: Path) -> None:
    code, _, err = run(*REPORT, "--outcomes", "./tickets.csv")
    assert (code, "tickets.csv" in err) == (2, True)
    assert (folder / "tickets.csv").read_text("utf-8") == TICKETS


def test_outcomes_go_straight_to_what_is_no_regular_file(run: Run) -> None:
    assert run(*REPORT, "--outcomes", "/dev/null")[0] == 0
    assert not Path("/dev/null").is_file()


def test_due_tells_the_promise_and_its_row(run: Run) -> None:
    code, out, _ = run("due", "policy.yaml", "--at", "2026-01-05T17:30", "--set", "channel=chat")
    assert code == 0
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "opened 2026-01-05 Mon 17:30:00 Asia/Shanghai",
        "first_response 30s due 2026-01-05 Mon 17:30:30 Asia/Shanghai sla.targets[1] on desk",
        "resolution 2h due 2026-01-07 Wed 10:30:00 Asia/Shanghai sla.targets[0] on desk",
    ]


def test_hours_tell_each_day_and_why_it_differs(run: Run) -> None:
    code, out, _ = run("hours", "policy.yaml", "desk", "--from", "2026-01-04", "--days", "3")
    assert code == 0
    sunday, monday, tuesday = (line.split() for line in out.splitlines()[1:])
    assert sunday == ["2026-01-04", "Sun", "closed"]
    assert monday == ["2026-01-05", "Mon", "09:00-18:00", "9h"]
    assert tuesday[:3] == ["2026-01-06", "Tue", "closed"]
    assert len(tuesday) > 3


def test_hours_past_midnight_say_so(run: Run) -> None:
    assert "22:00-06:00+1d" in run("hours", "policy.yaml", "night", "--from", "2026-01-05", "--days", "1")[1]


def test_hours_are_told_as_far_as_they_are_known(run: Run, folder: Path) -> None:
    (folder / "policy.yaml").write_text(WARNING_POLICY.replace("UNANNOUNCED", "raise"), "utf-8")
    code, out, err = run("hours", "policy.yaml", "desk", "--from", "2026-12-30", "--days", "4")
    assert (code, [line[:10] for line in out.splitlines()[1:]]) == (1, ["2026-12-30", "2026-12-31"])
    assert "2027" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("hours", "policy.yaml", "desk", "--from", "9999-12-30"),
        ("due", "policy.yaml", "--at", "9999-01-01T09:00"),
        (*REPORT, "--as-of", "2026-02-01"),
    ],
)
def test_a_horizon_is_told_without_python(run: Run, folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "tickets.csv").write_text(f"{TICKETS}E,1066-10-14 09:00,,phone\n", "utf-8")
    code, out, err = run(*arguments)
    assert code == int(arguments[0] != "report")
    assert "horizon" in out + err or "covers" in out + err
    assert "compile" not in out + err


def test_check_lists_every_problem_with_its_place(run: Run, folder: Path) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("30s", "30").replace("version", "verison"), "utf-8")
    code, out, _ = run("check", "policy.yaml")
    assert code == 1
    assert "document.unknown-key at verison (policy.yaml:2:1)" in out
    assert "duration.text at sla.targets[1].first_response (policy.yaml:12:" in out
    assert run(*REPORT)[0] == 1


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("reprot",),
        ("report", "policy.yaml", "tickets.csv"),
        (*REPORT, "--due", "guessed"),
        (*REPORT, "--as-of", "yesterday"),
        ("due", "policy.yaml", "--at", "now"),
        ("due", "policy.yaml", "--at", "2026-01-05T09:00", "--set", "channel"),
        ("due", "policy.yaml", "--at", "2026-01-05T09:00", "--set", "chanel=chat"),
        ("due", "policy.yaml", "--at", "2026-01-05T09:00", "--set", "channel=chat", "--set", "channel=phone"),
        ("due", "policy.yaml", "--at", "2026-01-05T09:00", "--set", "channel=chatt"),
        ("hours", "policy.yaml", "dekc", "--from", "2026-01-05"),
        ("hours", "policy.yaml", "desk", "--from", "soon"),
        ("hours", "policy.yaml", "desk", "--from", "2026-01-05", "--days", "0"),
    ],
)
def test_wrong_usage_exits_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("policy.yaml", None), ("policy.yaml", b""), ("policy.yaml", b"\xff\xfe\0"), ("policy.yaml", b"a: &a [*a]"),
        ("policy.yaml", b"name: X\ntimezone: Mars/Olympus\n"), ("policy.yaml", b"name: X\n"),
        ("columns.yaml", None), ("columns.yaml", b"[]"), ("columns.yaml", COLUMNS.replace("done", "solved").encode()),
        ("tickets.csv", None), ("tickets.csv", b""), ("tickets.csv", b"\x1f\x8bjunk"), ("tickets.csv", b'"'),
    ],
)  # fmt: skip
def test_an_unusable_input_exits_1_with_its_name(run: Run, folder: Path, file: str, content: bytes | None) -> None:
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content)
    code, _, err = run(*REPORT)
    assert (code, "Traceback" in err) == (1, False)
    assert err


@pytest.mark.parametrize(
    ("out", "named"),
    [("no/such/out.csv", "'no/such'"), (".", "'.'"), ("/", "'/'"), ("tickets.csv/out.csv", "'tickets.csv'")],
)
def test_an_output_that_cannot_be_written_exits_1_with_the_place_that_is_wrong(run: Run, out: str, named: str) -> None:
    code, _, err = run(*REPORT, "--outcomes", out)
    assert code == 1
    assert err.startswith("servicekit: ")
    assert named in err
    assert ".part" not in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "content", [b"\0" * 100, b'"' * 10_001, b"id,opened,done,channel\n" + b'"' * 9_999, b"\xff" * 500]
)
def test_rubbish_for_a_table_is_no_traceback(run: Run, folder: Path, content: bytes) -> None:
    (folder / "tickets.csv").write_bytes(content)
    assert "Traceback" not in run(*REPORT)[2]


def test_the_module_runs_as_a_program_and_a_closed_pipe_is_one_line(folder: Path) -> None:
    program = [sys.executable, "-m", "servicekit", "hours", "policy.yaml", "desk", "--from", "2026-01-01"]
    program += ["--days", "3660"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 1
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_character_that_the_terminal_cannot_show_is_no_failure(folder: Path) -> None:
    (folder / "policy.yaml").write_text(POLICY.replace("Hotline", "热线"), "utf-8")
    program = [sys.executable, "-m", "servicekit", *REPORT]
    ran = subprocess.run(program, env={"PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert ran.returncode == 0
    assert b"\\u70ed\\u7ebf" in ran.stdout


def test_help_loads_no_pydantic() -> None:
    code = "import sys; from servicekit.cli.arguments import parser; parser(); print('pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_the_formats_of_the_command_are_those_of_the_reports() -> None:
    reported = parser().parse_args(["report", "p", "t", "--columns", "c"])
    assert chosen_format(reported) in FORMATS
    for format in FORMATS:
        parser().parse_args(["report", "p", "t", "--columns", "c", "--format", format])


RECORDED_POLICY = (
    POLICY.replace("vocabulary: {", "vocabulary: {fields: {promised_at: instant}, ")
    + "  recorded_due: {resolution: promised_at}\n"
)
WARNING_POLICY = """\
name: Hotline
timezone: Asia/Shanghai
calendars:
  desk: {weekly: {mon-fri: ["09:00-18:00"]}, holidays: [CN], known_until: 2026, unannounced: UNANNOUNCED}
"""


@pytest.mark.parametrize(("unannounced", "code"), [("raise", 1), ("warn", 0), ("assume", 0)])
@pytest.mark.filterwarnings("default")
def test_hours_of_a_year_not_announced_are_told_apart(run: Run, folder: Path, unannounced: str, code: int) -> None:
    (folder / "policy.yaml").write_text(WARNING_POLICY.replace("UNANNOUNCED", unannounced), "utf-8")
    ended, out, err = run("hours", "policy.yaml", "desk", "--from", "2027-01-04", "--days", "2")
    assert (ended, bool(out)) == (code, code == 0)
    assert err.count("\n") == (unannounced != "assume")


@pytest.mark.parametrize(("closed", "code"), [(">&-", 1), ("2>&-", 0), (">&- 2>&-", 1)])
@pytest.mark.parametrize(
    "command", ["check policy.yaml", "hours policy.yaml desk --from 2026-01-05", "report policy.yaml tickets.csv"]
)
def test_a_closed_stream_is_no_traceback(folder: Path, command: str, closed: str, code: int) -> None:
    """Fault D1: without a place to write to there is nothing to be done, and it is said where it can be."""
    columns = " --columns columns.yaml" if command.startswith("report") else ""
    line = f"exec {sys.executable} -m servicekit {command}{columns} {closed}"
    ran = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (code, "servicekit: the output is closed\n" if closed == ">&-" else "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_one_line(folder: Path) -> None:
    line = f"exec {sys.executable} -m servicekit check policy.yaml >/dev/full"
    ran = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", ["check", "due"])
def test_of_very_many_problems_the_first_are_told_and_the_rest_counted(run: Run, folder: Path, command: str) -> None:
    """Fault D2: 100,000 problems printed 25 MB."""
    (folder / "policy.yaml").write_text(POLICY + "".join(f"k{n}: 1\n" for n in range(5000)))
    code, out, err = run(command, "policy.yaml", *(["--at", "2026-01-05T10:00"] if command == "due" else []))
    lines = (out or err).splitlines()
    assert (code, len(lines)) == (1, 102 if command == "check" else 101)
    assert lines[100].endswith("... and 4,900 more problems")


def test_errors_are_told_before_warnings_where_not_all_are_told(run: Run, folder: Path) -> None:
    rows = "".join("    - {}\n" for _ in range(300))
    (folder / "policy.yaml").write_text(f"{POLICY}{rows}    - {{when: {{teir: vip}}, resolution: 1h}}\n")
    code, out, _ = run("check", "policy.yaml")
    assert code == 1
    assert out.startswith("error sla.unknown-field")
    assert out.endswith("policy.yaml: 1 error, 300 warnings\n")


@pytest.mark.parametrize(
    "text",
    [
        'name: d\nvocabulary: {channels: ["a\\e[31m"]}',
        'name: d\nvocabulary: {channels: {"a\\e[31m": x}}',
        'name: d\n"k\\e[31m": 1',
        'name: d\nsla: {calendar: "a\\e[31m\\r# b"}',
        'name: d\ncalendars: {"c\\e]0;title\\a": {weekly: {mon: ["09:00-\\e[2J"]}}}',
        'name: d\ncalendars: {"c\\u202e\\x9b": {holidays: ["C\\e"]}}',
    ],
)
def test_nothing_in_a_policy_steers_the_terminal(run: Run, folder: Path, text: str) -> None:
    """Fault O3: ``check`` printed the escape character of a vocabulary's id as it is."""
    (folder / "policy.yaml").write_text(text, "utf-8")
    code, out, err = run("check", "policy.yaml")
    assert code == 1
    assert all(line.isprintable() for line in (out + err).splitlines())
