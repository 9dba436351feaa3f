"""A silenced tool is told what to be silent about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

BARE = re.compile(r"#\s*(type:\s*ignore(?!\[)|pyright:\s*ignore(?!\[)|noqa(?!:)|pragma: no cover\s*$)")


@pytest.mark.parametrize("folder", ["src", "tests", "examples", "benchmarks"])
def test_every_silencing_comment_names_its_rule(root: Path, folder: str) -> None:
    offenders = [
        f"{file.relative_to(root)}:{number}"
        for file in (root / folder).rglob("*.py")
        if file != Path(__file__)
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if BARE.search(line)
    ]
    assert offenders == []
