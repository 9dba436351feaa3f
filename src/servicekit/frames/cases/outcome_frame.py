"""The frame of outcomes, made of the fast path's blocks and the fallback's verdicts; and the frame of problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, get_args, get_type_hints

import narwhals as nw
import numpy as np

from servicekit.frames.array_chunks import Codes, Ints
from servicekit.frames.cases.event_log.checked_columns import NONE
from servicekit.frames.cases.event_log.coded_texts import TextColumn, in_frame
from servicekit.frames.cases.event_log.log import Fact
from servicekit.frames.cases.fast.clocks import instances
from servicekit.frames.cases.fast.fast_outcomes import OUTCOMES, PHASES, FastOutcomes, OutcomeBlock
from servicekit.frames.frame_columns import Column, ColumnKind, series_of
from servicekit.sla import OUTCOME_COLUMNS, CaseVerdict, Outcome
from servicekit.sla.outcome import OUTCOME_FACTS, fact_text
from servicekit.timeline import to_us

if TYPE_CHECKING:
    from servicekit.frames.cases.judging_context import JudgingContext


Columns: TypeAlias = Mapping[str, TextColumn | Column]
Array = TypeVar("Array", bound=Codes)
Verdicts: TypeAlias = Sequence[tuple[int, CaseVerdict]]


def _kind(hint: object) -> ColumnKind:
    types = {hint, *get_args(hint)}
    return "instant" if datetime in types else "integer" if int in types else "text"


OUTCOME_SCHEMA: Final[Mapping[str, ColumnKind]] = {name: _kind(of) for name, of in get_type_hints(Outcome).items()}
"""The columns of a frame of outcomes."""

PROBLEM_SCHEMA: Final[Mapping[str, ColumnKind]] = dict.fromkeys(
    ("case_id", "code", "severity", "path", "message", "hint"), "text"
)
"""The columns of a frame of problems."""


class _Words:
    """Texts by numbers; 0 is not text."""

    def __init__(self, words: Iterable[str | None] = ()) -> None:
        self.numbers: dict[str | None, int] = {None: 0}
        for word in words:
            self[word]

    def __getitem__(self, word: str | None) -> int:
        return self.numbers.setdefault(word, len(self.numbers))

    def column(self, codes: Codes) -> TextColumn:
        return TextColumn(codes, list(self.numbers))


def outcome_columns(context: JudgingContext, fast: FastOutcomes, verdicts: Verdicts) -> Columns:
    """The one schema for results, by case, metric and instance; ``verdicts`` are those of the fallback."""
    judged = [(number, outcome) for number, verdict in verdicts for outcome in verdict.outcomes]
    metrics, texts = context.engine.metrics, _Words(fast.target_texts)
    rows = _Rows([*fast.blocks, _fallback_block(judged, metrics, texts)], context.log.cases)
    single = [outcome for _, outcome in judged]
    case = rows.column("case")
    found: dict[str, TextColumn | Column] = {
        "case_id": TextColumn(case, context.log.ids),
        "metric": TextColumn(rows.codes("metric"), metrics),
        "instance": _number(rows.column("instance")),
        "policy_version": _versions(context, rows, single),
        "target": texts.column(rows.codes("target")),
        "started_at": _instant(rows.column("started")),
        "due_at": _instant(rows.column("due")),
        "stopped_at": _instant(rows.column("stopped")),
        "breached_at": _instant(rows.column("breached")),
        "elapsed_us": _number(rows.column("elapsed")),
        "paused_us": _number(rows.column("paused")),
        "phase": TextColumn(rows.codes("phase"), PHASES),
        "outcome": TextColumn(rows.codes("outcome"), OUTCOMES),
        **{name: _fact(context, name, rows, case, single) for name in OUTCOME_FACTS},
    }
    assert tuple(found) == OUTCOME_COLUMNS
    return found


class _Rows:
    """Where the rows of blocks go: by case, and within a case block by block. The fallback's block is the last."""

    def __init__(self, blocks: Sequence[OutcomeBlock], cases: int) -> None:
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
        """One column of small numbers, in less memory."""
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


def _versions(context: JudgingContext, rows: _Rows, single: Sequence[Outcome]) -> TextColumn:
    words = _Words([context.edition.version])
    codes = np.ones(rows.total, np.int32)
    rows.put_single(codes, [words[outcome.policy_version] for outcome in single])
    return words.column(codes)


def _fallback_block(judged: Sequence[tuple[int, Outcome]], metrics: Sequence[str], texts: _Words) -> OutcomeBlock:
    """The outcomes of cases that were judged one by one, but for their owners, which :func:`_fact` puts."""
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
        for case, each in judged
    ]
    return OutcomeBlock(*np.array(rows, np.int64).reshape(len(rows), len(OutcomeBlock.__slots__)).T)


def _us(moment: datetime | None) -> int:
    return NONE if moment is None else to_us(moment)


def _fact(context: JudgingContext, name: str, rows: _Rows, case: Ints, single: Sequence[Outcome]) -> TextColumn:
    """The texts of one fact: of eligible cases the opening's value, of the others the outcome's."""
    words, log = _Words(), context.log
    fact = log.openings.facts.get(name) or Fact(np.zeros(len(log.openings.by_agent), np.int64), (None,))
    values = [*fact.values, *log.to.words] if name == "owner" else fact.values
    numbers = np.array([words[fact_text(value)] for value in values], np.int32)
    if name == "owner":
        codes = numbers[rows.codes("owner")]
    elif fact.codes.any():
        codes = numbers[fact.codes[context.opening]][case]
    else:
        codes = np.zeros(rows.total, np.int32)
    rows.put_single(codes, [words[getattr(outcome, name)] for outcome in single])
    return words.column(codes)


def problem_columns(context: JudgingContext, verdicts: Verdicts) -> Columns:
    """The problems, case by case."""
    rows = [(case, problem) for case, verdict in verdicts for problem in verdict.problems]
    words = {name: _Words() for name in tuple(PROBLEM_SCHEMA)[1:]}
    codes = {
        name: np.array([words[name][getattr(problem, name)] for _, problem in rows], np.int64)
        for name in tuple(PROBLEM_SCHEMA)[1:]
    }
    ids = TextColumn(np.array([case for case, _ in rows], np.int64), context.log.ids)
    return {"case_id": ids, **{name: words[name].column(codes[name]) for name in codes}}


def framed(columns: Columns, library: nw.Implementation, *, dictionaries: bool = False) -> object:
    """The columns as a frame of a library; ``dictionaries`` makes dictionaries of Arrow's texts."""
    native: dict[str, Any] = {
        name: in_frame(column, library, dictionaries=dictionaries)
        if isinstance(column, TextColumn)
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
