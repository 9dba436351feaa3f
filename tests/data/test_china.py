"""Every day of 2007-2026 as the State Council announced it, from a data set that nobody here wrote."""

from __future__ import annotations

import csv
import warnings
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from servicekit.calendars import Calendar, CompiledCalendar, Unannounced
from servicekit.errors import HolidaysUnknownError, HorizonWarning

WORKING_DAYS = dict(
    zip(
        range(2007, 2027),
        (249, 251, 250, 250, 250, 249, 250, 250, 249, 250, 249, 250, 250, 249, 250, 249, 249, 251, 248, 248),
        strict=True,
    )
)


def china(unannounced: Unannounced = "raise") -> CompiledCalendar:
    fields = {"timezone": "Asia/Shanghai", "weekly": {"mon-fri": "09:00-18:00"}, "holidays": ["CN"]}
    return Calendar.model_validate({**fields, "unannounced": unannounced}).compile()


@pytest.fixture(scope="module")
def special(shared_data: Path) -> dict[date, bool]:
    """The announced days: whether each is off."""
    with (shared_data / "holiday_cn" / "cn_special_days_2007_2026.csv").open(encoding="utf-8", newline="") as file:
        return {date.fromisoformat(row["date"]): row["is_off_day"].lower() == "true" for row in csv.DictReader(file)}


def announced_years() -> list[date]:
    start = date(2007, 1, 1)
    return [start + timedelta(days=n) for n in range((date(2027, 1, 1) - start).days)]


def test_all_7305_days_are_right(special: dict[date, bool]) -> None:
    hours, days = china(), announced_years()
    expected = {on: not special.get(on, on.weekday() >= 5) for on in days}
    assert (len(days), len(special), sum(special.values())) == (7305, 678, 545)
    assert [on for on in days if hours.is_business_day(on) != expected[on]] == []


def test_open_time_agrees_on_all_7305_days(special: dict[date, bool]) -> None:
    hours = china()
    nine = timedelta(hours=9)
    wrong = [
        on
        for on in announced_years()
        if hours.hours_on(on).total != (timedelta(0) if special.get(on, on.weekday() >= 5) else nine)
    ]
    assert wrong == []


def test_working_days_of_every_year_are_the_published_ones() -> None:
    hours = china()
    counted = {year: hours.business_days_between(date(year, 1, 1), date(year + 1, 1, 1)) for year in WORKING_DAYS}
    assert counted == WORKING_DAYS


def test_worked_weekends_are_make_up_days(special: dict[date, bool]) -> None:
    hours = china()
    worked = [on for on, is_off in special.items() if not is_off]
    layers = Counter(hours.day(on).layer for on in worked if on.weekday() >= 5)
    assert (len(worked), layers) == (133, {"make-up": 132})  # the notices name one working day that is a weekday


def test_2027_is_not_announced_and_raises() -> None:
    hours = china()
    for on in (date(2027, 1, 1), date(2027, 6, 7), date(2027, 12, 31)):
        with pytest.raises(HolidaysUnknownError):
            hours.is_business_day(on)


def test_2027_warns_or_assumes_by_choice() -> None:
    labour_day, monday = date(2027, 5, 1), date(2027, 6, 7)
    with pytest.warns(HorizonWarning):
        assert china("warn").is_business_day(monday)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert china("assume").is_business_day(monday)
        assert not china("assume").is_business_day(labour_day)
