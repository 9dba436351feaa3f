"""OUT.csv: whole or not at all, with the mode that it had, and nothing left beside it (fault O2)."""

from __future__ import annotations

import csv
import os
import shlex
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.test_cli import POLICY, REPORT, TICKETS, Run, folder, run

__all__ = ["folder", "run"]

FILES = ["columns.yaml", "policy.yaml", "tickets.csv"]
PROGRAM = [sys.executable, "-m", "servicekit", *REPORT]
ENDLESS = "".join(f"{n},2026-01-05 09:00,2026-01-05 12:00,chat\n" for n in range(200_000))


def outcomes(run: Run, out: str) -> str:
    code, _, err = run(*REPORT, "--outcomes", out)
    assert (code, err) == (0, "")
    return Path(out).read_text("utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o666])
def test_output_keeps_its_mode(run: Run, folder: Path, kept: int) -> None:
    """Fault O2: an output that only its owner could read came back readable to all."""
    out = folder / "out.csv"
    out.touch()
    out.chmod(kept)
    with umask(0o022):
        assert outcomes(run, "out.csv").startswith("case_id,")
    assert mode(out) == kept


@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_new_output_follows_the_umask(run: Run, folder: Path, mask: int, expected: int) -> None:
    with umask(mask):
        outcomes(run, "out.csv")
        assert os.umask(mask) == mask
    assert mode(folder / "out.csv") == expected
    assert names(folder) == sorted([*FILES, "out.csv"])


def test_planted_links_are_not_followed(run: Run, folder: Path) -> None:
    """Fault O2: the name of the part file could be guessed, and what a link of that name led to was overwritten."""
    (folder / "victim").write_text("precious")
    for planted in (f".out.csv.{os.getpid()}.part", ".out.csv.part", "out.csv.part", ".servicekit-.part"):
        (folder / planted).symlink_to("victim")
    outcomes(run, "out.csv")
    assert (folder / "victim").read_text() == "precious"


@pytest.mark.parametrize("exists", [True, False])
def test_output_that_is_a_link_stays_one(run: Run, folder: Path, exists: bool) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    if exists:
        (elsewhere / "real.csv").touch(0o600)
    (folder / "out.csv").symlink_to("elsewhere/real.csv")
    assert outcomes(run, "out.csv").startswith("case_id,")
    assert (folder / "out.csv").is_symlink()
    assert names(elsewhere) == ["real.csv"]
    assert not exists or mode(elsewhere / "real.csv") == 0o600


def test_link_to_itself_is_one_line(run: Run, folder: Path) -> None:
    (folder / "out.csv").symlink_to("out.csv")
    code, _, err = run(*REPORT, "--outcomes", "out.csv")
    assert (code, err.count("\n"), "'out.csv'" in err) == (1, 1, True)


def test_output_with_a_name_of_the_longest_kind_is_written(run: Run, folder: Path) -> None:
    assert outcomes(run, f"{'x' * 251}.csv").startswith("case_id,")


def test_pipe_is_written_directly(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with subprocess.Popen([*PROGRAM, "--outcomes", "pipe"], stdout=subprocess.DEVNULL) as process:
        told = (folder / "pipe").read_text("utf-8")
    assert (process.returncode, told.partition(",")[0], told.count("\n")) == (0, "case_id", 7)
    assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)
    assert names(folder) == sorted([*FILES, "pipe"])


@pytest.mark.parametrize("to_file", [True, False], ids=["file", "pipe"])
def test_standard_output_has_outcomes_and_report(folder: Path, to_file: bool) -> None:
    """What is standard output already is not put in its place: the report goes there as well."""
    command = [*PROGRAM, "--outcomes", "/dev/stdout"]
    if to_file:
        with (folder / "all.txt").open("w", encoding="utf-8") as file:
            subprocess.run(command, stdout=file, check=True)
        told = (folder / "all.txt").read_text("utf-8")
    else:
        told = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    assert told.startswith("case_id,")
    assert "\nHotline\n" in told
    assert names(folder) == sorted([*FILES, *(["all.txt"] if to_file else [])])


@pytest.mark.parametrize("closed", ["2>&-", ">&-", ">&- 2>&-"])
@pytest.mark.parametrize("out", ["/dev/stderr", "/dev/stdout", "/dev/fd/2", "/proc/self/fd/2"])
def test_no_file_is_written_over_when_a_closed_stream_is_named(folder: Path, out: str, closed: str) -> None:
    """A file that is opened takes the number of a closed stream, and was written over under its name."""
    before = {path: path.read_bytes() for path in folder.iterdir()}
    words = " ".join(map(shlex.quote, [*PROGRAM, "--outcomes", out]))
    ended = subprocess.run(["sh", "-c", f"{words} {closed}"], capture_output=True, timeout=60, check=False)
    assert b"Traceback" not in ended.stderr + ended.stdout
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("sent", [[signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT], [signal.SIGTERM, signal.SIGHUP]])
def test_nothing_is_left_behind_when_the_run_is_ended(folder: Path, sent: list[signal.Signals]) -> None:
    """Fault O2: TERM and HUP left the part file behind."""
    (folder / "tickets.csv").write_text(TICKETS + ENDLESS, "utf-8")
    (folder / "out.csv").write_text("old")
    with subprocess.Popen([*PROGRAM, "--outcomes", "out.csv"], stderr=subprocess.PIPE) as process:
        while len(names(folder)) == len(FILES) + 1 and process.poll() is None:
            time.sleep(0.01)
        for number in sent:
            process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode in {128 + number for number in sent}
    assert b"Traceback" not in err
    assert (folder / "out.csv").read_text() == "old"
    assert names(folder) == sorted([*FILES, "out.csv"])


def test_hang_up_that_is_ignored_does_not_end_the_run(folder: Path) -> None:
    """As under ``nohup``."""
    (folder / "tickets.csv").write_text(TICKETS + ENDLESS[:200_000], "utf-8")
    code = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); from servicekit.cli import main; import sys; "
    program = [sys.executable, "-c", f"{code} sys.exit(main({[*REPORT, '--outcomes', 'out.csv']!r}))"]
    with subprocess.Popen(program, stdout=subprocess.DEVNULL) as process:
        while len(names(folder)) == len(FILES) and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGHUP)
    assert process.returncode == 0
    assert names(folder) == sorted([*FILES, "out.csv"])


