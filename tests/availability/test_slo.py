"""SLOs on events and on slices of time, alone and together."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from servicekit.availability import BurnAlert, KOfN, Parallel, Serial, Slo, SloEngine, SloVerdict
from servicekit.document import read
from servicekit.quantity import Ratio

GOOD, HALF, SILENT = Ratio(10, 10), Ratio(5, 10), Ratio(0, 0)


def engine(*, target: str = "90%", objectives: int = 1, weights: tuple[int, ...] = (1, 1), **choices: Any) -> SloEngine:
    sliced = {} if choices.get("budgeting", "occurrences") == "occurrences" else {"slice": "1m"}
    if choices.get("budgeting") == "timeslices":
        sliced["slice_target"] = "95%"
    each = [{"target": target, "weight": weight, **sliced} for weight in weights[:objectives]]
    return Slo.model_validate({"name": "search", "objectives": each, **choices}).compile()


def verdict(*series: Ratio, **choices: Any) -> SloVerdict:
    [only] = engine(**choices).judge(series)
    return only


@pytest.mark.parametrize(
    ("budgeting", "value", "allowed", "spent"),
    [
        ("occurrences", Fraction(995, 1010), 101, 15),
        ("timeslices", Fraction(1, 2), Fraction(1, 5), 1),
        ("ratio_timeslices", Fraction(3, 4) - Fraction(1, 200), Fraction(1, 5), Fraction(51, 100)),
    ],
)
def test_busy_and_quiet_minutes_weigh_differently_when_budgeting_differs(
    budgeting: str, value: Fraction, allowed: Fraction, spent: Fraction
) -> None:
    seen = verdict(HALF, Ratio(990, 1000), budgeting=budgeting)
    assert (seen.value, seen.budget.allowed, seen.budget.spent) == (value, allowed, spent)


@pytest.mark.parametrize(("empty", "value"), [("excluded", 1), ("good", 1), ("bad", Fraction(1, 2))])
def test_slice_without_events_is_what_the_slo_says_when_it_is_judged(empty: str, value: Fraction) -> None:
    assert verdict(GOOD, SILENT, budgeting="ratio_timeslices", empty_slices=empty).value == value


def test_there_is_no_verdict_when_events_are_too_few() -> None:
    too_few = verdict(Ratio(4, 9), min_events=10)
    assert (too_few.value, too_few.is_kept, too_few.gap, too_few.burn_rate) == (None, None, None, None)


def test_slice_at_its_target_is_good_when_slices_are_judged() -> None:
    assert verdict(Ratio(95, 100), budgeting="timeslices").value == 1


@pytest.mark.parametrize(
    ("budgeting", "weights", "value"),
    [
        ("occurrences", (1, 1), Fraction(35, 40)),
        ("occurrences", (3, 1), Fraction(65, 80)),
        ("timeslices", (3, 1), Fraction(1, 2)),
        ("ratio_timeslices", (1, 1), Fraction(3, 4)),
        ("ratio_timeslices", (3, 1), Fraction(1, 4)),
        ("ratio_timeslices", (9, 1), Fraction(0)),
    ],
)
def test_composite_follows_its_budgeting_when_one_part_is_bad(
    budgeting: str, weights: tuple[int, ...], value: Fraction
) -> None:
    whole = engine(objectives=2, weights=weights, budgeting=budgeting)
    assert whole.composite([GOOD, HALF], [GOOD, GOOD]) == value


def test_composite_has_no_value_when_nothing_was_counted() -> None:
    for budgeting in ("occurrences", "timeslices", "ratio_timeslices"):
        assert engine(objectives=2, budgeting=budgeting).composite([SILENT], [SILENT]) is None


def test_series_must_fit_the_objectives_when_there_are_several() -> None:
    with pytest.raises(ValueError):
        engine(objectives=2).judge([GOOD], [GOOD], [GOOD])


def test_one_series_is_judged_by_every_objective_when_only_one_is_given() -> None:
    slo = Slo.model_validate({"name": "s", "objectives": [{"target": "99%"}, {"target": "50%"}]})
    assert [each.is_kept for each in slo.compile().judge([Ratio(9, 10)])] == [False, True]


def test_alert_without_data_stays_silent_when_it_is_asked() -> None:
    alert = BurnAlert(factor=2, long="1h", short="5m").compile("99%", timedelta(days=28))
    assert not alert.fires(None, None)
    assert not alert.fires(Ratio(0, 0), "50%")
    assert not alert.fires("50%")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "budgeting: timeslices",
            [("availability.slice-target", "objectives[0]"), ("availability.slice", "objectives[0]")],
        ),
        ("budgeting: ratio_timeslices", [("availability.slice", "objectives[0]")]),
        ("budgeting: occurrences", []),
    ],
)
def test_slices_are_asked_for_when_budgeting_needs_them(text: str, expected: list[tuple[str, str]]) -> None:
    loaded = read(Slo, f"{{name: search, objectives: [{{target: 99%}}], {text}}}")
    assert [(problem.code, problem.path) for problem in loaded.problems] == expected


@pytest.mark.parametrize(
    ("model", "text", "expected"),
    [
        (Serial, "serial: [99%, {paralel: [99%]}]", ("availability.share", "serial[1]")),
        (Parallel, "parallel: []", ("document.value", "parallel")),
        (KOfN, "{at_least: 0, of: [99%]}", ("document.value", "at_least")),
        (KOfN, "{at_least: 2, of: [99%]}", ("availability.quorum", "at_least")),
        (Serial, "serial: [{parallel: [99%, 101%]}]", ("availability.share", "serial[0].parallel[1]")),
        (Serial, "serial: [{at_least: 3, of: [99%, 99%]}]", ("availability.quorum", "serial[0].at_least")),
    ],
)
def test_fault_is_told_with_its_place_when_a_whole_is_read(model: Any, text: str, expected: tuple[str, str]) -> None:
    assert [(problem.code, problem.path) for problem in read(model, text).problems] == [expected]


def test_whole_is_written_and_read_back_when_it_is_nested() -> None:
    whole = Serial.parse("serial: [99.99%, {parallel: [99.9%, 99.9%]}, {at_least: 2, of: [2/3, 2/3, 2/3]}]")
    assert Serial.parse(whole.to_yaml()) == whole
    assert "2/3" in whole.to_yaml()
