"""Problems, exceptions and warnings.

Two kinds of fault are told apart everywhere. Faults in *people's data* (a policy, a calendar, a
ticket log) are values: every one is returned as a :class:`Problem` with a stable code and an address.
Wrong *arguments* raise at once, with a subclass of ``ValueError``, ``TypeError`` or ``LookupError``.

Everything raised on purpose descends from :class:`ServiceKitError`, every warning from
:class:`ServiceKitWarning`. Codes are stable and may be tested for; message texts may improve.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from servicekit._safe_text import with_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Address",
    "CalendarError",
    "CalendarHorizonError",
    "HolidaysUnknownError",
    "HorizonWarning",
    "MissingExtraError",
    "NaiveColumnError",
    "NaiveDatetimeError",
    "NeverOpenError",
    "PolicyError",
    "Problem",
    "ProblemGroup",
    "ProblemLog",
    "ServiceKitError",
    "ServiceKitWarning",
    "Severity",
    "UnknownNameError",
    "UnknownZoneError",
]

Severity = Literal["error", "warning"]
"""``error``: no result can be trusted; ``warning``: a result exists, a person should look."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A place in a file: name, line and column, both counted from 1.

    >>> str(Address("policy.yaml", 14, 7))
    'policy.yaml:14:7'
    """

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a document or a data set, as a value.

    ``code`` is stable (``room.what``); ``path`` names the place inside the document
    (``sla.targets[2].calendar``) or the record (``row 17``); ``address`` is the place in the file,
    where there is one; ``hint`` says what to do.

    >>> print(Problem("sla.unknown-calendar", "sla.calendar", "no calendar named 'emae'",
    ...               hint="did you mean 'emea'?", address=Address("policy.yaml", 14, 7)))
    error sla.unknown-calendar at sla.calendar (policy.yaml:14:7): no calendar named 'emae'; did you mean 'emea'?
    """

    code: str
    path: str
    message: str
    hint: str | None = None
    severity: Severity = "error"
    address: Address | None = None

    def __str__(self) -> str:
        place = f" at {self.path}" if self.path else ""
        file = f" ({self.address})" if self.address else ""
        hint = f"; {self.hint}" if self.hint else ""
        return with_codes(f"{self.severity} {self.code}{place}{file}: {self.message}{hint}")

    @classmethod
    def warning(cls, code: str, path: str, message: str, hint: str | None = None) -> Problem:
        """A problem in spite of which a result exists; a person should look.

        >>> print(Problem.warning("sla.empty-row", "targets[2]", "the row promises nothing", "add a target"))
        warning sla.empty-row at targets[2]: the row promises nothing; add a target
        """
        return cls(code, path, message, hint, "warning")

    @property
    def is_error(self) -> bool:
        """Whether no result can be trusted."""
        return self.severity == "error"

    def under(self, prefix: str) -> Problem:
        """The same problem seen from one level up: its path behind ``prefix``.

        >>> Problem("c", "targets[0]", "m").under("sla").path
        'sla.targets[0]'
        """
        joint = "" if not self.path or self.path.startswith("[") else "."
        return self._at(f"{prefix}{joint}{self.path}", self.address)

    def located(self, address: Address | None) -> Problem:
        """The same problem with its place in a file; an address it already has stays."""
        return self if self.address or address is None else self._at(self.path, address)

    def _at(self, path: str, address: Address | None) -> Problem:
        # dataclasses.replace takes ten times as long, and a bad document may have 100,000 problems
        return Problem(self.code, path, self.message, self.hint, self.severity, address)


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """All problems of one code: how many there were, and the first few of them.

    >>> first = Problem("table.short-row", "row 3", "2 cells under a header of 5")
    >>> ProblemGroup(first.code, first.severity, 140, (first,)).examples[0].path
    'row 3'
    """

    code: str
    severity: Severity
    times: int
    examples: tuple[Problem, ...]


_MOST_SHOWN = 100
_LONGEST_LINE = 2000
_EXAMPLES_KEPT = 3


def shown(problems: Sequence[Problem]) -> list[str]:
    """The problems as lines for people: of very many the first hundred, errors before warnings, and how many more.

    >>> shown([Problem("c", f"rows[{n}]", "m") for n in range(5000)])[-2:]
    ['error c at rows[99]: m', '... and 4,900 more problems']
    """
    if len(problems) <= _MOST_SHOWN:
        return list(map(_line, problems))
    first = sorted(problems, key=lambda problem: not problem.is_error)[:_MOST_SHOWN]
    return [*map(_line, first), f"... and {len(problems) - _MOST_SHOWN:,} more problems"]


def _line(problem: Problem) -> str:
    text = str(problem)
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}..."


