"""``servicekit metrics`` knows the words of the field, and says where a figure is that no scorecard has."""

from __future__ import annotations

import pytest

from servicekit import kpi
from servicekit.cli import main
from servicekit.cli.figures.definitions import _ALSO_CALLED, _IN_PYTHON
from servicekit.kpi import STANDARD, clv


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["metrics", *arguments]) == 0
    return capsys.readouterr().out


def test_every_figure_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert [line.split()[0] for line in told(capsys).splitlines()] == [*STANDARD, *_IN_PYTHON]


def test_other_words_lead_to_the_same_page(capsys: pytest.CaptureFixture[str]) -> None:
    for word, name in _ALSO_CALLED.items():
        assert told(capsys, word) == told(capsys, name)


def test_what_is_not_in_a_scorecard_is_where_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    for name, (_, ways) in _IN_PYTHON.items():
        page = told(capsys, name)
        for names in (way for way, _ in ways):
            assert names in page
            for each in names.split(", "):
                door = clv if name == "customer_lifetime_value" else kpi
                noun, _, method = each.partition(".")
                assert noun in door.__all__
                assert not method or hasattr(getattr(door, noun), method)


def test_an_unknown_word_is_refused_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "backlock"]) == 2
    assert "did you mean 'backlog'?" in capsys.readouterr().err
