"""A real Chromium and a real HTML checker, each started by its fixture and stopped at the end of the run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from tests.browser.nu_checker import NuChecker
from tests.browser.page_judge import PageJudge

Absent = Callable[[str], NoReturn]

JAR = Path(sys.prefix) / "nu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


@pytest.fixture(scope="session")
def chromium(absent: Absent) -> str:
    """The program, where fonts for Chinese are installed as well."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        absent("Chromium is not installed")
    if not subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=True).stdout:
        absent("no font for Chinese is installed (fonts-noto-cjk)")
    return found


@pytest.fixture(scope="session")
def nu_checker(absent: Absent) -> Iterator[NuChecker]:
    if shutil.which("java") is None:
        absent("Java is not installed")
    if not JAR.is_file():
        absent(f"the Nu HTML checker is not at {JAR} (`make server` brings it)")
    checker = NuChecker(JAR)
    yield checker
    checker.stop()


@pytest.fixture(scope="session")
def judge(chromium: str, nu_checker: NuChecker, absent: Absent) -> Iterator[PageJudge]:
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        absent("playwright and axe-playwright-python are not installed (extra: check)")
    judge = PageJudge(chromium, nu_checker)
    yield judge
    judge.stop()
