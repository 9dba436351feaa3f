"""What the ``holidays`` package knows of a year: its announced days, its estimates, or nothing.

A table says what the package knows and does not tell, read from release 0.109; the tests derive it from the package's
own pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from servicekit.calendars.packaged_days.entity import Entity
from servicekit.calendars.special_days import Knowledge, kept_name

LAST_ANNOUNCED: Mapping[str, int] = {
    "AM": 2026,
    "AZ": 2025,
    "BY": 2026,
    "CN": 2026,
    "HU": 2026,
    "KG": 2026,
    "KZ": 2025,
    "LV": 2026,
    "MM": 2025,
    "RU": 2027,
    "TW": 2026,
    "UZ": 2026,
    "VN": 2026,
}
"""The countries whose days move by yearly decree, with the last year that the package speaks of.

A year in which a government moved nothing is announced too, so it is not the last year with a decree. Ukraine moves
nothing under martial law, when the package lists no day off.
"""


def knowledge(entity: Entity, categories: tuple[str, ...], without: tuple[str, ...], year: int) -> Knowledge:
    """What the package knows of a year, holidays ``without`` some names.

    >>> [knowledge(Entity("country", "AE"), ("public",), (), year) for year in (1960, 2026, 2027)]
    ['not covered', 'announced', 'estimated']
    """
    first, last = _years(entity)
    if year < first:
        return "not covered"
    if year > last:
        return "not announced"
    return "estimated" if _is_estimated(entity, categories, without, year) else "announced"


@lru_cache(maxsize=256)
def known_until(entity: Entity, categories: tuple[str, ...], without: tuple[str, ...]) -> int | None:
    """The last announced year, the year before the first where there is none; None where rules know every year."""
    from holidays import HolidayBase

    first, last = _years(entity)
    while last >= first and _is_estimated(entity, categories, without, last):
        last -= 1
    return None if last == HolidayBase.end_year else last


@lru_cache(maxsize=256)
def _years(entity: Entity) -> tuple[int, int]:
    """The first and the last year whose days are listed and decreed."""
    (first, last), announced = entity.listed, LAST_ANNOUNCED.get(entity.country)
    if announced is not None:
        decrees: Mapping[int, object] = getattr(entity.bare, "special_public_holidays", {})
        last = min(last, max(announced, *decrees))  # a newer package carries more of them
    return first, last


@lru_cache(maxsize=8192)
def _is_estimated(entity: Entity, categories: tuple[str, ...], without: tuple[str, ...], year: int) -> bool:
    """Whether the package calls a day of the year estimated, in the name that it gives the day.

    Days that fall on weekends are asked for too, as another date would be a day off.
    """
    if not any(option.endswith("show_estimated") for option in entity.bare.get_supported_options()):
        return False
    found = entity.made(year, categories, observed=False)
    mark = found.tr(found.estimated_label).replace("%s", "").strip()
    names = (kept_name(name, without) for on, name in found.items() if on.year == year)
    return any(name and mark in name for name in names)
