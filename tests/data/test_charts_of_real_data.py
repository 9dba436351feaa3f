"""Charts of real data hold the figures that were counted without them: the calls of a bank, and CDNOW."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
import vl_convert

from servicekit.kpi import CohortTable, Scorecard
from servicekit.reports import chart, table

OUTCOMES = {"AGENT": "answered", "HANG": "abandoned"}
SECOND = 1_000_000
CARD = Scorecard.parse("""
metrics:
  level: {kind: service_level, within: 20s, variant: all_abandons_count_against}
  wait: {kind: quantile, table: contact, column: wait_us, unit: duration, q: 0.9, method: linear}
targets: {level: {at_least: 80%}, wait: {at_most: 2m}}
""").compile()


@pytest.fixture(scope="module")
def calls(shared_data: Path, absent: Callable[[str], NoReturn]) -> list[dict[str, Any]]:
    file = shared_data / "bank_calls_1999_02" / "anonymous_bank_1999_02.tsv.gz"
    if not file.is_file():
        absent("the calls of the bank are not among the real data sets")
    with gzip.open(file, "rt") as lines:
        rows = [each for each in csv.DictReader(lines, delimiter="\t") if each["outcome"] in OUTCOMES]
    return [
        {
            "at": datetime.strptime(each["date"], "%y%m%d").replace(tzinfo=ZoneInfo("Asia/Jerusalem")),
            "issue_type": each["type"],
            "outcome": OUTCOMES[each["outcome"]],
            "wait_us": int(each["q_time"]) * SECOND,
        }
        for each in rows
    ]


@pytest.fixture(scope="module")
def cohorts(shared_data: Path) -> CohortTable:
    with gzip.open(shared_data / "cdnow" / "CDNOW_master.txt.gz", "rt") as lines:
        rows = [line.split() for line in lines][1:]
    visits = [(who, date(int(on[:4]), int(on[4:6]), int(on[6:]))) for who, on, *_ in rows]
    return CohortTable.of(visits, "month")


def texts(subject: Any) -> Counter[str]:
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart(subject).to_json()))
    return Counter("".join(each.itertext()) for each in svg.iter() if each.tag.endswith("}text"))


def test_the_service_level_of_each_type_of_call_is_drawn_with_its_count(calls: list[dict[str, Any]]) -> None:
    results = CARD.measure({"contact": calls}, by=["issue_type"])
    drawn = texts(results)
    for kind in {call["issue_type"] for call in calls}:
        waits = [call for call in calls if call["issue_type"] == kind]
        answered = sum(call["outcome"] == "answered" and call["wait_us"] <= 20 * SECOND for call in waits)
        assert drawn[f"n {len(waits):,}"] >= 1
        assert any(text.startswith(f"{100 * answered / len(waits):.1f} % (") for text in drawn)
        assert f"{100 * answered / len(waits):.1f} %" in table(results).as_raw_html()


def test_every_wait_of_the_bank_is_in_one_bar(calls: list[dict[str, Any]]) -> None:
    told = CARD.distribution(CARD.states({"contact": calls}), "wait")
    drawn = chart(told).to_dict()
    rows = drawn["data"]["values"]
    assert sum(row["end"] - row["start"] for row in rows) == len(calls) == told.n
    first = rows[0]
    assert first["end"] == sum(call["wait_us"] < first["to"] * SECOND for call in calls)
    short = sum(call["wait_us"] <= 120 * SECOND for call in calls)
    assert f"up to which {100 * short / len(calls):.1f} % reach" in drawn["description"]


def test_the_triangle_of_cdnow_has_the_counts_of_its_file(shared_data: Path, cohorts: CohortTable) -> None:
    with gzip.open(shared_data / "cdnow" / "CDNOW_master.txt.gz", "rt") as lines:
        months: dict[str, set[str]] = {}
        next(lines)  # the head
        for who, on, *_ in map(str.split, lines):
            months.setdefault(who, set()).add(on[:6])
    firsts = Counter(min(each) for each in months.values())
    again = Counter((min(each), month) for each in months.values() for month in each)
    rows = {(row["cohort"], row["later"]): row for row in chart(cohorts).to_dict()["data"]["values"]}
    for first, size in firsts.items():
        name = f"{first[:4]}-{first[4:]}"
        assert rows[name, "size"]["customers"] == f"{size:,}"
        for later in range(1, 18):
            place = int(first[:4]) * 12 + int(first[4:]) - 1 + later
            counted = again[first, f"{place // 12}{place % 12 + 1:02}"]
            if (name, f"+{later}") in rows:
                assert rows[name, f"+{later}"]["customers"] == f"{counted:,} of {size:,}"
    assert set(firsts) == {"199701", "199702", "199703"}
