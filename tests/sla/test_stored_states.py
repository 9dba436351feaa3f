"""States as JSON: what they hold, what is refused, and what they say under more versions of the policy."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce
from io import BytesIO
from math import nan
from operator import delitem, getitem, setitem
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.document import JsonValue
from servicekit.events import (
    AgentReplied,
    Assigned,
    Cancelled,
    CaseEvent,
    FieldChanged,
    Opened,
    Reopened,
    Resolved,
    StatusChanged,
    event_to_record,
)
from servicekit.rules import Value
from servicekit.sla import CaseState, Edition, SlaEngine, SlaPolicy, StateError, fold, start, step
from tests.sla.samples import HOURS, NINE, at, compiled

OPENED = Opened("C", NINE)
WEDNESDAY = datetime(2026, 1, 7, tzinfo=UTC)
CALLED = {"start": {"event": "customer_replied"}, "stop": {"milestone": "called_back"}}
STAYS = {"kind": "ola", "name": "second", "when": {"priority": "second"}, "target": "4h"}


def document(**policy: object) -> SlaPolicy:
    return SlaPolicy.model_validate({"calendar": "desk", "targets": [{"resolution": "8h"}], **policy})


def versions(*policies: SlaPolicy) -> SlaEngine:
    """The second and later ones are in force from Wednesday, Thursday, ... on."""
    first, *later = (Edition(policy, HOURS, version=str(n)) for n, policy in enumerate(policies, start=1))
    dated = (
        Edition(each.policy, HOURS, version=each.version, effective_at=WEDNESDAY + timedelta(days=n))
        for n, each in enumerate(later)
    )
    return SlaEngine([first, *dated])


def after(engine: SlaEngine, *events: CaseEvent) -> CaseState:
    state = start(engine)
    for event in events:
        state, _ = step(state, event)
    return state


# --------------------------------------------------------------------------------------------- more versions

BEFORE = [OPENED, FieldChanged("C", at(30), "priority", "second"), StatusChanged("C", at(60), "waiting")]
LATER = [
    FieldChanged("C", at(4000), "priority", "first"),
    AgentReplied("C", at(4100)),
    FieldChanged("C", at(4200), "priority", "second"),
]


@pytest.mark.parametrize("change", ["keep_elapsed", "retroactive", "restart", "parallel", "freeze"])
@pytest.mark.parametrize("pin", ["in_force", "at_open"])
def test_state_goes_on_as_the_fold_when_a_version_is_added(change: str, pin: str) -> None:
    rows = [{"first_response": "20h", "resolution": "8h", "measures": {"called": "1h"}}]
    shared: dict[str, object] = {"measures": {"called": CALLED}, "agreements": [STAYS], "pin": pin}
    old = document(targets=rows, **shared)
    newer = document(targets=[{"resolution": "30h"}], on_change=change, **shared)
    stored = after(versions(old), *BEFORE).to_json()
    both = versions(old, newer)
    state = CaseState.from_json(both, stored)
    for number, event in enumerate(LATER, start=1):
        state, _ = step(state, event)
        folded = fold(both, [*BEFORE, *LATER[:number]], at(4500))
        assert state.view(at(4500)).outcomes == folded.outcomes
        assert len(folded.clocks) >= 3


@pytest.mark.parametrize(
    "newer",
    [
        document(targets=[{"resolution": "8h", "first_response": "1h"}]),
        document(targets=[{"resolution": "8h", "measures": {"called": "1h"}}], measures={"called": CALLED}),
        document(agreements=[STAYS, {**STAYS, "name": "third"}]),
        document(agreements=[{**STAYS, "when": {"priority": "first"}}]),
        document(recorded_due={"first_response": "promised_at"}),
    ],
    ids=["row", "measure", "agreement", "other condition", "record"],
)
def test_state_is_refused_when_an_added_version_starts_other_clocks(newer: SlaPolicy) -> None:
    old = document(agreements=[STAYS])
    stored = after(versions(old), *BEFORE).to_json()
    assert CaseState.from_json(versions(old, document(agreements=[STAYS])), stored).case_id == "C"
    with pytest.raises(StateError):
        CaseState.from_json(versions(old, newer), stored)


def test_state_of_an_unopened_case_is_read_when_an_added_version_starts_other_clocks() -> None:
    both = versions(document(), document(targets=[{"resolution": "8h", "first_response": "1h"}]))
    events = [AgentReplied("C", at(-5)), OPENED]
    state, _ = step(CaseState.from_json(both, after(versions(document()), events[0]).to_json()), events[1])
    assert state.view(at(10)).outcomes == fold(both, events, at(10)).outcomes
    assert [clock.metric for clock in state.view(at(10)).clocks] == ["first_response", "resolution"]


@pytest.mark.parametrize(("last", "is_read"), [(-1, True), (0, False), (1, False)])
def test_state_is_refused_when_it_has_lived_past_the_start_of_an_added_version(last: int, is_read: bool) -> None:
    both = versions(document(), document(targets=[{"resolution": "9h"}]))
    events = [OPENED, Assigned("C", WEDNESDAY + timedelta(microseconds=last), "li")]
    stored = after(versions(document()), *events).to_json()
    if is_read:
        assert CaseState.from_json(both, stored) == CaseState.of(both, events)
    else:
        with pytest.raises(StateError):
            CaseState.from_json(both, stored)


def test_state_is_refused_when_it_knows_no_version_or_more_than_the_engine() -> None:
    both = versions(document(), document(targets=[{"resolution": "9h"}]))
    stored = after(both, OPENED).to_json()
    with pytest.raises(StateError):
        CaseState.from_json(versions(document()), stored)
    with pytest.raises(StateError):
        CaseState.from_json(both, json.dumps({**json.loads(stored), "versions": []}))


# --------------------------------------------------------------------------------------------- facts

zones = st.sampled_from([None, UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
told = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes(
        timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=12))])
    ),
    lambda those: st.lists(those, max_size=3) | st.dictionaries(st.text(), those, max_size=3),
    max_leaves=8,
)


def facts(**given: object) -> dict[str, Value]:
    """Facts as a system may tell them, whatever their types."""
    return cast("dict[str, Value]", given)


@given(told, told)
def test_state_is_the_same_when_it_holds_odd_facts(one: object, other: object) -> None:
    engine = compiled({"resolution": "8h"})
    events = [Opened("C", NINE, facts(odd=one, tier="vip")), FieldChanged("C", at(5), "n", cast("Value", other))]
    state = after(engine, *events)
    read = CaseState.from_json(engine, state.to_json())
    assert read == state
    assert read.view(at(9)).facts == state.view(at(9)).facts
    assert read.view(at(9)).problems == state.view(at(9)).problems


def test_number_that_is_none_is_told_once_when_the_state_was_stored() -> None:
    engine = compiled({"resolution": "8h"})
    nothing = cast("Value", nan)
    state = after(engine, Opened("C", NINE, facts(n=nan)))
    kept, _ = step(state, FieldChanged("C", at(5), "n", nothing))
    stored, _ = step(CaseState.from_json(engine, state.to_json()), FieldChanged("C", at(5), "n", nothing))
    assert stored == kept


@pytest.mark.parametrize(
    "fact", [("a",), {1: "a"}, object(), {"a"}, timedelta(1), b"a"], ids=lambda fact: type(fact).__name__
)
def test_state_is_refused_when_a_fact_cannot_be_written(fact: object) -> None:
    state = after(compiled({"resolution": "8h"}), Opened("C", NINE, facts(weight=fact)))
    assert state.view(at(5)).clock("resolution").phase == "running"
    with pytest.raises(StateError, match="weight"):
        state.to_json()
    with pytest.raises(ValueError, match="weight"):
        event_to_record(FieldChanged("C", NINE, "weight", cast("Value", fact)))


def test_state_is_refused_when_a_fact_holds_itself() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(StateError):
        after(compiled({"resolution": "8h"}), Opened("C", NINE, facts(n=endless))).to_json()


# --------------------------------------------------------------------------------------------- what is not a state

ENGINE = compiled({"resolution": "8h", "measures": {"called": "1h"}}, measures={"called": CALLED})
LIFE = [OPENED, Resolved("C", at(50)), Reopened("C", at(60)), Resolved("C", at(70))]
RICH: list[CaseEvent] = [
    AgentReplied("C", at(-5)),
    Opened("C", NINE, facts(weight=1.5, tags=["a", 1], tier="vip")),
    Assigned("C", at(5), "li"),
    FieldChanged("C", at(5), "priority", "high"),
    StatusChanged("C", at(10), "waiting"),
    AgentReplied("C", at(12)),
    *LIFE[1:],
]


def places(value: JsonValue, *way: str | int) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a JSON value, its own first."""
    yield way
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, *way, key)


