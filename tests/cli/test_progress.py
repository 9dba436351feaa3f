"""A bar where somebody watches, silence everywhere else."""

from __future__ import annotations

import io
import sys

import pytest

from servicekit.cli import progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_when_stderr_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(progress.watched(range(1000), lambda: 0, 1000)) == list(range(1000))
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_shown_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rich", reason="the bar needs the extra 'cli'")
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    assert list(progress.watched(range(1000), lambda: 500, 1000)) == list(range(1000))
    assert "reading tickets" in screen.getvalue()


def test_nothing_is_shown_when_rich_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setitem(sys.modules, "rich.progress", None)
    assert list(progress.watched(range(10), lambda: 0, 10)) == list(range(10))
    assert screen.getvalue() == ""
