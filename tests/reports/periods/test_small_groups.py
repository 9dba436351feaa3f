"""What is blanked cannot be worked out from what is shown, and nothing is blanked without need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from servicekit.desk import Line
from servicekit.reports import PeriodReport, render
from servicekit.reports.periods.small_groups import too_small
from servicekit.sla import Attainment
from tests.reports.periods.conftest import Told

SIZES = st.lists(st.one_of(st.integers(0, 4), st.integers(0, 60)), max_size=7)
LEAST = st.integers(2, 12)


def could_be(total: int, groups: int, least: int) -> Iterator[tuple[int, ...]]:
    """All sizes that blanked groups may have as a reader sees it: nobody is in none, and one at least is too small."""
    for first in product(range(1, total), repeat=groups - 1):
        last = total - sum(first)
        if last > 0 and min(*first, last) < least:
            yield (*first, last)


@given(SIZES, LEAST)
def test_every_small_group_is_blanked(sizes: Sequence[int], least: int) -> None:
    small = too_small(sizes, least)
    assert all(place in small for place, size in enumerate(sizes) if 0 < size < least)
    assert bool(small) == any(0 < size < least for size in sizes)


@given(st.lists(st.integers(0, 6), max_size=5), st.integers(2, 5))
def test_a_blanked_group_may_have_several_sizes_by_all_that_is_shown(sizes: Sequence[int], least: int) -> None:
    """Law: the total, the groups that are shown and the rule leave each blanked group more than one size."""
    small = too_small(sizes, least)
    if small and len(small) < len(sizes):
        found = list(could_be(sum(sizes[place] for place in small), len(small), least))
        assert all(len({sizes[place] for sizes in found}) > 1 for place in range(len(small)))


@given(SIZES, LEAST)
def test_no_more_groups_are_blanked_than_it_takes(sizes: Sequence[int], least: int) -> None:
    """Law: without the largest of the others that are blanked, those left would be told."""
    small = too_small(sizes, least)
    others = [size for place, size in enumerate(sizes) if place in small and size >= least]
    if others and len(small) < len(sizes):
        left = sorted(sizes[place] for place in small)[:-1]
        assert len(left) < 2 or sum(left) < least or sum(left) == len(left)


def by_channel(report: PeriodReport, sizes: Sequence[int]) -> PeriodReport:
    lines = tuple(Line("resolution", f"channel-{place}", Attainment(met=size)) for place, size in enumerate(sizes))
    told = replace(report.service.report, lines=lines)
    return replace(report, service=replace(report.service, report=told, breakdown=()))


@given(SIZES.filter(bool), LEAST)
def test_the_tables_of_a_report_show_no_figure_of_a_small_group(told: Told, sizes: list[int], least: int) -> None:
    report = by_channel(told("monthly_service_report", "2026-03"), sizes)
    text = render(replace(report, template=report.template.replace(min_n=least)))
    small = too_small(sizes, least)
    for place in range(len(sizes)):
        rows = [line for line in text.splitlines() if f" channel-{place} " in line]
        assert len(rows) == (0 if len(small) == len(sizes) else 2)
        assert all(set(row.split(f"channel-{place}")[1].split()) == {"–"} for row in rows) or place not in small
