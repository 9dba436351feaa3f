"""A notebook's cells run one after another; the build of the manual runs them in a kernel and shows what they give."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import altair
import pytest

from servicekit import Ledger
from servicekit.kpi import Results
from servicekit.kpi.display.trend import Trend
from servicekit.loyalty import Balance
from servicekit.sla import CaseView
from servicekit.statistics import ControlChart, KaplanMeier

DOCS = Path(__file__).resolve().parents[2] / "docs"
CELL = re.compile(r"^```\{code-cell\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEAD = "---\nfile_format: mystnb\n"
NOTEBOOKS = sorted(page for page in DOCS.rglob("*-*.md") if page.read_text("utf-8").startswith(HEAD))


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
    drawings = [value for value in run(page)[0] if hasattr(value, "_repr_html_")]
    assert drawings
    for drawing in drawings:
        root = ElementTree.fromstring(drawing._repr_html_())
        assert root.tag.rpartition("}")[2] in ({"div"} if isinstance(drawing, Results) else {"svg", "table"})


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


def test_the_calls_of_the_bank_can_be_made_up(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the real calls are not at hand, the cells run all the same, on as many drawings."""
    shutil.copytree(root / "examples" / "bank_calls", tmp_path / "house" / "examples" / "bank_calls")
    monkeypatch.chdir(tmp_path / "house")
    names: dict[str, object] = {}
    with altair.renderers.enable(altair.renderers.active):
        drawn = [value for value in shown(DOCS / "tutorial" / "calls-of-a-bank.md", names) if value is not None]
    assert isinstance(names["source"], Path)
    assert names["source"].name == "made_up.tsv"
    assert len(drawn) == 6
