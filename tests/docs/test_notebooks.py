"""A notebook's cells run one after another; the build of the manual runs them in a kernel and shows what they give."""

from __future__ import annotations

import ast
import csv
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import altair
import numpy as np
import pytest
from great_tables import GT

from servicekit import Ledger, ServiceDesk, ServicePolicy, TableMapping, read_cases
from servicekit.desk.service_period import ServicePeriod
from servicekit.importers import as_of_instant
from servicekit.kpi import CohortTable, Results
from servicekit.kpi.clv import BgNbd
from servicekit.kpi.display.trend import Trend
from servicekit.loyalty import Balance
from servicekit.sla import Attainment, CaseView, Convention
from servicekit.statistics import ControlChart, KaplanMeier
from servicekit.whatif import Comparison

DOCS = Path(__file__).resolve().parents[2] / "docs"
CELL = re.compile(r"^```\{code-cell\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = "---\nfile_format: mystnb\n"
PAGES = (page for page in DOCS.rglob("*.md") if "_build" not in page.parts)
NOTEBOOKS = sorted(page for page in PAGES if page.read_text("utf-8").startswith(HEAD))


@cache
def run(page: Path) -> tuple[list[object], dict[str, object]]:
    """What the cells of a page show, run once, and the names that they make; how charts are shown stays as it was."""
    names: dict[str, object] = {}
    with altair.renderers.enable(altair.renderers.active):
        return list(shown(page, names)), names


def shown(page: Path, names: dict[str, object]) -> Iterator[object]:
    """Run the cells among these names; gives the value of each that ends with an expression, as a notebook shows it."""
    for cell in CELL.findall(page.read_text("utf-8")):
        *before, last = ast.parse(cell).body
        rest = before if isinstance(last, ast.Expr) else [*before, last]
        exec(compile(ast.Module(rest, []), str(page), "exec"), names)
        if isinstance(last, ast.Expr):
            yield eval(compile(ast.Expression(last.value), str(page), "eval"), names)


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: page.stem)
def test_the_cells_of_a_notebook_run_and_its_drawings_are_whole(page: Path) -> None:
    values = run(page)[0]
    drawings = [value for value in values if hasattr(value, "_repr_html_") and not isinstance(value, GT)]
    assert drawings or any(isinstance(value, altair.TopLevelMixin) for value in values)
    for drawing in drawings:
        root = ElementTree.fromstring(drawing._repr_html_())
        assert root.tag.rpartition("}")[2] in ({"div"} if isinstance(drawing, Results) else {"svg", "table", "div"})


def test_the_followed_ticket_ends_as_the_page_says() -> None:
    case = run(DOCS / "tutorial" / "follow-a-ticket.md")[1]["case"]
    assert isinstance(case, CaseView)
    clock = case.clock("resolution")
    assert [each.outcome for each in case.clocks] == ["met", "met", "met", "met", "met_late"]
    assert clock.breached_at == datetime(2026, 2, 13, 6, 45, tzinfo=UTC)
    assert clock.elapsed == timedelta(hours=5, minutes=25) + timedelta(hours=6, minutes=30) + timedelta(minutes=90)
    assert sum((span.length for span in clock.explain().spans if span.kind == "counted"), timedelta(0)) == clock.elapsed


def test_the_tiers_of_cdnow_are_those_that_the_page_tells(shared_data: Path) -> None:
    assert (shared_data / "cdnow" / "CDNOW_master.txt.gz").exists()  # or the cells would run on what is made up
    page = DOCS / "tutorial" / "tiers-of-cdnow.md"
    odd, rolling, year, moves, ahead, states = (value for value in run(page)[0] if isinstance(value, dict))
    assert odd == {"table.repeated-row": 255}
    told = [*rolling.values(), year["silver"], year["gold"], states["dormant"]]
    told += [moves["base", "silver"], moves["silver", "base"]]
    assert [figure for figure in told if f"{figure:,}" not in page.read_text("utf-8")] == []
    assert max(ahead, key=ahead.__getitem__) == ("base", "1999-01-01")


