"""Documents of a shop gone wrong, through the commands about customers: an exit code and lines that tell why, soon."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from shutil import copy

import pytest

from servicekit.cli import main
from tests.cli.mutations import mutated

MUTATIONS = int(os.environ.get("MUTATIONS", "40"))
SECONDS = 5.0
MOST_PRINTED = 200_000


@pytest.fixture
def shop(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path in (root / "examples" / "shop").iterdir():
        copy(path, tmp_path / path.name)
    monkeypatch.chdir(tmp_path)
    assert all(main(command) == 0 for command in commands("policy.yaml", "columns.yaml"))
    return tmp_path


def commands(policy: str, columns: str) -> list[list[str]]:
    table = ["purchases.csv", "--columns", columns, "--as-of", "2026-06-30"]
    return [
        ["check", policy],
        ["tiers", policy, *table, "--out", "out.csv"],
        ["tiers", policy, *table, "--member", "c-01", "--format", "json"],
        ["tiers", "policy.yaml", *table, "--against", policy],
        ["segments", policy, *table, "--format", "markdown"],
        ["segments", policy, *table, "--list", "dormant"],
        ["segments", policy, *table, "--triggers", "2026-07-01..2026-12-31"],
    ]


def mutation(number: int, folder: Path) -> list[list[str]]:
    """The mutation of a number as a file, and the commands to be run on it; two of three are of policies."""
    rng = Random(f"customers {number}")
    original = "policy.yaml" if number % 3 else "columns.yaml"
    suffix, content = mutated((folder / original).read_text("utf-8"), rng)
    path = folder / f"mutation{suffix}"
    path.write_bytes(content)
    return commands(path.name, "columns.yaml") if number % 3 else commands("policy.yaml", path.name)[1:]


def test_no_document_gone_wrong_is_a_traceback_or_takes_long(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed: list[str] = []
    for number in range(MUTATIONS):
        for command in mutation(number, shop):
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
                    f"{number} {command}: {code}, {took:.1f} s, {len(out) + len(err)} characters, {odd[:1]!r:.99}"
                )
    assert failed == []
