"""Blocks of outcomes, and verdicts on single cases, as the columns of one frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import narwhals as nw
import numpy as np

from servicekit.frames.chunks import Ints
from servicekit.frames.columns import Column, series_of
from servicekit.frames.outcomes.intake import NONE
from servicekit.frames.outcomes.log import Fact, sorted_by
from servicekit.frames.outcomes.reckoned import OUTCOMES, PHASES, Block
from servicekit.frames.outcomes.texts import Texts, in_frame
from servicekit.sla import OUTCOME_COLUMNS, CaseVerdict, Outcome
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.frames.outcomes.plain import Setting

__all__ = ["PROBLEM_COLUMNS", "Columns", "framed", "outcome_columns", "problem_columns"]

Columns: TypeAlias = Mapping[str, Texts | Column]
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

    def column(self, codes: Ints) -> Texts:
        return Texts(codes, list(self.numbers))


def outcome_columns(
    setting: Setting, blocks: Sequence[Block], targets: Sequence[str | None], verdicts: Verdicts
) -> Columns:
    """The one schema for results, by case, metric and instance."""
    told = [(number, outcome) for number, verdict in verdicts for outcome in verdict.outcomes]
    metrics, texts = setting.engine.metrics, _Words(targets)
    every = _one_block([*blocks, _told_block(told, metrics, texts)])
    plain = sum(len(block.case) for block in blocks)
    facts = {name: _fact(setting, name, every, plain, [outcome for _, outcome in told]) for name in _FACTS}
    order = None if len(blocks) < 2 and not told else sorted_by(every.case)  # noqa: PLR2004 - one is in order
    version = [None, setting.rules.version, *sorted({outcome.policy_version for _, outcome in told})]
    versions = np.ones(len(every.case), np.int64)
    versions[plain:] = [version.index(outcome.policy_version, 1) for _, outcome in told]
    found: dict[str, Texts | Column] = {
        "case_id": Texts(every.case, setting.log.ids),
        "metric": Texts(every.metric, metrics),
        "instance": _number(every.instance),
        "policy_version": Texts(versions, version),
        "target": texts.column(every.target),
        "started_at": _instant(every.started),
        "due_at": _instant(every.due),
        "stopped_at": _instant(every.stopped),
        "breached_at": _instant(every.breached),
        "elapsed_us": _number(every.elapsed),
        "paused_us": _number(every.paused),
        "phase": Texts(every.phase, PHASES),
        "outcome": Texts(every.outcome, OUTCOMES),
        **facts,
    }
    assert tuple(found) == OUTCOME_COLUMNS
    return found if order is None else {name: _ordered(column, order) for name, column in found.items()}


def _one_block(blocks: Sequence[Block]) -> Block:
    parts = [block for block in blocks if len(block.case)] or list(blocks[:1])
    if len(parts) == 1:
        return parts[0]
    return Block(*(np.concatenate([getattr(part, name) for part in parts]) for name in Block.__slots__))


def _ordered(column: Texts | Column, order: Ints) -> Texts | Column:
    if isinstance(column, Texts):
        return Texts(column.codes[order], column.words)
    return Column(column.values[order], column.null[order], column.kind, column.zone)


def _number(values: Ints) -> Column:
    return Column(values, values == NONE, "integer")


def _instant(values: Ints) -> Column:
    return Column(values, values == NONE, "instant")


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


def _fact(setting: Setting, name: str, every: Block, plain: int, told: Sequence[Outcome]) -> Texts:
    """The texts of one fact: of plain cases by the code of the opening's value, of the others as they were told."""
    words, fact, log = _Words(), setting.log.openings.facts.get(name), setting.log
    fact = Fact(np.zeros(len(log.openings.by_agent), np.int64), (None,)) if fact is None else fact
    values = [*fact.values, *log.to.words] if name == "owner" else fact.values
    numbers = np.array([words[_text(value)] for value in values], np.int64)
    if name == "owner":
        codes = numbers[every.owner]
    elif fact.codes.any():
        codes = numbers[fact.codes[setting.opening[every.case]]]
    else:
        codes = np.zeros(len(every.case), np.int64)
    codes[plain:] = [words[getattr(outcome, name)] for outcome in told]
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


def framed(columns: Columns, library: nw.Implementation) -> object:
    """The columns as a frame of a library."""
    native: dict[str, Any] = {
        name: in_frame(column, library) if isinstance(column, Texts) else series_of(column, library)
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