def test_handlers_of_the_calling_program_stay(run: Run) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)]
    run(*REPORT)
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)] == before


WILD = ["=1+1", "+1", "-5", "@SUM(A1)", "=cmd|' /C calc'!A0"]


def columns_of(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


@pytest.mark.parametrize("command", ["report", "replay"])
def test_texts_are_exact_for_programs_and_neutral_for_spreadsheets(run: Run, folder: Path, command: str) -> None:
    """Fault O4: case ids that begin with =, +, - or @ went to CSV as they are, for whoever opens it."""
    rows = "".join(f"{text},2026-01-05 09:00,2026-01-05 12:00,chat\n" for text in WILD)
    (folder / "tickets.csv").write_text(f"id,opened,done,channel\n{rows}", "utf-8")
    (folder / "other.yaml").write_text(POLICY.replace("2h", "4h"), "utf-8")
    names = ("policy.yaml",) if command == "report" else ("policy.yaml", "other.yaml")
    out = "--outcomes" if command == "report" else "--all-flips"
    arguments = (command, *names, *REPORT[2:], out, "out.csv")
    assert run(*arguments)[0] == 0
    exact = columns_of(folder / "out.csv")
    assert run(*arguments, "--spreadsheet")[0] == 0
    neutral = columns_of(folder / "out.csv")
    assert set(exact["case_id"]) == set(WILD)
    assert neutral.pop("case_id") == [f"'{text}" for text in exact.pop("case_id")]
    assert neutral == exact


def test_form_is_refused_when_no_file_is_written(run: Run) -> None:
    code, _, err = run(*REPORT, "--spreadsheet")
    assert (code, "--outcomes OUT.csv" in err) == (2, True)