def changed(record: JsonValue, way: Sequence[str | int], change: Callable[[Any, Any], None]) -> str:
    twin = copy.deepcopy(record)
    *outer, last = way
    change(reduce(getitem, outer, cast("Any", twin)), last)
    return json.dumps(twin)


def repeat(holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[f"{key} "] = holder[key]


def put(value: object) -> Callable[[Any, Any], None]:
    return lambda holder, key: setitem(holder, key, value)


def test_state_is_refused_when_any_value_is_dropped_repeated_or_another() -> None:
    """Fault S1: facts of 5 in an event failed later, and a row more or less of the moments changed the verdict."""
    state = after(ENGINE, *RICH)
    record = json.loads(state.to_json())
    honest = json.dumps(record)
    changes = [delitem, repeat, *map(put, (None, True, 0, 5, -1, 10**30, 1.0, "x", "", [], {}))]
    texts = {changed(record, way, change) for way in places(record) if way for change in changes}
    assert len(texts) > 1000
    assert {text for text in texts | {honest} if _answers(text) is not None} == {honest}
    assert _answers(honest) == state


def _answers(text: str) -> CaseState | None:
    try:
        return CaseState.from_json(ENGINE, text)
    except StateError:
        return None


@given(st.data())
def test_state_is_refused_when_two_values_are_exchanged(data: st.DataObject) -> None:
    """Fault S1: moments, clocks, facts and numbers in another place or order."""
    record = json.loads(after(ENGINE, *RICH).to_json())
    ways = st.sampled_from([way for way in places(record) if way])
    (*one, first), (*other, second) = data.draw(st.tuples(ways, ways))
    twin = copy.deepcopy(record)
    reduce(getitem, one, twin)[first] = reduce(getitem, other, record)[second]
    text = json.dumps(twin)
    assert (_answers(text) is None) == (text != json.dumps(record))


def test_state_is_refused_when_it_has_the_digest_of_another_state() -> None:
    one, other = (json.loads(after(ENGINE, *events).to_json()) for events in (RICH, LIFE))
    assert _answers(json.dumps({**one, "digest": other["digest"]})) is None


def test_state_is_read_when_a_database_has_laid_it_out_anew() -> None:
    state = after(ENGINE, *RICH)
    record = json.loads(state.to_json())
    turned = dict(reversed(record.items())) | {"life": dict(reversed(record["life"].items()))}
    for text in (json.dumps(record, indent=2), json.dumps(turned, ensure_ascii=False)):
        read = _answers(text)
        assert read == state
        assert list(read.view(at(80)).facts) == list(state.view(at(80)).facts)


def test_text_is_refused_when_it_is_nested_beyond_measure() -> None:
    with pytest.raises(StateError):
        CaseState.from_json(ENGINE, "[" * 200_000 + "]" * 200_000)


# --------------------------------------------------------------------------------------------- copies and equality


class _ByName(pickle.Pickler):
    """Engines stay where they are: what is to be seen is how a state travels."""

    def persistent_id(self, obj: object) -> str | None:
        return "engine" if isinstance(obj, SlaEngine) else None


class _Given(pickle.Unpickler):
    def persistent_load(self, pid: object) -> SlaEngine:
        assert pid == "engine"
        return ENGINE


def through_pickle(state: CaseState) -> object:
    text = BytesIO()
    _ByName(text).dump(state)
    return _Given(BytesIO(text.getvalue())).load()


@pytest.mark.parametrize("copied", [through_pickle, copy.copy], ids=["pickle", "copy"])
@pytest.mark.parametrize("events", [LIFE, LIFE[1:2], []], ids=["life", "early", "nothing"])
def test_state_is_the_same_when_it_is_copied(copied: Callable[[CaseState], object], events: list[CaseEvent]) -> None:
    state = after(ENGINE, *events)
    twin = copied(state)
    assert (twin == state, twin is state, hash(twin) == hash(state)) == (True, False, True)


def test_states_are_equal_when_life_and_policy_are() -> None:
    policy = document(recorded_due={"resolution": "promised_at"})
    one, same = (policy.compile(HOURS) for _ in range(2))
    recorded, newer = policy.compile(HOURS, due="recorded"), policy.compile(HOURS, version="2")
    assert after(one, OPENED) == after(same, OPENED)
    others = [after(recorded, OPENED), after(newer, OPENED), after(one, OPENED, Cancelled("C", at(1))), "C"]
    assert [after(one, OPENED) == other for other in others] == [False] * 4
