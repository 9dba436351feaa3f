"""A JSON export as a stream of cases: every record becomes one case, or a Problem that names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count

from servicekit.desk import Imported
from servicekit.errors import Address, PolicyError, Problem
from servicekit.events import Case
from servicekit.importers.seen import SeenIds
from servicekit.importers.stamps import Localiser, stamp_reader
from servicekit.importers.tickets.json_source import JsonSource, Raw, Source
from servicekit.importers.tickets.look import Faults, Look
from servicekit.importers.tickets.mapping import JsonMapping

__all__ = ["JsonCases", "ReadRecord"]

ReadRecord = Callable[[Look], Case | None]
"""Makes the case of one record; where it cannot, it has left a fault in what it looked at."""

SplitPages = Callable[[Iterable[Raw]], Iterator[Raw]]
"""Makes records of the values of a source, which may be whole pages of them."""


class JsonCases:
    """A help desk's JSON export, open for one reading: iterate over it once.

    Every record comes out as one :class:`~servicekit.desk.Imported`. ``size`` and :meth:`position` tell how far the
    reading is, in bytes of the file on disk.
    """

    __slots__ = ("_faults", "_mapping", "_read", "_seen", "_source", "_split", "size")

    def __init__(self, source: Source, mapping: JsonMapping, *, split: SplitPages, read: ReadRecord) -> None:
        self._source = JsonSource(source, encoding=mapping.encoding)
        self._mapping, self._split, self._read = mapping, split, read
        self._seen = SeenIds()
        read_stamp = stamp_reader(mapping.dates, Localiser(mapping.timezone))
        self._faults: Callable[[], Faults] = lambda: Faults(read_stamp)
        self.size = self._source.size

    def __iter__(self) -> Iterator[Imported]:
        numbers = count(1)
        for raw in self._split(self._source):
            record = self._import(raw, next(numbers))
            errors = [problem for problem in record.problems if problem.is_error]
            if errors and self._mapping.on_bad_row == "stop":
                self.close()
                raise PolicyError(errors)
            yield record

    def position(self) -> int:
        """How many bytes of the file have been read so far."""
        return self._source.position()

    def close(self) -> None:
        """Let go of the file; reading it to the end does so too."""
        self._source.close()

    def _import(self, raw: Raw, row: int) -> Imported:
        if raw.fault is not None:
            return Imported(problems=(raw.fault.under(f"record {row}"),), row=row)
        look = Look(raw.value, self._faults())
        case = self._case(look)
        if case is not None and not look.faults.any_error and not self._seen.add(case.case_id):
            look.fault("ticket.duplicate-case", f"case {case.case_id!r} came before")
        problems = self._problems(look.faults, raw, row)
        return Imported(None if look.faults.any_error else case, problems, row=row)

    def _case(self, look: Look) -> Case | None:
        try:
            return self._read(look)
        except RecursionError:  # two entries of a log were compared
            look.fault("ticket.bad-value", "nested too deep")
            return None

    def _problems(self, faults: Faults, raw: Raw, row: int) -> tuple[Problem, ...]:
        address = None if raw.line is None else Address(self._source.name, raw.line)
        return tuple(
            Problem(code, f"record {row}.{path}".rstrip("."), message, severity=severity, address=address)
            for code, path, message, severity in faults.found
        )
