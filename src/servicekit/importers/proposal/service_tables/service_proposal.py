"""The mapping that a table of contacts, answers, evaluations, working time or outages seems to need, with remarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from servicekit.document import read
from servicekit.errors import PolicyError, Problem
from servicekit.importers.case_stream import ImportStream
from servicekit.importers.proposal.commented import commented
from servicekit.importers.proposal.sample import Sample, sample_of
from servicekit.importers.proposal.service_tables.guessed_columns import GuessedColumns
from servicekit.importers.proposal.service_tables.scores import decimal_mark, scale_of, shown
from servicekit.importers.proposal.service_tables.service_words import (
    BOUNCED,
    CONTACT_OUTCOMES,
    MAINTENANCE,
    NOBODY,
    OUTAGE,
    SERVICE_COLUMNS,
    ServiceName,
)
from servicekit.importers.proposal.words import plain
from servicekit.importers.service.answer_table import AnswerMapping, read_answers
from servicekit.importers.service.contact_table import ContactMapping, read_contacts
from servicekit.importers.service.evaluation_table import EvaluationMapping, read_evaluations
from servicekit.importers.service.outage_table import OutageMapping, read_outages
from servicekit.importers.service.service_mapping import ServiceTable
from servicekit.importers.service.work_table import WorkMapping, read_work

_MOST_READ = 5_000
_STAMPS = ("at", "invited_at", "day", "start", "end")
_LENGTHS = ("wait", "talk", "hold", "wrap", "paid", "logged_in", "handling", "idle")
_NAMED_BY_FILE: Mapping[ServiceName, tuple[str, ...]] = {"evaluations": ("form",), "outages": ("service",)}
_MEANINGS = {word: outcome for outcome, words in CONTACT_OUTCOMES.items() for word in words}
_INSTRUMENTS = ("nps", "csat", "ces")


class _Kind(NamedTuple):
    """How a table is guessed and read."""

    needed: tuple[tuple[str, ...], ...]
    """Columns without which there is nothing to map; one of each group."""
    unit: str
    more: Callable[[GuessedColumns, Sample], dict[str, object]]
    mapping: type[ServiceTable]
    reader: Callable[..., ImportStream[Any]]


def propose_service(path: Path | str, table: ServiceName) -> str:
    """The mapping that a table of the service seems to need, written down with remarks on what a person must confirm.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "calls.csv")
    ...     _ = file.write_text("Call ID,Arrived,Result,Wait (min)\\n1,2026-01-05 09:00,HANG,2\\n")
    ...     mapping = ContactMapping.parse(propose_service(file, "contacts"))
    >>> mapping.columns.wait.unit, mapping.outcomes["abandoned"]
    ('minutes', ('HANG',))

    Raises:
        PolicyError: the file cannot be read, or no column of it can be what every row of the table must have
            (``columns.nothing-to-map``).
    """
    path, kind = Path(path), _KINDS[table]
    sample = sample_of(path)
    guess = GuessedColumns(sample, SERVICE_COLUMNS[table])
    _check_needed(sample, guess, table)
    data, unmapped = _document(sample, guess, table)
    for key in _NAMED_BY_FILE.get(table, ()):
        if key not in guess.found:
            data[key], guess.notes[key] = path.stem, f"confirm: the name of the {key}, which no column has"
    notes = {"timezone": "confirm: the zone of stamps without an offset", **sample.notes, **guess.notes}
    mapping = read(kind.mapping, commented(data, (), {})).unwrap()
    with closing(kind.reader(path, mapping)) as stream:
        records = list(islice(stream, _MOST_READ))
    good = sum(record.value is not None or record.left_out is not None for record in records)
    head = [
        f"Proposed by looking at {path.name}: {good} of {len(records)} records are read by it.",
        "Confirm what is remarked on, above all the time zone, and say when the export was made (as_of).",
        *([f"Columns that are not mapped: {', '.join(unmapped)}"] if unmapped else []),
    ]
    return commented(data, head, notes)


def _check_needed(sample: Sample, guess: GuessedColumns, table: ServiceName) -> None:
    lacking = [keys for keys in _KINDS[table].needed if guess.found.keys().isdisjoint(keys)]
    if lacking:
        missing = ", ".join(" or ".join(keys) for keys in lacking)
        message = f"a table of {table} needs columns that none of the export can be: {missing}"
        hint = f"columns: {', '.join(sample.columns)[:200] or 'none'}"
        raise PolicyError([Problem("columns.nothing-to-map", "columns", message, hint=hint)])


def _document(sample: Sample, guess: GuessedColumns, table: ServiceName) -> tuple[dict[str, object], list[str]]:
    """The mapping as plain data, and the columns that it does not name."""
    kind = _KINDS[table]
    facts = guess.facts() if table in ("contacts", "answers") else {}
    more = kind.more(guess, sample)
    columns = {key: _column(guess, key, kind.unit) for key in guess.found}
    dates = {} if guess.dates in (None, ("iso",)) else {"dates": list(guess.dates or ())}
    head = {"servicekit": kind.mapping.model_fields["servicekit"].default, "timezone": "UTC", **sample.file, **dates}
    data = {**head, "columns": columns, **more, **({"facts": facts} if facts else {})}
    return data, guess.unmapped(_named(data))


def _column(guess: GuessedColumns, key: str, unit: str) -> object:
    if key in _STAMPS:
        return guess.stamp(key)
    return guess.length(key, unit) if key in _LENGTHS else guess.found[key]


def _named(data: object) -> set[str]:
    """Every text in a mapping."""
    if isinstance(data, str):
        return {data}
    inner = data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ()
    return set().union(*map(_named, inner))


def _contacts(guess: GuessedColumns, sample: Sample) -> dict[str, object]:
    texts = guess.texts("outcome")
    outcomes: dict[str, list[str]] = {}
    for text in texts:
        if (meaning := _MEANINGS.get(plain(text))) is not None:
            outcomes.setdefault(meaning, []).append(text)
    unknown = {text: times for text, times in texts.items() if plain(text) not in _MEANINGS}
    guess.notes["outcomes"] = "confirm" + (f"; nobody knows what these mean: {shown(unknown)}" if unknown else "")
    more: dict[str, object] = {"outcomes": outcomes, **_nobody(guess)}
    numbers = guess.texts("contact_id") if "contact_id" in guess.found else {}
    if any(times > 1 for times in numbers.values()):
        more["rows"] = "legs"
        guess.notes["rows"] = "confirm: numbers come again, as where a contact that is handed on has several rows"
    return more


def _nobody(guess: GuessedColumns) -> dict[str, object]:
    texts = guess.texts("customer_id") if "customer_id" in guess.found else {}
    nobody = [text for text in texts if plain(text) in NOBODY]
    return {"nobody": nobody} if nobody else {}


def _answers(guess: GuessedColumns, sample: Sample) -> dict[str, object]:
    beside = {name: guess.found.pop(name) for name in _INSTRUMENTS if name in guess.found}
    scored = [guess.found["score"]] if "score" in guess.found and not beside else list(beside.values())
    if beside:
        guess.drop("score", "instrument")
    mark = decimal_mark([cell for column in scored for cell in guess.cells[column]])
    instruments: dict[str, dict[str, object]] = {}
    for name, column in beside.items():
        instruments[name] = {"column": column, **scale_of(guess.cells[column], mark, name)}
    for name, cells in {} if beside else _scores_apart(guess, sample).items():
        instruments[name] = scale_of(cells, mark, name)
    guess.notes["instruments"] = "confirm: the scales, which the scores in the file leave open"
    return {"instruments": instruments, **_mark(mark), **_nobody(guess), **_bounced(guess)}


def _scores_apart(guess: GuessedColumns, sample: Sample) -> dict[str, list[str]]:
    """The scores of one column by the question that they answer; of one question by the name of the column."""
    score, question = guess.found["score"], guess.found.get("instrument")
    scores = sample.columns[score]
    found: dict[str, list[str]] = {}
    for name, cell in zip(scores if question is None else sample.columns[question], scores, strict=True):
        if cell in guess.cells[score]:
            found.setdefault(plain(score) if question is None else name, []).append(cell)
    return found or {plain(score): []}


def _bounced(guess: GuessedColumns) -> dict[str, object]:
    texts = guess.texts("delivery") if "delivery" in guess.found else {}
    bounced = [text for text in texts if plain(text) in BOUNCED]
    if not bounced or "invited_at" not in guess.found:
        guess.drop("delivery")
        return {}
    return {"bounced": bounced}


def _mark(mark: str) -> dict[str, object]:
    return {"decimal_mark": mark} if mark != "." else {}


def _evaluations(guess: GuessedColumns, sample: Sample) -> dict[str, object]:
    if "score" not in guess.found:
        return {}
    cells = guess.cells[guess.found["score"]]
    mark = decimal_mark(cells)
    guess.notes["scale"] = "confirm: the file does not tell it"
    return {"scale": scale_of(cells, mark), **_mark(mark)}


def _work(guess: GuessedColumns, sample: Sample) -> dict[str, object]:
    """A row is about a day, or has both of its ends."""
    ends = guess.found.keys() >= {"start", "end"}
    if ends and any(":" in cell for cell in guess.cells[guess.found.get("day", guess.found["start"])]):
        guess.drop("day")
    else:
        guess.drop("start", "end")
    return {}


def _outages(guess: GuessedColumns, sample: Sample) -> dict[str, object]:
    """What the kinds of rows mean."""
    more: dict[str, object] = {}
    texts = guess.texts("kind") if "kind" in guess.found else {}
    if texts:
        kinds = {name: [text for text in texts if plain(text) in words] for name, words in _OUTAGE_KINDS.items()}
        more["kinds"] = {name: found for name, found in kinds.items() if found}
        unknown = {text: times for text, times in texts.items() if plain(text) not in (*OUTAGE, *MAINTENANCE)}
        guess.notes["kinds"] = "confirm" + (f"; nobody knows what these mean: {shown(unknown)}" if unknown else "")
    return more


_OUTAGE_KINDS = {"outage": OUTAGE, "maintenance": MAINTENANCE}

_KINDS: Mapping[ServiceName, _Kind] = {
    "contacts": _Kind((("at",), ("outcome",)), "seconds", _contacts, ContactMapping, read_contacts),
    "answers": _Kind((("at",), ("score", *_INSTRUMENTS)), "seconds", _answers, AnswerMapping, read_answers),
    "evaluations": _Kind((("at",), ("agent",)), "seconds", _evaluations, EvaluationMapping, read_evaluations),
    "work": _Kind((("agent",), ("day", "start"), ("day", "end")), "hours", _work, WorkMapping, read_work),
    "outages": _Kind((("start",),), "seconds", _outages, OutageMapping, read_outages),
}
