"""Tables of outages and of announced maintenance: one row is one of either."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field

from servicekit.availability.outage import Maintenance, Outage
from servicekit.errors import Problem
from servicekit.importers.service.service_mapping import ServiceColumns, ServiceTable
from servicekit.importers.service.service_row import ServiceRow
from servicekit.importers.service.service_table import RecordForm, record_stream
from servicekit.importers.table.mapping import Stamps

if TYPE_CHECKING:
    from servicekit.importers.case_stream import ImportStream
    from servicekit.importers.opened_file import TableSource

Downtime: TypeAlias = Outage | Maintenance
OutageKind: TypeAlias = Literal["outage", "maintenance"]

KINDS: tuple[OutageKind, ...] = ("outage", "maintenance")


class OutageColumns(ServiceColumns):
    """The columns that make outages.

    >>> list(OutageColumns(service="system", start="down", end="up").names())
    ['down', 'up', 'system']
    """

    start: Stamps
    """When it began; must be there, in every row."""

    end: Stamps | None = None
    """When it was over; an outage without it is not over."""

    service: str | None = None
    """Which service it was, by its name in the policy; None: ``service`` of the mapping."""

    kind: str | None = None
    """Whether it was an outage or announced maintenance; ``kinds`` says what texts mean. None, and a cell that says
    nothing: an outage."""

    reason: str | None = None
    """Why, in free words."""


class OutageMapping(ServiceTable):
    """How to read a table of outages and of announced maintenance.

    >>> mapping = OutageMapping.parse("{service: shop, columns: {start: down, end: up, reason: why}}")
    >>> sorted(mapping.column_names())
    ['down', 'up', 'why']
    """

    servicekit: Literal["outages/1"] = "outages/1"
    """The format of this document."""

    columns: OutageColumns
    """The columns that make outages."""

    service: str | None = None
    """The service that every row is about, where no column names it."""

    kinds: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Which texts of ``columns.kind`` mean ``outage`` and ``maintenance``; upper and lower case are one."""

    def own_columns(self) -> OutageColumns:
        """The columns that make outages."""
        return self.columns

    def own_problems(self) -> Iterable[Problem]:
        """Every row is about a service, kinds are known, and no text means two."""
        yield from super().own_problems()
        if (self.columns.service is None) == (self.service is None):
            words = "expected either columns.service, or service for the one that all rows are about"
            yield Problem("columns.outage", "service", words)
        seen: dict[str, str] = {name: name for name in KINDS}
        for kind, texts in self.kinds.items():
            if kind not in KINDS:
                yield Problem("columns.outage", f"kinds.{kind}", f"unknown kind {kind!r}", f"known: {', '.join(KINDS)}")
            for number, text in enumerate(texts):
                if (other := seen.setdefault(text.casefold(), kind)) != kind:
                    yield Problem("columns.outage", f"kinds.{kind}[{number}]", f"{text!r} is {other!r} already")
        for what in ("facts", "constants"):
            if getattr(self, what):
                yield Problem.warning("columns.outage", what, "outages have no facts; they are not kept")


class OutageReader:
    """A mapping, compiled; it keeps nothing of a row."""

    number = "service"

    def __init__(self, mapping: OutageMapping) -> None:
        self._service = mapping.service
        texts = {kind: (kind, *mapping.kinds.get(kind, ())) for kind in KINDS}
        self._kinds: Mapping[str, OutageKind] = {text.casefold(): kind for kind in KINDS for text in texts[kind]}

    def read(self, row: ServiceRow) -> Sequence[Downtime]:
        """The outage in a row, or the maintenance."""
        service, kind = self._service or row.needed("service"), self._kind(row)
        start, end = row.instant("start"), row.instant_if_any("end")
        reason = row.text("reason") or ""
        if start is not None and end is not None and end < start:
            row.faults.add("table.ends-before-start", row.layout.stamps["end"].path, "it ends before it begins")
        if start is not None and start == end:
            hint = "write when it ended; a day alone is its first moment"
            words = "it ends as it begins, and so takes no time"
            row.faults.add("table.bad-value", _end(row), words, "warning", hint=hint)
        if kind == "maintenance" and end is None and not row.faults.any_error:
            words = "announced maintenance has an end"
            row.faults.add("table.bad-value", _end(row), words, hint="write when it ends, or that it is an outage")
        if service is None or kind is None or start is None or row.faults.any_error:
            return ()
        if kind == "outage" or end is None:
            return (Outage(start, end, reason, service),)
        return (Maintenance(start, end, reason, service),)

    def rest(self) -> Iterable[tuple[ServiceRow, Downtime | None]]:
        """Nothing: every row tells its own."""
        return ()

    def _kind(self, row: ServiceRow) -> OutageKind | None:
        text = row.text("kind")
        kind = self._kinds.get("outage" if text is None else text.casefold())
        if kind is None:
            words = f"{str(text)[:60]!r} is neither an outage nor maintenance"
            row.faults.add("table.bad-value", row.path("kind"), words, hint="list it in 'kinds', or in 'skip'")
        return kind


def _end(row: ServiceRow) -> str:
    return row.layout.stamps["end"].path if "end" in row.layout.stamps else "end"


def _label(record: Downtime) -> str:
    ends = (record.start.isoformat(), "" if record.end is None else record.end.isoformat())
    return " ".join((type(record).__name__.lower(), record.service, *ends, record.reason)).rstrip()


def _moment(record: Downtime) -> datetime | None:
    """By when it had happened; maintenance is announced before it does."""
    return None if isinstance(record, Maintenance) else record.end or record.start


def read_outages(path: TableSource, mapping: OutageMapping) -> ImportStream[Downtime]:
    """The outages and the announced maintenance of a table that is kept as that of
    :func:`~servicekit.importers.read_cases`.

    A row that says in all what one before says is an error. Maintenance may lie after the export.

    >>> from io import BytesIO
    >>> table = b"system,down,up,why\\nshop,2026-03-02 09:00,2026-03-02 09:30,disk full\\nshop,soon,,\\n"
    >>> mapping = OutageMapping.parse("columns: {service: system, start: down, end: up, reason: why}")
    >>> for row in read_outages(BytesIO(table), mapping):
    ...     print(row.value.reason if row.value else row.problems[0].path)
    disk full
    row 3.down

    Raises:
        PolicyError: the table cannot be read at all: no such file, no rows, a missing column. While reading: a bad row,
            where the mapping says ``on_bad_row: stop``.
    """
    return record_stream(path, mapping, lambda layout: OutageReader(mapping), RecordForm(_label, _moment))
