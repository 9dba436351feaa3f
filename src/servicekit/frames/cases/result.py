"""Blocks of outcomes, and verdicts on single cases, as the columns of one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import narwhals as nw
import numpy as np

from servicekit.frames.cases.judging.clocks import instances
from servicekit.frames.cases.judging.reckoned import OUTCOMES, PHASES, Block
from servicekit.frames.cases.reading.intake import NONE
from servicekit.frames.cases.reading.log import Fact
from servicekit.frames.cases.reading.texts import Texts, in_frame
from servicekit.frames.chunks import Codes, Ints
from servicekit.frames.columns import Column, series_of
from servicekit.sla import OUTCOME_COLUMNS, CaseVerdict, Outcome
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.frames.cases.judging.plain import Setting

__all__ = ["PROBLEM_COLUMNS", "Columns", "framed", "outcome_columns", "problem_columns"]

Columns: TypeAlias = Mapping[str, Texts | Column]
Array = TypeVar("Array", bound=Codes)
Verdicts: TypeAlias = Sequence[tuple[int, CaseVerdict]]

PROBLEM_COLUMNS = ("case_id", "code", "severity", "path", "message", "hint")
"""The columns of a frame of problems, all of them texts."""

_FACTS = ("channel", "issue_type", "tier", "priority", "owner")


class _Words:
    """Texts that have got numbers; 0 is no text."""

    def __init__(self, words: Iterable[str | None] = ()) -> None:
        self.numbers: dict[str | None, int] = {None: 0}
        for word in words:
            self[word]

    def __getitem__(self, word: str | None) -> int:
        return self.numbers.setdefault(word, len(self.numbers))

    def column(self, codes: Codes) -> Texts:
        return Texts(codes, list(self.numbers))


def outcome_columns(
    setting: Setting, blocks: Sequence[Block], targets: Sequence[str | None], verdicts: Verdicts
) -> Columns:
    """The one schema for results, by case, metric and instance."""
    told = [(number, outcome) for number, verdict in verdicts for outcome in verdict.outcomes]
    metrics, texts = setting.engine.metrics, _Words(targets)
    rows = _Rows([*blocks, _told_block(told, metrics, texts)], setting.log.cases)
    single = [outcome for _, outcome in told]
    case = rows.column("case")
    found: dict[str, Texts | Column] = {
        "case_id": Texts(case, setting.log.ids),
        "metric": Texts(rows.codes("metric"), metrics),
        "instance": _number(rows.column("instance")),
        "policy_version": _versions(setting, rows, single),
        "target": texts.column(rows.codes("target")),
        "started_at": _instant(rows.column("started")),
        "due_at": _instant(rows.column("due")),
        "stopped_at": _instant(rows.column("stopped")),
        "breached_at": _instant(rows.column("breached")),
        "elapsed_us": _number(rows.column("elapsed")),
        "paused_us": _number(rows.column("paused")),
        "phase": Texts(rows.codes("phase"), PHASES),
        "outcome": Texts(rows.codes("outcome"), OUTCOMES),
        **{name: _fact(setting, name, rows, case, single) for name in _FACTS},
    }
    assert tuple(found) == OUTCOME_COLUMNS
    return found


class _Rows:
    """Where the rows of blocks go: by case, and within a case block by block. The last block is of single cases."""

    def __init__(self, blocks: Sequence[Block], cases: int) -> None:
        counts = [np.bincount(block.case, minlength=cases) for block in blocks]
        each = np.sum(counts, axis=0)
        place = np.cumsum(each) - each
        self.total, self.blocks = int(each.sum()), blocks
        self.places: list[Ints] = []
        for block, count in zip(blocks, counts, strict=True):
            rank = block.instance if block is not blocks[-1] else instances(block.case)
            self.places.append(place[block.case] + rank)
            place += count

    def column(self, name: str) -> Ints:
        """One column of all blocks."""
        return self._filled(name, np.empty(self.total, np.int64))

    def codes(self, name: str) -> Codes:
        """The same in less room, of small numbers."""
        return self._filled(name, np.empty(self.total, np.int32))

    def _filled(self, name: str, found: Array) -> Array:
        for block, places in zip(self.blocks, self.places, strict=True):
            found[places] = getattr(block, name)
        return found

    def put_single(self, column: Codes, values: Sequence[int]) -> None:
        """Values for the rows of the last block."""
        column[self.places[-1]] = values


def _number(values: Ints) -> Column:
    return Column(values, values == NONE, "integer")


def _instant(values: Ints) -> Column:
    return Column(values, values == NONE, "instant")


def _versions(setting: Setting, rows: _Rows, single: Sequence[Outcome]) -> Texts:
    words = _Words([setting.rules.version])
    codes = np.ones(rows.total, np.int32)
    rows.put_single(codes, [words[outcome.policy_version] for outcome in single])
    return words.column(codes)


def _told_block(told: Sequence[tuple[int, Outcome]], metrics: Sequence[str], texts: _Words) -> Block:
    """The outcomes of cases that were judged one by one; owners are told apart elsewhere."""
    rows = [
        (
            case,
            metrics.index(each.metric),
            each.instance,
            texts[each.target],
            _us(each.started_at),
            _us(each.due_at),
            _us(each.stopped_at),
            _us(each.breached_at),
            NONE if each.elapsed_us is None else each.elapsed_us,
            NONE if each.paused_us is None else each.paused_us,
            PHASES.index(each.phase),
            OUTCOMES.index(each.outcome),
            0,
        )
        for case, each in told
    ]
    return Block(*np.array(rows, np.int64).reshape(len(rows), len(Block.__slots__)).T)


def _us(moment: datetime | None) -> int:
    return NONE if moment is None else to_us(moment)


def _fact(setting: Setting, name: str, rows: _Rows, case: Ints, single: Sequence[Outcome]) -> Texts:
    """The texts of one fact: of plain cases by the code of the opening's value, of the others as they were told."""
    words, log = _Words(), setting.log
    fact = log.openings.facts.get(name) or Fact(np.zeros(len(log.openings.by_agent), np.int64), (None,))
    values = [*fact.values, *log.to.words] if name == "owner" else fact.values
    numbers = np.array([words[_text(value)] for value in values], np.int32)
    if name == "owner":
        codes = numbers[rows.codes("owner")]
    elif fact.codes.any():
        codes = numbers[fact.codes[setting.opening]][case]
    else:
        codes = np.zeros(rows.total, np.int32)
    rows.put_single(codes, [words[getattr(outcome, name)] for outcome in single])
    return words.column(codes)


