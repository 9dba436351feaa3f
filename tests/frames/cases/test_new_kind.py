"""A kind of event that the fast path does not know: its cases are judged event by event, all others stay fast.

The fourteenth kind is added in a process of its own, before any room reads the table of kinds.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from servicekit.frames.cases.event_log import event_kinds
from servicekit.timeline.instant import DAY_US, EPOCH_ORDINAL

LAST_US = (3_652_060 - EPOCH_ORDINAL) * DAY_US - 1

PROGRAM = '''
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from servicekit.events import case, kind


@dataclass(frozen=True, slots=True)
class CallbackMade(case.MilestoneReached):
    """The new kind: a milestone with a rank and two fields of its own, one of them with a column nobody names."""

    agreed_at: datetime
    public: bool = True


RANK = 9  # no kind had so high a rank before
kind._RANKS[CallbackMade] = kind.RANK_OF[CallbackMade] = RANK
kind._KIND_OF[CallbackMade] = kind.EventKind("callback_made", CallbackMade, RANK)
kind.KINDS = MappingProxyType({**kind.KINDS, "callback_made": kind._KIND_OF[CallbackMade]})

import narwhals as nw
import numpy as np
import pyarrow as pa

from servicekit import ServicePolicy, frames
from servicekit.errors import FrameError
from servicekit.events import AgentReplied, Cancelled, Opened, Resolved, StatusChanged, group
from servicekit.frames.cases.judging_context import JudgingContext
from servicekit.frames.cases.event_log.event_frame import events_log
from servicekit.frames.cases.event_log.event_kinds import KIND_NAMES
from servicekit.frames.cases.fallback import _case
from servicekit.frames.cases.fast.fast_outcomes import fast_outcomes
from servicekit.sla import OUTCOME_COLUMNS
from servicekit.timeline import to_us

assert KIND_NAMES[-1] == "callback_made" and len(KIND_NAMES) == 14
engine = ServicePolicy.parse(
    "{name: desk, sla: {pauses: [{status: pending, reason: customer, metrics: [resolution]}],"
    " targets: [{first_response: 1h, resolution: 8h, stages: {called_back: 2h}}]}}"
).compile().sla
nine, hour = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(hours=1)


def events(number):
    case_id, at = f"C-{number}", nine + number * hour
    yield Opened(case_id, at)
    yield AgentReplied(case_id, at + hour / 2)
    if number % 3 == 0:
        made_at = at + (number % 4) * hour
        yield CallbackMade(case_id, made_at, "called_back", made_at + hour, number % 2 == 0)
        if number % 2:
            yield Cancelled(case_id, made_at)
    if number % 5:
        yield StatusChanged(case_id, at + 2 * hour, "pending")
        yield Resolved(case_id, at + 9 * hour)


log = [event for number in range(60) for event in events(number)]
rows = [
    {
        "case_id": e.case_id, "at": e.at, "event": kind.kind_of(e).name, "to": getattr(e, "to", None),
        "name": getattr(e, "name", None), "agreed_at": getattr(e, "agreed_at", None),
        "public": getattr(e, "public", None),
    }
    for e in log
]
kinds = {"at": pa.timestamp("us", "UTC"), "agreed_at": pa.timestamp("us", "UTC"), "public": pa.bool_()}
table = pa.table({name: pa.array([row[name] for row in rows], kinds.get(name, pa.string())) for name in rows[0]})
table = table.take(np.random.default_rng(1).permutation(len(rows)))  # so that the rank must order events of one instant

now = nine + 100 * hour
judged = {case.case_id: engine.judge(case, now) for case in group(log)}
expected = [tuple(getattr(o, n) for n in OUTCOME_COLUMNS) for v in judged.values() for o in v.outcomes]
found = frames.outcomes(engine, table, as_of=now)
rows = zip(*(found[name].to_pylist() for name in OUTCOME_COLUMNS), strict=True)
assert sorted(rows, key=lambda row: row[:3]) == sorted(expected, key=lambda row: row[:3])
problems = frames.outcome_problems(engine, table, as_of=now)
assert sorted(zip(problems["case_id"].to_pylist(), problems["code"].to_pylist())) == sorted(
    (name, p.code) for name, v in judged.items() for p in v.problems if p.code != "events.out-of-order"
)

read = events_log(nw.from_native(table, eager_only=True), frames.EventColumns(), [engine.policy])
left = fast_outcomes(JudgingContext(engine, read), to_us(now)).left
by_id = dict(zip(read.ids.to_list(), range(read.cases)))
assert {name for name, number in by_id.items() if left[number]} == {f"C-{n}" for n in range(0, 60, 3)}
for case in group(log):
    assert _case(engine, read, by_id[case.case_id], case.case_id) == case

try:
    frames.outcomes(engine, table.drop_columns(["agreed_at"]), as_of=now)
except FrameError as error:
    assert [(p.code, p.path) for p in error.problems] == [("frames.missing-column", "agreed_at")]
else:
    raise AssertionError("a column that the new kind needs is missing")
print("judged", len(expected))
'''


def test_cases_with_a_new_kind_of_event_are_judged_as_the_engine_judges_them(tmp_path: Path) -> None:
    program = tmp_path / "new_kind.py"
    program.write_text(PROGRAM, "utf-8")
    run = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("judged ")


@pytest.mark.parametrize("ranks", [8, 16, 36])
def test_keys_of_events_keep_instant_and_rank_whatever_the_ranks(monkeypatch: pytest.MonkeyPatch, ranks: int) -> None:
    monkeypatch.setattr(event_kinds, "RANKS", np.arange(ranks))
    monkeypatch.setattr(event_kinds, "_RANK_SPAN", ranks)
    kinds = np.array([ranks - 1, 0], np.uint8)
    for at in (-EPOCH_ORDINAL * DAY_US, 0, LAST_US - 1):
        keys = event_kinds.order_keys(np.array([at, at + 1]), kinds)
        assert int(keys[0]) == at * ranks + ranks - 1
        assert int(keys[1]) == (at + 1) * ranks


def test_more_ranks_than_keys_have_room_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_kinds, "_RANK_SPAN", 37)
    with pytest.raises(OverflowError):
        event_kinds.order_keys(np.array([0]), np.array([0], np.uint8))
