"""The mapping that an export seems to need, as a document with remarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from servicekit.document import read
from servicekit.errors import PolicyError, Problem
from servicekit.events import Case, Imported, Opened, StatusChanged
from servicekit.importers.export_formats import ExportMapping, mapping_class, read_export
from servicekit.importers.proposal.column_roles import FACTS, Roles
from servicekit.importers.proposal.commented import commented
from servicekit.importers.proposal.products import product_of
from servicekit.importers.proposal.sample import Sample, sample_of
from servicekit.importers.proposal.stamp_formats import stamps_of
from servicekit.importers.proposal.table_mapping import Guess, history_mapping, table_mapping
from servicekit.importers.tickets import TableExportMapping

_MOST_READ = 5_000
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping for an export, as it would be written down.

    ``text`` is the document with remarks: what was guessed says so. ``values`` counts what the export holds, by fact
    (and ``status``), in its own words. ``records`` were looked at, ``read`` of them can be read by the mapping.

    >>> from servicekit.importers import JiraMapping
    >>> Proposal(JiraMapping(), "servicekit: jira/1\\n", {"status": {"Done": 3}}, records=3, read=3).values["status"]
    {'Done': 3}
    """

    mapping: ExportMapping
    text: str
    values: Mapping[str, Mapping[str, int]]
    records: int
    read: int


def propose(path: Path | str) -> Proposal:
    """The mapping that an export seems to need; nothing of it is certain before a person has confirmed it.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "list.csv")
    ...     _ = file.write_text("Nr;Aberto em;Resolvido em\\n1;05/01/2026 09:00;31/01/2026 10:00\\n")
    ...     mapping = propose(file).mapping
    >>> mapping.delimiter, mapping.dates, mapping.columns.resolved_at.column
    (';', ('%d/%m/%Y %H:%M',), 'Resolvido em')

    Raises:
        PolicyError: the file cannot be read, or no column of it can be the number or the opening of a case
            (``columns.nothing-to-map``).
    """
    path = Path(path)
    sample = sample_of(path)
    guess = _guess(path, sample)
    mapping = read(mapping_class(str(guess.data["servicekit"])), commented(guess.data, (), {})).unwrap()
    records = _records(path, mapping)
    values = guess.values or _values(records)
    notes = {**{f"facts.{name}": _shown(counts) for name, counts in values.items()}, **guess.notes}
    good = sum(record.value is not None or record.left_out is not None for record in records)
    head = [
        f"Proposed by looking at {path.name}: {good} of {len(records)} records are read by it.",
        "Confirm what is remarked on, above all the time zone, and say when the export was made (as_of).",
        *guess.head,
    ]
    if isinstance(guess.product, str):
        head += [f"{name}: {_shown(counts)}" for name, counts in values.items() if counts]
    return Proposal(mapping, commented(guess.data, head, notes), values, len(records), good)


def _guess(path: Path, sample: Sample) -> Guess:
    product = product_of(sample)
    if product is not None:
        return _product_mapping(product, sample)
    roles = Roles(sample.columns)
    found = history_mapping(sample, roles) or table_mapping(sample, roles)
    if found is None:
        names = ", ".join(sample.columns)[:200] or "none"
        message = "no column of the export can be the number and the opening of a case"
        problem = Problem("columns.nothing-to-map", "columns", message, hint=f"columns: {names}")
        raise PolicyError([problem])
    return found


def _product_mapping(product: str, sample: Sample) -> Guess:
    data: dict[str, object] = {"servicekit": product, "timezone": "UTC"}
    notes = {"timezone": "confirm: the zone of stamps without an offset", **sample.notes}
    kind = mapping_class(product)
    if not issubclass(kind, TableExportMapping):
        return Guess(data, notes, [], {}, product)
    data |= sample.file
    named = {name.casefold(): cells for name, cells in sample.columns.items()}
    opened = named.get("opened_at") or named.get("created time") or ()
    stamps = stamps_of(filter(None, opened))
    usual = kind.model_fields["dates"].default
    if stamps is not None and (not set(stamps.formats) <= set(usual) or stamps.others):
        data["dates"] = list(stamps.formats)
        if stamps.others:
            notes["dates"] = f"confirm: every stamp also reads as {stamps.others[0]!r}"
    return Guess(data, notes, [], {}, product)


def _records(path: Path, mapping: ExportMapping) -> list[Imported[Case]]:
    with closing(read_export(path, mapping)) as stream:
        return list(islice(stream, _MOST_READ))


def _values(records: Iterable[Imported[Case]]) -> dict[str, Counter[str]]:
    """What cases hold, by fact, and the statuses that they take."""
    values: dict[str, Counter[str]] = {name: Counter() for name in ("status", *FACTS) if name != "owner"}
    for event in (event for record in records if record.value for event in record.value.events):
        if isinstance(event, StatusChanged):
            values["status"][event.to] += 1
        elif isinstance(event, Opened):
            for name in values.keys() & event.facts.keys():
                values[name][str(event.facts[name])] += 1
    return values


def _shown(counts: Mapping[str, int]) -> str:
    """Values with how often they came, the most frequent first."""
    most = Counter(counts).most_common(_SHOWN)
    more = f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
    return ", ".join(f"{value} {times}" for value, times in most) + more
