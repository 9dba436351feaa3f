"""A report says what was counted, exactly or rounded honestly, and stays aligned in Chinese."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Counted, DeskReport, Line
from servicekit.errors import Address, Problem, ProblemGroup
from servicekit.layout import display_width
from servicekit.quantity import Ratio, percent_text
from servicekit.reports import ENGLISH, FORMATS, render
from servicekit.reports.blocks.told import LocalMoment
from servicekit.sla import Attainment

PHONE = Attainment(met=46_572, met_late=8_073, missed=3_448)
CHAT = Attainment(met=9_999, met_late=1, open=4, cancelled=3, no_target=2)
REPORT = DeskReport(
    policy="服务台 | desk",
    version="7",
    timezone="Asia/Shanghai",
    due="recorded",
    as_of=datetime(2026, 3, 31, 16, tzinfo=UTC),
    records=68_110,
    cases=68_102,
    unreadable=1,
    lines=(Line("resolution", "chat", CHAT), Line("resolution", "phone", PHONE), Line("resolution", "", Attainment())),
    left_out=(Counted("test ticket", 5),),
    unjudged=(Counted("no recorded verdict", 2),),
    problems=(
        ProblemGroup(
            "table.bad-value", "error", 9,
            (Problem("table.bad-value", "row 3.渠道", "'传真' is not listed", "say so", address=Address("t.csv", 3)),),
        ),
    ),
    labels={"chat": "在线客服"},
)  # fmt: skip
COUNTS = st.integers(0, 10**6)


@given(COUNTS, COUNTS)
def test_a_percentage_is_honest(hits: int, misses: int) -> None:
    of = hits + misses
    text = percent_text(Ratio(hits, of).value)
    if not of:
        assert text == "n/a"
        return
    assert (text == "100.0 %") == (misses == 0)
    assert (text == "0.0 %") == (hits == 0)
    shown = Fraction(text.removesuffix(" %")) / 100
    assert abs(shown - Fraction(hits, of)) <= Fraction(1, 1000)


def test_the_text_says_everything_a_manager_needs() -> None:
    text = render(REPORT)
    lines = text.splitlines()
    for figure in ("46,572/58,093   80.2 %", "9,999/10,000   99.9 %", "0/0      n/a", "chat 在线客服", "(no channel)"):
        assert any(figure in line for line in lines), figure
    for words in ("68,110 records", "2026-04-01 00:00 Asia/Shanghai", "test ticket", "no recorded verdict",
                  "all_labelled", "promised", "stopped", "table.bad-value", "row 3.渠道", "and 8 more"):  # fmt: skip
        assert words in text, words
    assert "100.0 %" not in text
    assert text.endswith("\n")
    assert all(line == line.rstrip() for line in lines)


def test_the_tables_of_the_text_are_aligned() -> None:
    lines = render(REPORT).splitlines()
    for heading in ("Cases", "Attainment"):
        start = lines.index(heading) + 2
        table = lines[start : start + 5]
        assert {display_width(line) for line in table} == {display_width(table[0])}


def test_metrics_stand_apart_and_a_total_is_told_from_a_channel() -> None:
    both = replace(REPORT, lines=(*REPORT.lines, Line("first_response", "all", CHAT)))
    text, page = render(both).splitlines(), render(both, "markdown").splitlines()
    start = text.index("Cases") + 2
    assert text[start : start + 9].index("") == 5
    assert sum(line.startswith("| **") for line in page) == 2 * len(both.metrics)


def test_the_header_says_whose_instant_was_taken_when_none_was_given() -> None:
    assumed = replace(REPORT, as_of_case="C-17")
    assert ["C-17" in render(report).partition("\nCases")[0] for report in (REPORT, assumed)] == [False, True]
    assert json.loads(render(assumed, "json"))["as_of_case"] == "C-17"


def test_the_header_names_the_recorded_metrics_when_others_were_computed() -> None:
    partly = replace(REPORT, recorded=("resolution",), lines=(*REPORT.lines, Line("first_response", "chat", CHAT)))
    heads = [render(report).partition("\nCases")[0] for report in (replace(partly, lines=REPORT.lines), partly)]
    assert ["resolution" in head for head in heads] == [False, True]
    assert json.loads(render(partly, "json"))["recorded"] == ["resolution"]


@given(st.text(st.characters(), max_size=20))
def test_nothing_in_the_data_can_steer_the_terminal_or_break_a_line(name: str) -> None:
    text = render(replace(REPORT, lines=(Line("resolution", name, CHAT),), left_out=(Counted(name, 2),)))
    assert len(text.splitlines()) == len(render(replace(REPORT, lines=(Line("resolution", "x", CHAT),))).splitlines())
    assert {category(char) for char in text} & {"Cc", "Cf", "Cs"} <= {"Cc"}
    assert not set(text) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160))}


@pytest.mark.parametrize(("count", "words"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (1_000, "1,000 cases")])
def test_one_is_singular(count: int, words: str) -> None:
    assert ENGLISH.number(count, "case") == words


def test_the_json_has_exact_counts() -> None:
    record = json.loads(render(REPORT, "json"))
    total = record["lines"][-1]
    assert (total["channel"], total["met"], total["missed"]) == (None, 56_571, 3_448)
    assert total["attainment"]["stopped"] == {"numerator": 56_571, "denominator": 56_571 + 8_074}
    assert record["as_of"] == "2026-03-31T16:00:00Z"
    assert record["problems"][0]["examples"][0]["address"] == "t.csv:3:1"


def test_markdown_escapes_what_would_break_a_table() -> None:
    text = render(REPORT, "markdown")
    assert text.startswith("# 服务台 \\| desk\n")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert {line.count(" | ") for line in rows} == {8, 4}


@pytest.mark.parametrize(
    "name", ["c\r\r# INJECTED", "a\x1b[31mb", "a\x9b2Jb", "a\u2028# b", "a\x85- b", "a\n\n# b", "\x0c# b"]
)
def test_markdown_lets_no_text_steer_the_terminal_or_begin_a_block(name: str) -> None:
    """Fault O3: a lone carriage return made a heading of what followed it."""
    line = Line(name, name, PHONE)
    groups = (ProblemGroup("c", "error", 1, (Problem("c", name, name, name, address=Address(name, 3)),)),)
    counted = (Counted(name, 1),)
    changed = {"policy": name, "version": name, "as_of_case": name, "left_out": counted, "unjudged": counted}
    report = replace(REPORT, **changed, lines=(line,), problems=groups, labels={name: name})
    plain = replace(
        REPORT, **dict.fromkeys(("policy", "version", "as_of_case"), "x"), left_out=counted, unjudged=counted
    )
    plain = replace(plain, lines=(Line("x", "x", PHONE),), problems=groups, labels={})
    shown = render(report, "markdown")
    assert all(line.isprintable() for line in shown.split("\n"))
    assert shown.count("\n") == render(plain, "markdown").count("\n")
    assert not any(line.startswith(("# INJECTED", "# b", "- b")) for line in shown.splitlines())


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_report_can_be_rendered(format: str) -> None:
    empty = DeskReport("Desk", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    assert render(empty, format).endswith("\n")  # type: ignore[arg-type]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError):
        render(REPORT, "pdf")  # type: ignore[arg-type]


def test_seconds_are_shown_only_where_there_are_some() -> None:
    at = datetime(2026, 1, 5, 9, 0, 7, tzinfo=UTC)
    shown = tuple(ENGLISH.tell(LocalMoment(each, "UTC")) for each in (at, at.replace(second=0)))
    assert shown == ("2026-01-05 09:00:07 UTC", "2026-01-05 09:00 UTC")
