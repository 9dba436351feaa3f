"""A page printed as PDF by the Chromium that is installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

from servicekit.errors import ServiceKitError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
"""The names under which Chromium and its relatives are looked for."""

_QUIET = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # no name leads anywhere
    "--no-pdf-header-footer",
)
_SECONDS = 300


def printed_page(page: str) -> bytes:
    """The page as a PDF file, made in a profile of its own and without a network; of several languages each in turn.

    Raises:
        ServiceKitError: no Chromium is installed, or it did not print the page.
    """
    program = next(filter(None, map(which, PROGRAMS)), None)
    if program is None:
        raise ServiceKitError(
            "a PDF is printed by Chromium, which is not installed: install it, such as by `apt install chromium`, "
            "or write --format html and print that by a browser"
        )
    with TemporaryDirectory(prefix="servicekit-", ignore_cleanup_errors=True) as folder:
        source, target = Path(folder, "report.html"), Path(folder, "report.pdf")
        # No language is chosen, so none is hidden. In texts of users, ">" is written "&gt;".
        source.write_text(page.replace(" checked>", ">"), "utf-8")
        _print(program, source, target)
        return target.read_bytes()


def _print(program: str, source: Path, target: Path) -> None:
    options = [*_QUIET, f"--user-data-dir={source.parent / 'profile'}", f"--print-to-pdf={target}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # which Chromium demands of root; the page runs no script but ours
    try:
        run = subprocess.run([program, *options, source.as_uri()], check=False, capture_output=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise ServiceKitError(f"{program} did not print the page within {_SECONDS} seconds") from None
    if run.returncode or not target.is_file():
        told = run.stderr.decode(errors="replace").strip().splitlines()
        reason = told[-1] if told else f"it ended with {run.returncode}"
        raise ServiceKitError(f"{program} did not print the page: {reason}")