def test_the_points_of_the_shop_are_those_that_the_page_tells() -> None:
    names = run(DOCS / "tutorial" / "points-of-a-shop.md")[1]
    ledger, today = names["ledger"], names["today"]
    assert isinstance(ledger, Ledger)
    assert isinstance(today, date)
    entries = [(f"{entry.on:%d %B}", entry.kind, entry.available) for entry in ledger.entries("c-06")]
    assert ("14 July", "activate", 820) in entries
    assert ("29 December", "reverse", 0) in entries  # what goes back as money
    assert ledger.statement("c-06", date(2025, 12, 29), date(2025, 12, 29)).totals == {"reverse": -40}
    assert ledger.balance("c-06", today) == Balance(available=930 - 500, pending=300)


def test_the_calls_of_the_bank_are_those_that_the_page_tells(shared_data: Path) -> None:
    assert (shared_data / "bank_calls_1999_02" / "anonymous_bank_1999_02.tsv.gz").exists()
    page = DOCS / "tutorial" / "calls-of-a-bank.md"
    names, text = run(page)[1], page.read_text("utf-8")
    results, trend, control, patience = (names[each] for each in ("results", "trend", "control", "patience"))
    assert isinstance(results, Results)
    assert isinstance(trend, Trend)
    assert isinstance(control, ControlChart)
    assert isinstance(patience, KaplanMeier)
    worst = {name: measured.value or 0 for name, measured in trend if (measured.value or 0) > 0.3}
    shares = [results[name].value or 0 for name in ("within_20s_of_offered", "within_20s_of_answered", "abandoned")]
    told = [*(f"{share:.1%}".replace("%", " %") for share in (*shares, *worst.values())), f"{patience.n:,}"]
    told += [f"{found.value:.0f} s" for q in (0.25, 0.5) if (found := patience.quantile(q))]
    assert [figure for figure in told if figure not in text] == []
    assert list(worst) == ["1999-02-03", "1999-02-21"]
    assert sum(rule == "beyond_limits" for _, rule in control.signals) == 13
    assert len(trend) == 28


def test_the_month_of_the_desk_is_as_the_page_tells() -> None:
    page = DOCS / "tutorial" / "a-month-of-the-desk.md"
    names, text = run(page)[1], page.read_text("utf-8")
    march, comparison, late, came = (names[each] for each in ("march", "comparison", "late", "came"))
    assert isinstance(march, ServicePeriod)
    assert isinstance(comparison, Comparison)
    assert isinstance(late, Counter)
    assert isinstance(came, Counter)
    kept = march.report.total("resolution").attainment
    assert (kept.met, kept.met_late, kept.missed, kept.open, kept.cancelled) == (741, 52, 10, 16, 10)
    days = [("Fri", "Sat", "Sun"), ("Mon", "Tue", "Wed", "Thu")]
    lates, of = ([sum(count[day] for day in each) for each in days] for count in (late, came))
    told = [f"{lates[0]} of {of[0]} were late", f"from Monday to Thursday {lates[1]} of {of[1]}", "74 of 114"]
    told += [f"these {lates[0] / of[0]:.0%}".replace("%", " %"), f"and {lates[1] / of[1]:.0%}".replace("%", " %")]
    assert [figure for figure in told if figure not in text] == []
    assert (lates[0] + lates[1], of[0] + of[1]) == (114 - 74, 114)
    assert comparison.before["resolution"] == kept
    better = [flip.after for flip in comparison.flips if (flip.metric, flip.change) == ("first_response", "better")]
    assert [after.channel for after in better if after] == ["chat"] * 12
    worse = [flip for flip in comparison.flips if (flip.metric, flip.change) == ("resolution", "worse")]
    assert (len(worse), {flip.after.issue_type for flip in worse if flip.after}) == (9, {"complaint"})
    assert "A07" not in str(names["page"])  # the agent of the worst case
    assert comparison.line("acknowledgement").transitions.times("appeared") == 63


