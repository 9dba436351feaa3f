"""From what the columns of a table are to the column mapping that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from servicekit.importers.proposal.column_roles import FACTS, Roles
from servicekit.importers.proposal.sample import Sample
from servicekit.importers.proposal.stamp_formats import StampGuess
from servicekit.importers.proposal.words import STATUSES, plain

_IDS = ("case_id", "customer_id")
_STAMPS = ("opened_at", "first_replied_at", "acknowledged_at", "resolved_at", "closed_at", "cancelled_at")
_MOST_VALUES, _MOST_STATUSES = 50, 40
_MEANINGS = {word: status for status, words in STATUSES.items() for word in words}


@dataclass(frozen=True, slots=True)
class Guess:
    """A mapping as plain data, remarks by path and for the head, and the values found, by fact."""

    data: dict[str, object]
    notes: Mapping[str, str]
    head: Sequence[str]
    values: Mapping[str, Mapping[str, int]]
    product: str | None = None


class _Draft:
    """A mapping in the making."""

    def __init__(self, format: str, sample: Sample, roles: Roles) -> None:
        self.roles, self._used = roles, dict.fromkeys(roles.named.values())
        self.data: dict[str, object] = {"servicekit": format, "timezone": "UTC", **sample.file}
        self.notes = {"timezone": "confirm: the zone of stamps without an offset", **sample.notes}
        self.head: list[str] = []
        self.values: dict[str, Counter[str]] = {}
        self._dates: tuple[str, ...] = ("iso",)

    def decide_dates(self, names: Sequence[str]) -> None:
        """Say how stamps are written, for the columns of these roles."""
        columns = [self.roles.named[name] for name in names if name in self.roles.named]
        guesses = {column: self.roles.stamps[column] for column in columns if column in self.roles.stamps}
        settled = [guess.formats[0] for guess in guesses.values() if not guess.others]
        self._formats = {column: _settled(guess, settled) for column, guess in guesses.items()}
        doubts = [guess for column, guess in guesses.items() if self._is_doubtful(guess, settled)]
        most = Counter(self._formats.values()).most_common(1)
        self._dates = most[0][0] if most else ("iso",)
        if self._dates != ("iso",):
            self.data["dates"] = self._dates[0] if len(self._dates) == 1 else list(self._dates)
        if doubts:
            chosen = _settled(doubts[0], settled)[0]
            other = next(each for each in (*doubts[0].formats, *doubts[0].others) if each != chosen)
            self.notes["dates"] = f"confirm: every stamp also reads as {other!r}"
        elif "dates" in self.data:
            self.notes["dates"] = "fits every stamp that was looked at"

    def _is_doubtful(self, guess: StampGuess, settled: Sequence[str]) -> bool:
        return bool(guess.others) and not any(_order(each) for each in settled)

    def stamp(self, role: str) -> object | None:
        """The column of a role as a mapping has it."""
        column = self.roles.named.get(role)
        if column is None:
            length = self.roles.lengths.get(role)
            if length is None:
                return None
            self.notes[f"columns.{role}"] = "confirm: counted on the wall clock from the opening"
            return {"column": length.column, "after_opening": length.unit}
        written: dict[str, object] = {"column": column}
        if column in self.roles.times:
            written["time"] = self.roles.times[column]
        formats = self._formats.get(column, self._dates)
        if formats != self._dates:
            written["dates"] = formats[0] if len(formats) == 1 else list(formats)
        if role in self.roles.guessed:
            self.notes[f"columns.{role}"] = "guessed from the cells"
        return written if len(written) > 1 else column

    def facts(self) -> dict[str, object]:
        """The facts and the values that they have."""
        found: dict[str, object] = {}
        for name in FACTS:
            column = self.roles.named.get(name)
            if column is None:
                continue
            counts = Counter(self.roles.cells[column])
            if name != "owner" and len(counts) > _MOST_VALUES:
                self.head.append(f"{column!r} has {len(counts)} values: too many for the fact {name}")
                continue
            found[name] = column
            if name != "owner":
                self.values[name] = counts
        return found

    def statuses(self, texts: Mapping[str, int]) -> dict[str, list[str]]:
        """What statuses mean, as far as their words are known."""
        found: dict[str, list[str]] = {}
        for text in texts:
            if (meaning := _MEANINGS.get(plain(text))) is not None:
                found.setdefault(meaning, []).append(text)
        unknown = [f"{text} ({times})" for text, times in texts.items() if plain(text) not in _MEANINGS]
        self.notes["statuses"] = "confirm; every status that is not listed is one of an open case"
        if unknown:
            self.notes["statuses"] += f": {', '.join(unknown)}"
        self.values["status"] = Counter(texts)
        return found

    def guess(self, rest: Sequence[str]) -> Guess:
        """The finished draft."""
        stamps = [name for name in rest if name in self.roles.stamps]
        others = [name for name in rest if name not in stamps]
        self.head += [f"Stamps that are not mapped: {', '.join(stamps)}"] * bool(stamps)
        self.head += [f"Columns that are not mapped: {', '.join(others)}"] * bool(others)
        return Guess(self.data, self.notes, self.head, self.values)


def table_mapping(sample: Sample, roles: Roles) -> Guess | None:
    """The column mapping of a wide table; None where no column can be the number or the opening of a case."""
    if not {"case_id", "opened_at"} <= roles.named.keys():
        return None
    draft = _Draft("columns/1", sample, roles)
    draft.decide_dates((*_STAMPS, "updated_at", "pause_from", "pause_until"))
    columns: dict[str, object] = {name: roles.named[name] for name in _IDS if name in roles.named}
    columns |= {role: stamp for role in _STAMPS if (stamp := draft.stamp(role)) is not None}
    draft.data["columns"] = columns
    _add_status(draft, columns)
    if "case_id" in roles.guessed:
        draft.notes["columns.case_id"] = "guessed from the cells"
    elif not roles.is_distinct(roles.named["case_id"]):
        draft.notes["columns.case_id"] = "confirm: numbers come again, and only the first row of each is read"
    if not columns.keys() & {"resolved_at", "closed_at", "status"}:
        draft.head.append("No column tells that a case was resolved or closed.")
    if facts := draft.facts():
        draft.data["facts"] = facts
    pause = [draft.stamp("pause_from"), draft.stamp("pause_until")]
    if all(pause):
        draft.data["pauses"] = [{"from": pause[0], "until": pause[1]}]
    return draft.guess(roles.unmapped())


def _add_status(draft: _Draft, columns: dict[str, object]) -> None:
    roles = draft.roles
    if "status" not in roles.named:
        return
    column, texts = roles.named["status"], Counter(roles.cells[roles.named["status"]])
    if "updated_at" not in roles.named or len(texts) > _MOST_STATUSES:
        counts = ", ".join(f"{text} {times}" for text, times in texts.most_common(10))
        draft.head.append(f"{column!r} looks like a status ({counts}); without a last update it tells no time")
        return
    columns |= {"status": column, "updated_at": draft.stamp("updated_at")}
    if meanings := draft.statuses(texts):
        draft.data["statuses"] = meanings


def history_mapping(sample: Sample, roles: Roles) -> Guess | None:
    """The mapping of a history; None where one row is not one change of a field."""
    named = roles.named
    at = next(
        (role for role in ("at", "updated_at", "opened_at") if role in named and named[role] in roles.stamps), None
    )
    if at is None or not {"case_id", "field", "new"} <= named.keys():
        return None
    draft = _Draft("history/1", sample, roles)
    draft.decide_dates((at, "opened_at"))
    columns = {"case_id": named["case_id"], "at": draft.stamp(at), "field": named["field"], "new": named["new"]}
    columns |= {"old": named["old"]} if "old" in named else {}
    if at != "opened_at" and "opened_at" in named:
        columns["opened_at"] = draft.stamp("opened_at")
    draft.data["columns"] = columns
    fields = {plain(field): field for field in roles.cells[named["field"]]}
    from_words = Roles({field: [] for field in fields.values()}).named
    status = from_words.get("status")
    if status is not None:
        draft.data["status"] = status
        changes = zip(sample.columns[named["field"]], sample.columns[named["new"]], strict=True)
        if meanings := draft.statuses(Counter(new for field, new in changes if field == status and new)):
            draft.data["statuses"] = meanings
    if "owner" in from_words:
        draft.data["owner"] = from_words["owner"]
    if facts := {name: from_words[name] for name in FACTS[:-1] if name in from_words}:
        draft.data["facts"] = facts
    return draft.guess([name for name in roles.unmapped() if name not in named.values()])


def _settled(guess: StampGuess, settled: Sequence[str]) -> tuple[str, ...]:
    """The formats of a column, day and month in the order that other columns have, or that such stamps usually have."""
    if not guess.others:
        return guess.formats
    patterns = (guess.formats[0], *guess.others)
    orders = {_order(pattern) for pattern in settled} - {None}
    usual = "%m%d" if "%p" in patterns[0] else "%d%m"
    wanted = orders.pop() if len(orders) == 1 else usual
    first = next((pattern for pattern in patterns if _order(pattern) == wanted), patterns[0])
    return (first, *guess.formats[1:])


def _order(pattern: str) -> str | None:
    """Which of day and month stands first, both as numbers and before the year."""
    day, month, year = pattern.find("%d"), pattern.find("%m"), max(pattern.find("%Y"), pattern.find("%y"))
    if min(day, month) < 0 or year < max(day, month):
        return None
    return "%d%m" if day < month else "%m%d"