@dataclass(slots=True)
class ProblemLog:
    """Counts problems by code and keeps the first three of each, however many there are.

    >>> log = ProblemLog()
    >>> log.add(Problem("table.short-row", f"row {n}", "2 cells under a header of 5") for n in range(2, 142))
    >>> [(group.code, group.times, len(group.examples)) for group in log.groups()]
    [('table.short-row', 140, 3)]
    """

    _times: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    _examples: dict[tuple[str, Severity], list[Problem]] = field(default_factory=dict)

    def add(self, problems: Iterable[Problem]) -> None:
        """Count some problems."""
        for problem in problems:
            key = (problem.code, problem.severity)
            self._times[key] += 1
            kept = self._examples.setdefault(key, [])
            if len(kept) < _EXAMPLES_KEPT:
                kept.append(problem)

    def add_groups(self, groups: Iterable[ProblemGroup]) -> None:
        """Count problems that another log has counted.

        >>> log = ProblemLog()
        >>> log.add_groups([ProblemGroup("events.duplicate", "warning", 7, ())])
        >>> log.groups()[0].times
        7
        """
        for group in groups:
            key = (group.code, group.severity)
            self._times[key] += group.times
            kept = self._examples.setdefault(key, [])
            kept += group.examples[: _EXAMPLES_KEPT - len(kept)]

    def groups(self, besides: Iterable[Problem] = ()) -> tuple[ProblemGroup, ...]:
        """Errors first, then by code; ``besides`` are problems of the run itself, each of a code of its own."""
        groups = [ProblemGroup(*key, times, tuple(self._examples[key])) for key, times in self._times.items()]
        groups += [ProblemGroup(problem.code, problem.severity, 1, (problem,)) for problem in besides]
        return tuple(sorted(groups, key=lambda group: (group.severity, group.code)))


class ServiceKitError(Exception):
    """The root of everything this library raises on purpose; ``code`` is stable."""

    code: str = "servicekit.error"


class PolicyError(ServiceKitError, ValueError):
    """A document cannot be used; ``problems`` holds every reason, not just the first."""

    code = "policy.invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(shown(self.problems)))


class UnknownNameError(ServiceKitError, LookupError):
    """A name that nothing bears; the message offers the nearest known one."""

    code = "name.unknown"

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        folded = {known.casefold(): known for known in self.known}
        near = get_close_matches(name.casefold(), folded, n=1)
        hint = f"did you mean {folded[near[0]]!r}?" if near else f"known: {', '.join(self.known) or 'none'}"
        super().__init__(f"no {kind} named {name!r}; {hint}")


class UnknownZoneError(ServiceKitError, ValueError):
    """A time zone that the IANA database does not list."""

    code = "zone.unknown"


class NaiveDatetimeError(ServiceKitError, ValueError):
    """A datetime without a time zone was given where an instant is needed."""

    code = "instant.naive"

    def __init__(self, value: datetime) -> None:
        self.value = value
        super().__init__(
            f"{value!r} has no time zone, so it does not name an instant; attach one, "
            "for example value.replace(tzinfo=ZoneInfo('Asia/Shanghai'))"
        )


class CalendarError(ServiceKitError, ValueError):
    """A calendar cannot answer."""

    code = "calendar.error"


class CalendarHorizonError(CalendarError, LookupError):
    """The question lies past the years that the compiled calendar may cover."""

    code = "calendar.horizon"


class HolidaysUnknownError(CalendarHorizonError):
    """The question needs the holidays of a year that nobody has announced.

    ``known_until`` is the last year whose holidays and make-up days are known, None where the question is about a year
    before it; ``sources`` say what they know of the year.
    """

    code = "calendar.holidays-unknown"

    def __init__(self, known_until: int | None, asked: str, sources: Iterable[str] = ()) -> None:
        self.known_until, self.asked, self.sources = known_until, asked, tuple(sources)
        super().__init__(
            f"{unknown_holidays(known_until, asked, self.sources)}; update the 'holidays' package, set 'known_until' "
            "in the calendar, or choose 'unannounced: warn | assume'"
        )


def unknown_holidays(known_until: int | None, asked: str, sources: Iterable[str]) -> str:
    """What is not known, as messages say it.

    >>> unknown_holidays(2026, "2027-03-09", ["AE: estimated"])
    'holidays are known until the end of 2026, asked about 2027-03-09 (AE: estimated)'
    """
    known = "not known" if known_until is None else f"known until the end of {known_until}"
    return f"holidays are {known}, asked about {asked} ({'; '.join(sources)})"


class NeverOpenError(CalendarError):
    """Open time was asked of a calendar that has none."""

    code = "calendar.never-open"


class MissingExtraError(ServiceKitError, ImportError):
    """An optional package is needed; the message carries the pip line."""

    code = "extra.missing"

    def __init__(self, package: str, extra: str) -> None:
        self.package, self.extra = package, extra
        super().__init__(
            f"this needs {package!r}, which is not installed; run: pip install 'servicekit-policy[{extra}]'"
        )


class ServiceKitWarning(UserWarning):
    """The root of every warning of this library."""


class HorizonWarning(ServiceKitWarning):
    """An answer rests on holidays that are not announced yet."""


class NaiveColumnError(ServiceKitError, ValueError):
    """A column of datetimes without a time zone was given where instants are needed."""

    code = "frames.naive-column"

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(
            f"the datetimes in column {column!r} have no time zone, so they do not name instants; attach one, "
            "for example with dt.replace_time_zone('Asia/Shanghai') in Polars or dt.tz_localize(...) in pandas"
        )


class FrameError(ServiceKitError, ValueError):
    """The columns of a data frame cannot be read as what they are said to be; ``problems`` holds every reason.

    A problem's path is the column, or the column with a row, counted from 0: ``at[17]``.
    """

    code = "frames.invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(shown(self.problems)))