def test_the_requests_of_boston_are_those_that_the_page_tells(shared_data: Path) -> None:
    assert (shared_data / "boston311_2011" / "boston311_2011_slim.csv.gz").exists()
    page = DOCS / "tutorial" / "requests-of-boston.md"
    names, text = run(page)[1], page.read_text("utf-8")
    kept, then = names["kept"], names["then"]
    assert isinstance(kept, Attainment)
    assert isinstance(then, Attainment)
    shares = [kept.ratio(each) for each in get_args(Convention)]
    told = [figure for each in shares for figure in (f"{each.numerator:,} of {each.denominator:,}", each.percent())]
    assert told == ["46,572 of 58,093", "80.2 %", "35,591 of 47,112", "75.5 %", "35,591 of 43,664", "81.5 %"]
    told += [f"{each:,}" for each in (kept.met_late, kept.missed, kept.no_target, then.missed + then.open)]
    told += [f"{kept.met - then.met:,} of them", f"{kept.met_late - then.met_late:,} late"]
    told += [f"{then.ratio(each).percent()} then" for each in ("promised", "stopped")]
    assert [figure for figure in told if figure not in text] == []


def test_the_customers_of_cdnow_are_those_that_the_page_tells(shared_data: Path) -> None:
    assert (shared_data / "cdnow" / "CDNOW_master.txt.gz").exists()
    page = DOCS / "tutorial" / "customers-of-cdnow.md"
    names, text = run(page)[1], page.read_text("utf-8")
    cohorts, model, forecast, came = (names[each] for each in ("cohorts", "model", "forecast", "came"))
    assert isinstance(cohorts, CohortTable)
    assert isinstance(model, BgNbd)
    assert isinstance(forecast, np.ndarray)
    assert isinstance(came, np.ndarray)
    assert {month: counts[0] for month, counts in cohorts.cohorts.items()} == {
        "1997-01": 7_846, "1997-02": 8_476, "1997-03": 7_248,
    }  # fmt: skip
    told = [each.percent() for each in (cohorts.share("1997-01", 1), cohorts.overall(1), cohorts.overall(12))]
    told += [", ".join(f"{each:.3f}" for each in (model.r, model.alpha, model.a)) + f" and {model.b:.3f}"]
    assert [figure for figure in told if figure not in text] == []
    assert 1 - forecast.sum() / came.sum() == pytest.approx(1 / 7, abs=0.005)


MADE_UP = {
    "calls-of-a-bank": ("made_up.tsv", 6),
    "requests-of-boston": ("made_up.csv", 3),
    "customers-of-cdnow": ("made_up.txt", 2),
}
"""Notebooks with the file that they read where the real one is not at hand, and how many values they show then."""


@pytest.mark.parametrize("stem", MADE_UP)
def test_what_a_notebook_reads_can_be_made_up(
    stem: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the real data are not at hand, the cells run all the same, and draw as much."""
    shutil.copytree(root / "examples", tmp_path / "house" / "examples")
    monkeypatch.chdir(tmp_path / "house")
    names: dict[str, object] = {}
    with altair.renderers.enable(altair.renderers.active):
        drawn = [value for value in shown(DOCS / "tutorial" / f"{stem}.md", names) if value is not None]
    assert isinstance(names["source"], Path)
    assert (names["source"].name, len(drawn)) == MADE_UP[stem]


def test_the_labels_of_the_requests_that_are_made_up_are_those_of_the_city_by_its_own_rule(root: Path) -> None:
    example = root / "examples" / "boston311"
    mapping = TableMapping.load(example / "columns.yaml")
    run = ServiceDesk(ServicePolicy.load(example / "policy_2011.yaml"), due="recorded").run(
        read_cases(example / "made_up.csv", mapping), as_of=as_of_instant(mapping)
    )
    with (example / "made_up.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["case_enquiry_id"]: row["ontime"] for row in csv.DictReader(file)}
    verdicts = {"met": "ONTIME", "no_target": "ONTIME", "met_late": "OVERDUE", "missed": "OVERDUE"}
    judged = [(verdicts[outcome.outcome], labels[outcome.case_id]) for outcome in run if labels[outcome.case_id]]
    assert len(judged) > 300
    assert [pair for pair in judged if pair[0] != pair[1]] == []