def _text(fact: object) -> str | None:
    if isinstance(fact, str):
        return fact or None
    return None if fact is None else str(fact)


def problem_columns(setting: Setting, verdicts: Verdicts) -> Columns:
    """What stood in the way, case by case."""
    rows = [(case, problem) for case, verdict in verdicts for problem in verdict.problems]
    words = {name: _Words() for name in PROBLEM_COLUMNS[1:]}
    codes = {
        name: np.array([words[name][getattr(problem, name)] for _, problem in rows], np.int64)
        for name in PROBLEM_COLUMNS[1:]
    }
    ids = Texts(np.array([case for case, _ in rows], np.int64), setting.log.ids)
    return {"case_id": ids, **{name: words[name].column(codes[name]) for name in codes}}


def framed(columns: Columns, library: nw.Implementation, *, dictionaries: bool = False) -> object:
    """The columns as a frame of a library; Arrow's texts as dictionaries, where somebody only reads on from them."""
    native: dict[str, Any] = {
        name: in_frame(column, library, dictionaries=dictionaries)
        if isinstance(column, Texts)
        else series_of(column, library)
        for name, column in columns.items()
    }
    return _FRAMES[library](native)


def _polars(columns: dict[str, Any]) -> object:
    import polars as pl

    return pl.DataFrame(columns)


def _pandas(columns: dict[str, Any]) -> object:
    import pandas as pd

    return pd.DataFrame(columns)


def _pyarrow(columns: dict[str, Any]) -> object:
    import pyarrow as pa

    return pa.table(columns)


_FRAMES = {
    nw.Implementation.POLARS: _polars,
    nw.Implementation.PANDAS: _pandas,
    nw.Implementation.PYARROW: _pyarrow,
}
