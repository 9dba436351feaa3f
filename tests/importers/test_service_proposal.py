"""A mapping is proposed for a table of the service that nobody has described yet."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.cli import main
from servicekit.errors import PolicyError
from servicekit.importers import (
    AnswerMapping,
    ContactMapping,
    EvaluationMapping,
    OutageMapping,
    WorkMapping,
    read_answers,
    read_contacts,
    read_sources,
)
from servicekit.importers.proposal.service_tables import ServiceName, propose_service
from servicekit.importers.proposal.service_tables.scores import scale_of
from servicekit.importers.service.answer_table import ScaleRange

FILES: dict[ServiceName, str] = {"contacts": "calls", "answers": "survey", "evaluations": "quality", "work": "hours"}


def proposed(folder: Path, table: ServiceName, text: str) -> str:
    file = folder / "table.csv"
    file.write_text(text, "utf-8")
    return propose_service(file, table)


def remarks(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if not line.startswith("#") and "#" in line]
    return {line.partition(":")[0].strip(): line.partition("# ")[2] for line in lines}


@given(scores=st.lists(st.decimals(0, 100, places=1), min_size=1, max_size=6))
def test_a_proposed_scale_has_all_scores(scores: Sequence[Decimal]) -> None:
    scale = ScaleRange.model_validate(scale_of([str(score) for score in scores])).scale()
    assert [score for score in scores if score not in scale] == []


def test_what_is_proposed_for_the_example_is_what_it_has(root: Path) -> None:
    folder = root / "examples" / "contact_centre"
    sources = read_sources(folder / "sources.yaml")
    texts = {table: propose_service(folder / f"{file}.csv", table) for table, file in FILES.items()}
    contacts, ours = ContactMapping.parse(texts["contacts"]), ContactMapping.load(folder / "contacts.yaml")
    assert (contacts.columns, contacts.outcomes, contacts.nobody, contacts.rows) == (
        ours.columns,
        ours.outcomes,
        ours.nobody,
        ours.rows,
    )
    answers, asked = AnswerMapping.parse(texts["answers"]), AnswerMapping.load(folder / "answers.yaml")
    assert answers.columns == asked.columns.replace(delivery=None)
    assert answers.instruments["csat"] == asked.instruments["csat"]
    judged = EvaluationMapping.load(folder / "evaluations.yaml")
    assert EvaluationMapping.parse(texts["evaluations"]).columns == judged.columns
    assert WorkMapping.parse(texts["work"]).columns == WorkMapping.load(folder / "work.yaml").columns
    assert sources.work is not None


def test_columns_are_known_in_chinese(tmp_path: Path) -> None:
    head = "通话编号,来电时间,通话结果,技能组,坐席,排队时长,通话时长,客户编号"
    text = proposed(tmp_path, "contacts", f"{head}\n1,2026/01/05 09:00:00,已接听,售后,li,14,182,m-1\n")
    mapping = ContactMapping.parse(text)
    assert list(mapping.columns.names()) == [
        "来电时间", "通话结果", "通话编号", "客户编号", "技能组", "坐席", "排队时长", "通话时长",
    ]  # fmt: skip
    assert (mapping.dates, mapping.outcomes) == (("%Y/%m/%d %H:%M:%S",), {"answered": ("已接听",)})
    assert [row.value.outcome for row in read_contacts(tmp_path / "table.csv", mapping) if row.value] == ["answered"]


def test_units_are_told_by_names_and_cells_or_remarked_on(tmp_path: Path) -> None:
    rows = "id,arrived,result,wait (min),talk,acw_seconds\n1,2026-01-05T09:00,lost,2,3:51,5\n"
    text = proposed(tmp_path, "contacts", rows)
    columns = ContactMapping.parse(text).columns
    assert [each and each.unit for each in (columns.wait, columns.talk, columns.wrap)] == [
        "minutes",
        "mm:ss",
        "seconds",
    ]
    assert remarks(text)["talk"] == "confirm: in mm:ss"
    assert "wait" not in remarks(text)


def test_outcomes_that_nobody_knows_are_named(tmp_path: Path) -> None:
    rows = "at,outcome\n2026-01-05T09:00,HANG\n2026-01-05T09:01,PHANTOM\n2026-01-05T09:02,PHANTOM\n"
    text = proposed(tmp_path, "contacts", rows)
    assert remarks(text)["outcomes"] == "confirm; nobody knows what these mean: PHANTOM (2)"
    assert "1 of 3 records" in text


def test_each_question_of_one_column_has_a_scale(tmp_path: Path) -> None:
    rows = "id,date,question,score\n1,2026-01-05,nps,7\n1,2026-01-05,effort,7\n2,2026-01-05,effort,1\n"
    mapping = AnswerMapping.parse(proposed(tmp_path, "answers", rows))
    told = {name: (each.column, each.low, each.high) for name, each in mapping.instruments.items()}
    assert told == {"nps": (None, Decimal(0), Decimal(10)), "effort": (None, Decimal(1), Decimal(7))}
    assert mapping.columns.instrument == "question"
    rows = "id,date,rating\n1,05/01/2026,good\n2,31/01/2026,bad\n3,31/01/2026,\n"
    mapping = AnswerMapping.parse(proposed(tmp_path, "answers", rows))
    assert mapping.instruments["rating"].values == {"good": Decimal(1), "bad": Decimal(0)}
    assert mapping.dates == ("%d/%m/%Y",)
    scores = [row.value.score for row in read_answers(tmp_path / "table.csv", mapping) if row.value]  # type: ignore[union-attr]  # answers all
    assert scores == [1, 0, None]


def test_invitations_that_bounced_are_told_by_their_words(tmp_path: Path) -> None:
    rows = "id,sent,status,answered,csat\n1,2026-01-05,bounced,,\n2,2026-01-05,delivered,2026-01-06,5\n"
    mapping = AnswerMapping.parse(proposed(tmp_path, "answers", rows))
    assert (mapping.columns.delivery, mapping.bounced) == ("status", ("bounced",))


def test_a_shift_has_both_ends_and_a_day_none(tmp_path: Path) -> None:
    rows = "agent,login,logout,paid hours\nli,2026-01-05 08:00,2026-01-05 16:00,8\n"
    shift = WorkMapping.parse(proposed(tmp_path, "work", rows)).columns
    assert (shift.day, shift.start and shift.start.column, shift.paid and shift.paid.unit) == (None, "login", "hours")
    rows = "agent,date,login,logout,talk\nli,2026-01-05,08:00,16:00,80\n"
    day = WorkMapping.parse(proposed(tmp_path, "work", rows)).columns
    assert (day.day and day.day.column, day.start, day.end) == ("date", None, None)


def test_decimals_and_a_form_without_a_column_are_remarked_on(tmp_path: Path) -> None:
    text = proposed(tmp_path, "evaluations", "id;date;agent;score\n1;2026-01-05;li;92,5\n2;2026-01-05;li;80\n")
    mapping = EvaluationMapping.parse(text)
    assert mapping.scale is not None
    assert (mapping.form, mapping.decimal_mark, mapping.scale.step) == ("table", ",", Decimal("0.5"))
    assert {"form", "scale", "timezone"} <= remarks(text).keys()
    assert "2 of 2 records" in text


@pytest.mark.parametrize("table", get_args(ServiceName))
def test_nothing_is_proposed_for_a_table_without_what_it_needs(tmp_path: Path, table: ServiceName) -> None:
    with pytest.raises(PolicyError) as caught:
        proposed(tmp_path, table, "colour,size\nred,5\n")
    [problem] = caught.value.problems
    assert (problem.code, problem.path) == ("columns.nothing-to-map", "columns")
    assert problem.hint == "columns: colour, size"


@pytest.mark.parametrize("table", get_args(ServiceName))
def test_the_command_proposes_each_table(
    root: Path, tmp_path: Path, table: ServiceName, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = root / "examples" / ("uptime" if table == "outages" else "contact_centre")
    file, out = folder / f"{FILES.get(table, table)}.csv", tmp_path / "mapping.yaml"
    assert main(["columns", str(file), "--table", table, "--out", str(out)]) == 0
    assert "confirm what is remarked on" in capsys.readouterr().out
    assert f"servicekit: {table}/1" in out.read_text("utf-8")


def test_a_table_of_outages_is_of_one_service_where_no_column_names_several(tmp_path: Path) -> None:
    text = "开始时间,结束时间,类型,原因\n2026-03-01 09:00,2026-03-01 10:00,故障,x\n2026-03-02,2026-03-03,计划内,y\n"
    told = proposed(tmp_path, "outages", text)
    mapping = OutageMapping.parse(told)
    assert (mapping.service, mapping.columns.service) == ("table", None)
    assert mapping.kinds == {"outage": ("故障",), "maintenance": ("计划内",)}
    assert "2 of 2 records" in told
    assert remarks(told)["service"] == "confirm: the name of the service, which no column has"


def test_the_example_of_outages_is_proposed_as_it_is_mapped(root: Path) -> None:
    folder = root / "examples" / "uptime"
    written = OutageMapping.load(folder / "outages.yaml")
    found = OutageMapping.parse(propose_service(folder / "outages.csv", "outages"))
    assert found.columns == written.columns
    assert found.kinds == {"outage": ("outage",), **written.kinds}
