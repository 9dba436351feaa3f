"""How instants are written in tables and documents, as documents say it."""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from servicekit.document import DocumentValueError, did_you_mean
from servicekit.importers.timestamps import NAMED_FORMATS

_AS_OF_HELP = "write it as 2026-02-13T17:45"
_FORMAT_HELP = "say 'iso' or another named format, or a strptime pattern such as '%d/%m/%Y %H:%M'"

_LONGEST_FORMAT = 100
_SOME_MOMENT = datetime(2026, 1, 31, tzinfo=UTC)  # with a zone, for %z


def _checked_format(pattern: str) -> str:
    if pattern not in NAMED_FORMATS:
        if len(pattern) > _LONGEST_FORMAT:
            message = f"a pattern of {len(pattern):,} characters; at most {_LONGEST_FORMAT}"
            raise DocumentValueError("columns.date-format", message, hint=_FORMAT_HELP)
        try:
            datetime.strptime(_SOME_MOMENT.strftime(pattern), pattern)  # noqa: DTZ007 - only the pattern is tried
        except (ValueError, re.error) as error:  # the latter for a directive that comes twice
            raise DocumentValueError("columns.date-format", f"{pattern!r}: {error}", hint=_FORMAT_HELP) from None
        if "%" not in pattern:
            hint = did_you_mean(pattern, NAMED_FORMATS) or _FORMAT_HELP
            raise DocumentValueError("columns.date-format", f"{pattern!r} reads no date", hint=hint)
    return pattern


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _written_instant(value: object) -> object:
    if not isinstance(value, str | datetime):
        raise DocumentValueError("columns.as-of", f"{value!r} is not a date and time", hint=_AS_OF_HELP)
    return value


def _within_all_zones(value: datetime) -> datetime:
    if not MINYEAR < value.year < MAXYEAR:  # else an offset might lead out of the years that there are
        raise DocumentValueError("columns.as-of", f"years run from 2 to 9998, not to {value.year}", hint=_AS_OF_HELP)
    return value


AsOf = Annotated[datetime, BeforeValidator(_written_instant), AfterValidator(_within_all_zones)]
"""A document field for the moment at which an export was made."""
DateFormat = Annotated[str, AfterValidator(_checked_format)]
DateFormats = Annotated[tuple[DateFormat, ...], Field(min_length=1, max_length=20), BeforeValidator(_as_list)]
LengthUnit = Literal["seconds", "minutes", "hours", "days", "text", "mm:ss"]
"""How a length of time is written; of two numbers the first counts hours in ``text``, and minutes in ``mm:ss``."""
