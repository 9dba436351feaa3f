"""The availability report: its figures are those of the meters, reasons stay out, and no name does harm."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given

from servicekit.availability import Maintenance, Outage
from servicekit.desk.service_period import ServicePeriod, UptimeReview
from servicekit.policy import ServicePolicy
from servicekit.quantity import Ratio
from servicekit.reports import CHINESE, ENGLISH, FORMATS, Disclosure, PeriodReport, render, report_template
from servicekit.reports.blocks.block import Aside, Figure, GroupedTable
from servicekit.reports.blocks.told import ExactShare
from servicekit.reports.periods.period_blocks import period_blocks
from servicekit.testing.strategies import maintenance_windows, outages
from servicekit.timeline import Period
from tests.reports.hostile_names import hostile_names
from tests.reports.html_reading import HtmlReading
from tests.reports.periods.conftest import Told

LATER = datetime(2027, 1, 1, tzinfo=UTC)
TEMPLATE = report_template("availability_report")


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def reviewed(
    records: list[Outage | Maintenance], *services: str, period: str = "2026-03", as_of: datetime | None = LATER
) -> ServicePeriod:
    promises = {name: {"target": "99.9%"} for name in services or ("shop",)}
    policy = ServicePolicy.model_validate({"name": "Web", "availability": promises})
    return UptimeReview(policy.compile(), Period.parse(period)).of(records, as_of=as_of)


def tables(report: PeriodReport) -> list[GroupedTable]:
    return [block for block in period_blocks(report) if isinstance(block, GroupedTable)]


def test_the_example_is_told_as_it_was_counted_by_hand(told: Told) -> None:
    text = render(told("availability_report", "2026-03"))
    rows = [re.split(r"  +", line) for line in text.splitlines()]
    assert rows[9:13] == [
        ["shop", "99.9 %", "99.7631 %", "✗ missed", "4", "1h 45m", "4h", "236.8064 %", "10.0 %"],
        ["payments", "99.95 %", "99.9708 %", "✓ met", "2", "13m", "0s", "58.3221 %"],
        ["back office", "99.0 %", "99.1452 %", "✓ met", "1", "1h 30m", "30m", "85.47 %"],
        ["search", "99.9 %", "100.0 %", "✓? met, not proven", "0", "0s", "0s", "0.0 %"],
    ]
    assert ["payments", "2026-03-31 23:50:00", "not over", "10m", "10m"] in rows
    assert ["shop", "2026-02", "99.9 %", "99.9255 %", "✓ met", "1", "30m"] in rows
    assert "! Nothing at all is recorded of search" in text


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_is_the_same_bytes(told: Told, format: str) -> None:
    report = told("availability_report", "2026-03")
    once, twice = (render(report, format, language="both") for _ in range(2))  # type: ignore[arg-type]
    assert once == twice


def test_a_program_reads_the_exact_figures(told: Told) -> None:
    report = told("availability_report", "2026-03")
    blocks = json.loads(render(report, "json"))["blocks"]
    table = next(block for block in blocks if block["kind"] == "table")
    places = {name: table["head"].index(name) for name in ("availability", "downtime")}
    for row, each in zip(table["rows"], report.service.uptime, strict=True):
        ratio = each.verdict.uptime.ratio
        assert row[places["availability"]] == {"numerator": ratio.numerator, "denominator": ratio.denominator}
        assert row[places["downtime"]] == {"microseconds": each.verdict.uptime.downtime // timedelta(microseconds=1)}


def test_both_languages_have_a_picture_of_each_service_that_was_down(told: Told) -> None:
    report = told("availability_report", "2026-03")
    figures = [block for block in period_blocks(report) if isinstance(block, Figure)]
    assert [ENGLISH.tell(figure.title) for figure in figures] == [
        *(f"{name} by day and hour" for name in ("shop", "payments", "back office")),
        *(f"Error budget of {name} by period" for name in ("shop", "payments", "back office")),
    ]
    for words in (ENGLISH, CHINESE):
        drawn = figures[0].svg(words)
        assert drawn.count("<title>") == 1 + 31
        assert words.tell(datetime(2026, 3, 10).date()) in drawn
        assert f"{words.tell(Period.parse('2026-02'))}" in figures[3].svg(words)
    assert ENGLISH.tell(figures[3].description) == "Overspent in 2 periods of 3."


@given(outages(), maintenance_windows())
def test_what_is_told_equals_the_meter_and_is_never_rounded_up(
    down: list[Outage], announced: list[Maintenance]
) -> None:
    records: list[Outage | Maintenance] = [Outage(each.start, each.end, service="shop") for each in down]
    records += [Maintenance(each.start, each.end, service="shop") for each in announced]
    service = reviewed(records)
    uptime = service.uptime[0].verdict.uptime
    row = tables(PeriodReport(TEMPLATE, service))[0].groups[0][0]
    assert row[1:3] == (ExactShare(Ratio(999, 1000)), ExactShare(uptime.ratio))
    assert row[5:7] == (uptime.downtime, uptime.excluded.total)
    shown = ENGLISH.tell(row[2])
    assert (shown == "100.0 %") == (uptime.ratio.denominator > 0 and not uptime.down)
    if uptime.value is not None and uptime.value >= 1 - uptime.value:
        assert float(shown.removesuffix(" %")) <= float(uptime.value * 100)


def test_a_second_in_a_year_is_not_rounded_away() -> None:
    blink = Outage(at(2), at(2) + timedelta(microseconds=1), service="shop")
    assert "99.9999 %" in render(PeriodReport(TEMPLATE, reviewed([blink])))
    assert "100.0 %" not in render(PeriodReport(TEMPLATE, reviewed([blink])))


@pytest.mark.parametrize("format", FORMATS)
def test_reasons_stay_out_unless_they_are_asked_for_with_a_purpose(format: str) -> None:
    service = reviewed([Outage(at(2), at(3), "Ann Lee pulled the plug", "shop")])
    without = render(PeriodReport(TEMPLATE, service), format, language="both")  # type: ignore[arg-type]
    assert "Ann" not in without
    disclosed = Disclosure(("reason",), "a review of March")
    told = render(PeriodReport(TEMPLATE, service, disclosed=disclosed), format, language="both")  # type: ignore[arg-type]
    assert told.index("a review of March") < told.index("Ann Lee pulled the plug")


def hostile_uptime(names: Sequence[str]) -> PeriodReport:
    """Services with such names, down for such reasons, which are told."""
    names = list(filter(None, dict.fromkeys(name.strip() for name in names)))
    records: list[Outage | Maintenance] = [Outage(at(2), at(2, 1), name, name) for name in names]
    return PeriodReport(TEMPLATE, reviewed(records, *names), disclosed=Disclosure(("reason",), "test"))


@pytest.mark.parametrize("part", range(4))
def test_hostile_names_and_reasons_make_nothing(part: int) -> None:
    report = hostile_uptime(tuple(dict.fromkeys(islice(hostile_names(), part, None, 40))))
    quiet = hostile_uptime(["x"])
    plain = HtmlReading(render(quiet, "html"))
    page = HtmlReading(render(report, "html"))
    assert page.elements <= plain.elements | {"bdi"}
    assert page.attributes <= plain.attributes
    cells = [cell for row in csv.reader(io.StringIO(render(report, "csv"))) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []


def asides(service: ServicePeriod) -> list[str]:
    blocks = period_blocks(PeriodReport(TEMPLATE, service))
    return [ENGLISH.tell(block.text) for block in blocks if isinstance(block, Aside)]


def test_what_is_not_known_is_said() -> None:
    [unrecorded] = asides(reviewed([]))
    assert unrecorded.startswith("Nothing at all is recorded of shop")
    quick = Outage(at(2), at(2, 1), service="shop")
    cut, until = asides(reviewed([quick], as_of=at(20)))
    assert cut.startswith("The period is not over in the data")
    assert until.startswith("Outages are known until 2026-03-20 00:00 UTC")
    [window] = asides(reviewed([quick], period="2026-Q1"))
    assert window.startswith("The period is not a window of the promise on shop")
    assert asides(reviewed([quick])) == []


def test_a_period_of_the_future_has_nothing_to_report() -> None:
    text = render(
        PeriodReport(TEMPLATE, reviewed([Outage(at(2), at(3), service="shop")], period="2026-05", as_of=at(3)))
    )
    assert "There is nothing to report for 2026-05." in text
    assert "100.0 %" not in text


def test_without_anything_known_the_report_says_what_is_missing() -> None:
    text = render(PeriodReport(TEMPLATE, reviewed([], as_of=None)))
    assert "There is nothing to report for 2026-03." in text
    assert "desk.as-of-from-data" in text
    assert "100.0 %" not in text


def test_a_late_run_tells_the_same() -> None:
    known = [Outage(at(31, 23), None, "x", "shop")]
    later = [Outage(at(31, 23), datetime(2026, 4, 1, 5, tzinfo=UTC), "x", "shop")]
    soon, late = (reviewed(known, as_of=datetime(2026, 4, 1, tzinfo=UTC)), reviewed(later))
    assert render(PeriodReport(TEMPLATE, soon)) == render(PeriodReport(TEMPLATE, late))


def test_many_services_are_a_report_with_few_pictures() -> None:
    names = [f"service {number} " + "长" * 100 for number in range(200)]
    records: list[Outage | Maintenance] = [Outage(at(2), at(2, 1 + n % 9), "", name) for n, name in enumerate(names)]
    page = render(PeriodReport(TEMPLATE, reviewed(records, *names)), "html", language="both")
    assert page.count("<figure>") == 16
    assert len(page.encode()) < 1_000_000
