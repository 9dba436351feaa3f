"""Reports of a month as HTML beside the report as text of the same cases; a thousand customers in one pass; memory, and
how long a browser lays one out."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import which
from subprocess import run
from time import process_time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from benchmarks.conftest import OtherClock
from benchmarks.memory import peak_mb
from servicekit.desk import ServiceDesk
from servicekit.desk.service_period import PeriodReview
from servicekit.events import AgentReplied, Case, Opened, Resolved
from servicekit.policy import ServicePolicy
from servicekit.reports import PeriodReport, render, report_template
from servicekit.timeline import Period

if TYPE_CHECKING:
    from benchmarks.conftest import Stopwatch

CASES, CUSTOMERS, PAIRS = 58_251, 1_000, 5
FEW, MANY = 10_000, 1_000_000
QUESTION = f"report of {CASES:,} cases"
TEXT, HTML = "text, attainment alone", "HTML, monthly, both languages"
OF_CUSTOMERS = f"{CUSTOMERS:,} customers, 10 cases each, a report"
MEMORY = "memory of a monthly report, MB"
LAYOUT = "layout of a monthly report"
LIMIT_BYTES = 500_000
MARCH, AS_OF = Period.parse("2026-03"), datetime(2026, 3, 31, 16, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[1]
POLICY = ROOT / "examples" / "service_desk" / "policy.yaml"
ELSEWHERE = OtherClock()


@cache
def desk() -> ServiceDesk:
    """The example desk."""
    return ServiceDesk(ServicePolicy.load(POLICY))


def cases(number: int) -> Iterator[Case]:
    """Random cases of March, one after the other."""
    draw, first = random.Random(7), datetime(2026, 2, 28, 16, tzinfo=UTC)
    for place in range(number):
        case_id, at = f"C-{place}", first + timedelta(seconds=draw.randrange(31 * 86_400))
        facts = {
            "channel": draw.choice(("phone", "chat", "email", "social")),
            "issue_type": draw.choice(("consultation", "complaint", "urgent", "complex")),
            "tier": draw.choice(("standard", "vip", "senior_vip")),
        }
        opened = Opened(case_id, at, facts, customer_id=f"K-{place % CUSTOMERS}")
        replied = AgentReplied(case_id, at + timedelta(seconds=draw.randrange(9_000)))
        yield Case(case_id, (opened, replied, Resolved(case_id, at + timedelta(hours=draw.randrange(1, 60)))))


def as_text(found: list[Case]) -> str:
    """Attainment by channel as text."""
    return render(desk().report(found, as_of=AS_OF))


def as_html(found: list[Case]) -> str:
    """The monthly service report in both languages."""
    template = report_template("monthly_service_report")
    service = PeriodReview(desk(), MARCH, worst=template.most_breaches).of(found, as_of=AS_OF)
    return render(PeriodReport(template, service), "html", language="both")


def of_customers(found: list[Case]) -> int:
    """How many reports for one customer come of one pass."""
    template = report_template("customer_sla_report")
    services = PeriodReview(desk(), MARCH, worst=template.most_breaches).by_customer(found, as_of=AS_OF)
    return sum(bool(render(PeriodReport(template, each), "html")) for each in services.values())


def seconds(call: Callable[[list[Case]], object], found: list[Case]) -> float:
    """The processor time of a call."""
    before = process_time()
    call(found)
    return process_time() - before


@cache
def pairs() -> Mapping[str, list[float]]:
    """Seconds of both, in turns, once they tell the same counts."""
    found = list(cases(CASES))
    text, html = as_text(found), as_html(found)
    assert len(html.encode()) <= LIMIT_BYTES
    totals = [line.split() for line in text.splitlines() if " all " in line]
    assert len(totals) == 6
    assert all(f">{cell}</td>" in html for cells in totals[:3] for cell in cells[2:])
    measured: dict[str, list[float]] = {TEXT: [], HTML: []}
    for _ in range(PAIRS):
        measured[TEXT].append(seconds(as_text, found))
        measured[HTML].append(seconds(as_html, found))
    return measured


@pytest.mark.parametrize("who", [TEXT, HTML])
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_month(stopwatch: Stopwatch, who: str) -> None:
    stopwatch.replay(QUESTION, who, ELSEWHERE, pairs()[who])


@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_customers(stopwatch: Stopwatch) -> None:
    found = list(cases(10 * CUSTOMERS))
    assert of_customers(found) == CUSTOMERS
    each = [seconds(of_customers, found) / CUSTOMERS for _ in range(PAIRS)]
    stopwatch.replay(OF_CUSTOMERS, "in one pass", ELSEWHERE, each)


def peak(number: int) -> float:
    """The megabytes that this process ever held, once it has reported on so many cases, each of which it lets go."""
    template = report_template("monthly_service_report")
    service = PeriodReview(desk(), MARCH, worst=template.most_breaches).of(cases(number), as_of=AS_OF)
    render(PeriodReport(template, service), "html", language="both")
    return peak_mb()


@pytest.mark.parametrize("number", [FEW, MANY])
@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_memory(stopwatch: Stopwatch, number: int) -> None:
    call = f"from benchmarks.bench_reports import peak; print(peak({number}))"
    told = run([sys.executable, "-c", call], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    stopwatch.replay(MEMORY, f"{number:,} cases", ELSEWHERE, [float(told)])


@pytest.mark.benchmark(timer=ELSEWHERE.read)
def bench_layout(stopwatch: Stopwatch, tmp_path: Path) -> None:
    file = tmp_path / "month.html"
    file.write_text(as_html(list(cases(CASES))), "utf-8")
    stopwatch.replay(LAYOUT, "Chromium, 1,280 px", ELSEWHERE, [*laid_out(file.as_uri())])


def laid_out(url: str) -> Iterator[float]:
    """Seconds that Chromium takes for the styles and the layout of a page, as it counts them itself."""
    chromium = which("chromium") or which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(2 * PAIRS):
            page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            page.goto(url)
            told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
            yield told["LayoutDuration"] + told["RecalcStyleDuration"]
            page.context.close()
        browser.close()
