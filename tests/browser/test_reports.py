"""Reports as a reader's browser shows them: whole, quiet, readable, in each language, on each screen and on paper."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from servicekit.cli import main
from servicekit.desk import DeskReport
from servicekit.layout import svg
from servicekit.quantity import Ratio
from servicekit.reports import CHINESE, ENGLISH, render
from servicekit.reports.blocks.block import Aside, Block, Figure, GroupedTable, Heading, KeyFigure, Paragraph
from servicekit.reports.html import page
from tests.browser.page_judge import A4, Look, PageJudge, evaluated
from tests.reports.hostile_names import hostile_names
from tests.reports.periods.test_availability_report import hostile_uptime
from tests.reports.test_html import report_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

T = TypeVar("T")

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("browser")]

DESK, SHOP, UPTIME = "examples/service_desk", "examples/shop", "examples/uptime"
TICKETS = (f"{DESK}/tickets.csv", "--columns", f"{DESK}/columns.yaml")
PURCHASES = (f"{SHOP}/purchases.csv", "--columns", f"{SHOP}/columns.yaml", "--as-of", "2026-06-30")
REPORT, PROPOSED = ("report", f"{DESK}/policy.yaml", *TICKETS), f"{DESK}/policy_proposed.yaml"
OUTAGES = (
    "report",
    f"{UPTIME}/policy.yaml",
    "--sources",
    f"{UPTIME}/sources.yaml",
    "--with",
    "reason",
    "--purpose",
    "review",
)
COMMANDS = {
    "report": REPORT,
    "month": (*REPORT, "--template", "monthly_service_report", "--period", "2026-03", "--compare", "previous"),
    "quarter": (*REPORT, "--template", "quarterly_review", "--period", "2026-Q1", "--against", PROPOSED),
    "customer": (*REPORT, "--template", "customer_sla_report", "--period", "2026-W11"),
    "uptime": (*OUTAGES, "--template", "availability_report", "--period", "2026-03"),
    "replay": ("replay", f"{DESK}/policy.yaml", PROPOSED, *TICKETS, "--by", "channel"),
    "tiers": ("tiers", f"{SHOP}/policy.yaml", *PURCHASES),
    "two programmes": ("tiers", f"{SHOP}/policy.yaml", *PURCHASES, "--against", f"{SHOP}/policy_proposed.yaml"),
    "segments": ("segments", f"{SHOP}/policy.yaml", *PURCHASES),
    "outreach": ("segments", f"{SHOP}/policy.yaml", *PURCHASES, "--list", "dormant"),
}


def drawn(words: object) -> str:
    bars = [svg.bar(20 + 110 * place, 70, (100 - share, share), fill="#0072b2") for place, share in enumerate((60, 80))]
    return svg.drawing("two months", (720, 120), bars, description="60 %, then 80 %")


EVERY_BLOCK: list[Block] = [
    Heading("Hotline", level=1),
    Paragraph("March 2026"),
    Heading("Headline"),
    KeyFigure(
        "first response",
        Ratio(95, 100),
        100,
        "88.8 % to 97.8 %",
        "≥ 95 %",
        "met_not_proven",
        "+2.0",
    ),
    KeyFigure("a figure with a long name, " * 4, "5:12:40", 2_298, "5:02:11 to 5:30:00", "≤ 8:00:00", "met"),
    KeyFigure("backlog", 34),
    KeyFigure("CSAT", Ratio(0, 0), 0, status="missed"),
    KeyFigure("x" * 500, Ratio(1, 3), status="missed_not_proven"),
    Aside("Twelve test tickets are in no figure."),
    Heading("Trend"),
    Figure("Attainment", "60 %, then 80 %", drawn),
    Heading("Two tables"),
    GroupedTable(("tier", "n"), ((("gold", 1_234), ("word " * 100, 7)),), labels=1),
    GroupedTable(("tier", *(f"tier {place}" for place in range(12))), ((("gold", *range(12)),),), labels=1),
    Heading("Fourth"),
    Heading("Fifth", level=2),
    Heading("Below", level=3),
]


def judged(judge: PageJudge, folder: Path, told: str) -> tuple[str, ...]:
    """All that is wrong with a page, advice included."""
    verdict = judge.verdict(written(folder, told))
    return (*verdict.faults, *verdict.advice)


def written(folder: Path, told: str) -> Path:
    file = folder / "report.html"
    file.write_text(told, "utf-8")
    return file


@pytest.mark.parametrize(
    ("name", "language"), [("report", "en"), ("month", "zh"), ("uptime", "en"), *((each, "both") for each in COMMANDS)]
)
def test_a_command_writes_a_page_without_a_fault(
    name: str, language: str, judge: PageJudge, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(root / each) if each.startswith("examples/") else each for each in COMMANDS[name]]
    assert main([*command, "--format", "html", "--language", language]) == 0
    assert judged(judge, tmp_path, capsys.readouterr().out) == ()


def test_an_empty_report_is_a_page_without_a_fault(judge: PageJudge, tmp_path: Path) -> None:
    empty = DeskReport("Desk", "1", "UTC", "computed", None, records=0, cases=0, unreadable=0, lines=())
    assert judged(judge, tmp_path, render(empty, "html", language="both")) == ()


def test_every_block_is_laid_out_without_a_fault(judge: PageJudge, tmp_path: Path) -> None:
    assert judged(judge, tmp_path, page.lay_out(EVERY_BLOCK, [ENGLISH, CHINESE])) == ()


@pytest.mark.parametrize("part", range(3))
def test_hostile_names_leave_a_page_whole_and_quiet(part: int, judge: PageJudge, tmp_path: Path) -> None:
    names = tuple(islice(hostile_names(), part, None, 3))
    verdict = judge.verdict(written(tmp_path, render(report_of(names), "html")), [Look(360), Look(1280, "dark"), A4])
    assert verdict.faults == ()


def test_hostile_services_leave_a_page_whole_and_quiet(judge: PageJudge, tmp_path: Path) -> None:
    page = written(tmp_path, render(hostile_uptime(tuple(islice(hostile_names(), 0, None, 9))), "html"))
    assert judge.verdict(page, [Look(360), Look(1280, "dark"), A4]).faults == ()


@pytest.fixture
def both(tmp_path: Path) -> Path:
    return written(tmp_path, render(report_of(["zeta", "alpha", "phone"]), "html", language="both"))


def unscripted(work: Callable[[Page], T]) -> Callable[[Page], T]:
    """The same work in a browser that runs no script."""

    def done(shown: Page) -> T:
        assert shown.context.browser is not None
        context = shown.context.browser.new_context(offline=True, java_script_enabled=False)
        try:
            page = context.new_page()
            page.goto(shown.url)
            return work(page)
        finally:
            context.close()

    return done


def headings(shown: Page) -> list[str]:
    return [each.inner_text() for each in shown.locator("h2").all() if each.is_visible()]


def test_the_language_is_switched_without_a_script_by_mouse_and_by_keys(judge: PageJudge, both: Path) -> None:
    def work(shown: Page) -> list[list[str]]:
        told = [headings(shown)]
        shown.get_by_label("中文").click()
        told.append(headings(shown))
        shown.keyboard.press("ArrowLeft")
        told.append(headings(shown))
        return told

    english, chinese, again = judge.ask(both, unscripted(work))
    assert english == again == ["Cases", "Attainment", "Not counted", "Problems"]
    assert chinese == ["工单", "达成率", "未计入", "问题"]


def column(shown: Page, place: int) -> list[str]:
    script = f"[...document.querySelector('table').rows].map((row) => row.cells[{place}].textContent.trim())"
    told: list[str] = evaluated(shown, script)
    return told


def test_a_click_on_a_head_sorts_within_the_group_and_leaves_the_total_last(judge: PageJudge, both: Path) -> None:
    def work(shown: Page) -> list[list[str]]:
        button = shown.get_by_role("button", name="channel").first
        told = [column(shown, 1)]
        for _ in range(3):
            button.click()
            told.append([*column(shown, 1), shown.locator("th:has(button)").nth(1).get_attribute("aria-sort") or ""])
        return told

    first, up, down, back = judge.ask(both, work)
    assert first == ["channel", "zeta zeta!", "alpha alpha!", "phone phone!", "all"]
    assert up == ["channel", "alpha alpha!", "phone phone!", "zeta zeta!", "all", "ascending"]
    assert down == ["channel", "zeta zeta!", "phone phone!", "alpha alpha!", "all", "descending"]
    assert back == [*first, ""]


def test_without_a_script_nothing_looks_like_a_button(judge: PageJudge, both: Path) -> None:
    def work(shown: Page) -> int:
        return shown.get_by_role("button").count()

    assert judge.ask(both, unscripted(work)) == 0
    assert judge.ask(both, work) > 0


def test_shares_are_sorted_by_their_values(judge: PageJudge, tmp_path: Path) -> None:
    rows = ((("a", Ratio(9, 10)), ("b", Ratio(0, 0)), ("c", Ratio(100, 1_000)), ("d", Ratio(1_999, 2_000))),)
    told = page.lay_out([Heading("T", level=1), GroupedTable(("x", "y"), rows, labels=1, has_totals=False)], [ENGLISH])

    def work(shown: Page) -> list[str]:
        shown.get_by_role("button", name="y").click()
        return column(shown, 0)

    assert judge.ask(written(tmp_path, told), work) == ["x", "c", "a", "d", "b"]


def wait_until(shown: Page, script: str) -> None:
    """Wait for what a page comes to; Playwright's own way evaluates texts, which its policy forbids."""
    for _ in range(400):
        if evaluated(shown, script):
            return
        shown.wait_for_timeout(50)
    raise AssertionError(f"never came true: {script}")


def test_a_table_that_goes_on_beyond_the_edge_has_a_shade_there_until_its_end(judge: PageJudge, both: Path) -> None:
    def work(shown: Page) -> list[int]:
        told = []
        for width in (1280, 360):
            shown.set_viewport_size({"width": width, "height": 800})
            wait_until(shown, f"innerWidth === {width}")
            told.append(shown.locator(".more:visible").count())
        box = shown.locator(".scroll:visible").first
        box.evaluate("(box) => { box.scrollLeft = box.scrollWidth }")
        wait_until(shown, "!document.querySelector('.scroll').classList.contains('more')")
        return [*told, shown.locator(".more:visible").count()]

    assert judge.ask(both, work) == [0, 2, 1]


def test_paper_shows_the_language_that_is_chosen_and_no_switch(judge: PageJudge, both: Path) -> None:
    def work(shown: Page) -> tuple[list[str], bool]:
        shown.get_by_label("中文").click()
        shown.emulate_media(media="print")
        return headings(shown), shown.locator("header").is_visible()

    assert judge.ask(both, work) == (["工单", "达成率", "未计入", "问题"], False)
