"""Facts about replays: what differs, what is counted, what is refused."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import Phase, find, settings

from servicekit.errors import NaiveDatetimeError, PolicyError, ProblemGroup, UnknownNameError
from servicekit.events import AgentReplied, Case, Opened, Resolved, StatusChanged
from servicekit.policy import PolicyEngine, ServicePolicy
from servicekit.sla import Attainment, CaseVerdict, Outcome
from servicekit.testing import LawBroken, laws
from servicekit.testing import strategies as sks
from servicekit.testing.laws.replays import (
    attainment_is_that_of_the_outcomes,
    same_policy_flips_nothing,
    swapping_mirrors,
)
from servicekit.whatif import FLIP_COLUMNS, FLIPS_KEPT, Comparison, Flip, PolicyName, ReplayRun, replay

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
NIGHT = NINE + timedelta(hours=12)
HOUR = timedelta(hours=1)


def policy(*targets: str, version: str = "1", extra: str = "") -> PolicyEngine:
    rows = ", ".join(f"{{{target}}}" for target in targets)
    return ServicePolicy.parse(f'{{name: Hotline, version: "{version}", sla: {{targets: [{rows}]}}{extra}}}').compile()


def case(number: int, *hours: float, facts: dict[str, Any] | None = None, opened: datetime = NINE) -> Case:
    """A case resolved so many hours after its opening, if at all."""
    name = f"C-{number}"
    return Case(name, (Opened(name, opened, facts or {}), *(Resolved(name, opened + hour * HOUR) for hour in hours)))


TWO, FOUR = policy("resolution: 2h"), policy("resolution: 4h", version="2")


@pytest.mark.parametrize(
    ("hours", "before", "after", "change"),
    [
        ([1], "met", "met", None),
        ([3], "met_late", "met", "better"),
        ([5], "met_late", "met_late", None),
        ([], "missed", "open", "better"),
    ],
)
def test_a_verdict_flips_when_the_target_is_looser(
    hours: list[float], before: str, after: str, change: str | None
) -> None:
    there = replay(TWO, FOUR, [case(1, *hours)], as_of=NINE + 3.5 * HOUR if not hours else NIGHT)
    assert list(there.line("resolution").transitions.counts) == [(before, after)]
    assert [(flip.verdicts, flip.change) for flip in there.flips] == [((before, after), change)] * (change is not None)
    back = replay(FOUR, TWO, [case(1, *hours)], as_of=NINE + 3.5 * HOUR if not hours else NIGHT)
    assert [flip.change for flip in back.flips] == ["worse"] * (change is not None)


def test_clocks_are_paired_by_promise_when_every_matching_row_counts() -> None:
    """A row put in front shifts the numbers of the others; nothing else has changed for the case."""
    rows = ({"resolution": "2h"}, {"resolution": "4h", "when": {"tier": "vip"}})
    first = {"resolution": "1h", "when": {"tier": "vip"}}
    before, after = (
        ServicePolicy.model_validate({"name": "Hotline", "sla": {"match": "all", "targets": targets}}).compile()
        for targets in (rows, (first, *rows))
    )
    there = replay(before, after, [case(1, 3, facts={"tier": "vip"})], as_of=NIGHT)
    assert there.line("resolution").transitions.counts == {
        ("met_late", "met_late"): 1,
        ("met", "met"): 1,
        (None, "met_late"): 1,
    }


def test_figures_are_those_of_the_cases() -> None:
    cases = [case(n, 1) for n in range(7)] + [case(n, 3) for n in range(7, 9)] + [case(9, 5), case(10)]
    comparison = replay(TWO, FOUR, cases, as_of=NIGHT)
    assert comparison.before == {"resolution": Attainment(met=7, met_late=3, missed=1)}
    assert comparison.after == {"resolution": Attainment(met=9, met_late=1, missed=1)}
    assert comparison.difference("resolution", "promised") == Fraction(200, 11)
    assert comparison.difference("resolution", "stopped") == Fraction(20)
    assert (comparison.flip_count, comparison.cases) == (2, 11)
    assert str(comparison).splitlines()[1] == "resolution: 2 better, 0 worse, 9 unchanged"
    [row] = comparison.rows()
    assert (row["met_before"], row["met_after"], row["better"], row["points_promised"]) == (7, 9, 2, Fraction(200, 11))


def test_a_metric_of_one_policy_appears_and_vanishes() -> None:
    both = policy("resolution: 2h, first_response: 1h")
    there, back = (replay(*pair, [case(1, 3)], as_of=NIGHT) for pair in ((TWO, both), (both, TWO)))
    [new], [gone] = there.flips, back.flips
    assert (new.metric, new.before, new.verdicts, new.change) == (
        "first_response",
        None,
        (None, "met_late"),
        "appeared",
    )
    assert (gone.metric, gone.after, gone.verdicts, gone.change) == (
        "first_response", None, ("met_late", None), "vanished",
    )  # fmt: skip
    assert there.before["first_response"] == Attainment()
    assert there.difference("first_response", "promised") is None
    assert there.metrics == ("first_response", "resolution")


def test_a_promise_to_some_cases_only_appears_for_those() -> None:
    some = policy("resolution: 2h", "when: {tier: vip}, first_response: 1h")
    comparison = replay(TWO, some, [case(1, 3, facts={"tier": "vip"}), case(2, 1)], as_of=NIGHT)
    assert [(flip.case_id, flip.change) for flip in comparison.flips] == [("C-1", "appeared")]
    line = comparison.line("first_response")
    assert (line.transitions.times("unchanged"), line.after) == (1, Attainment(met_late=1, no_target=1))


class Repeating:
    """An engine whose clock of the metric starts over for each reply, as those of next replies do."""

    metrics = ("next_reply",)

    def judge(self, case: Case, as_of: datetime) -> CaseVerdict:
        replies = [event for event in case.events if isinstance(event, AgentReplied)]
        none = (None,) * 6
        return CaseVerdict(
            tuple(
                Outcome(case.case_id, "next_reply", n, "1", "1h", *none, "stopped", "met") for n in range(len(replies))
            ),
            (),
        )


def engine(sla: Any) -> PolicyEngine:
    return PolicyEngine(TWO.policy, TWO.calendars, sla)


def test_instances_of_one_side_are_kept_apart_when_their_number_differs() -> None:
    replied = Case("C-1", (Opened("C-1", NINE), *(AgentReplied("C-1", NINE + n * HOUR) for n in (1, 2, 3))))

    class Fewer(Repeating):
        def judge(self, case: Case, as_of: datetime) -> CaseVerdict:
            return super().judge(Case(case.case_id, case.events[:2]), as_of)

    comparison = replay(engine(Fewer()), engine(Repeating()), [replied], as_of=NIGHT)
    assert [(flip.instance, flip.change) for flip in comparison.flips] == [(1, "appeared"), (2, "appeared")]
    assert comparison.line("next_reply").transitions.counts == {("met", "met"): 1, (None, "met"): 2}


def test_every_case_is_accounted_for_when_some_cannot_be_judged() -> None:
    unopened = Case("C-2", (Resolved("C-2", NINE),))
    comparison = replay(TWO, FOUR, [case(1, 1), unopened, case(3, opened=NIGHT + HOUR)], as_of=NIGHT)
    assert (comparison.cases, comparison.without_verdict, comparison.not_opened) == (1, 1, 1)


def codes(groups: Sequence[ProblemGroup]) -> list[tuple[str, int]]:
    return [(group.code, group.times) for group in groups]


def test_problems_of_both_sides_are_kept_once_where_they_are_the_same() -> None:
    recorded = policy("resolution: {field: promised_at}")
    odd = Case("C-1", (Opened("C-1", NINE, {"promised_at": "soon"}), Resolved("C-1", NINE), Resolved("C-1", NINE)))
    there, back = replay(TWO, recorded, [odd], as_of=NIGHT), replay(recorded, TWO, [odd], as_of=NIGHT)
    assert codes(there.problems.both) == [("events.duplicate", 1)]
    assert (codes(there.problems.before), codes(there.problems.after)) == ([], [("sla.due-not-instant", 1)])
    assert (codes(back.problems.before), codes(back.problems.after)) == ([("sla.due-not-instant", 1)], [])


def test_groups_stand_in_the_order_of_the_vocabulary_and_bear_its_labels() -> None:
    words = ", vocabulary: {channels: {phone: 电话, chat: 在线}}"
    before, after = policy("resolution: 2h", extra=words), policy("resolution: 4h", extra=words)
    cases = [case(n, 3, facts={"channel": name} if name else {}) for n, name in enumerate(["", "fax", "chat", "phone"])]
    comparison = replay(before, after, cases, as_of=NIGHT, by="channel")
    assert [row["group"] for row in comparison.rows()] == ["phone", "chat", "", "fax", None]
    assert comparison.labels == {"phone": "电话", "chat": "在线"}
    assert comparison.difference("resolution", "promised", "fax") == 100
    assert comparison.line("resolution", "").transitions.times("better") == 1
    with pytest.raises(UnknownNameError):
        comparison.line("resolution", "telex")
    with pytest.raises(UnknownNameError):
        comparison.line("resolutoin")


def test_lines_come_by_metric_then_by_group_in_whatever_order_the_cases_come() -> None:
    before = policy(
        "when: {tier: vip}, stages: {packed: 1h}", "resolution: 2h", extra=", vocabulary: {tiers: [std, vip]}"
    )
    after = policy("resolution: 2h, stages: {sent: 1h}", version="2", extra=", vocabulary: {tiers: [std, vip]}")
    cases = [case(1, 3, facts={"tier": "std"}), case(2, 3, facts={"tier": "vip"})]
    for brought in (cases, cases[::-1]):
        lines = replay(before, after, brought, as_of=NIGHT, by="tier").lines
        assert [(line.metric, line.group) for line in lines] == [
            ("resolution", "std"),
            ("resolution", "vip"),
            ("reach_stage:packed", "std"),
            ("reach_stage:packed", "vip"),
            ("reach_stage:sent", "std"),
            ("reach_stage:sent", "vip"),
        ]


@pytest.mark.parametrize(
    ("kind", "value", "group"),
    [
        ("boolean", True, "true"),
        ("integer", 3, "3"),
        ("instant", NINE, "2026-01-05T09:00:00+00:00"),
        ("text", "a", "a"),
    ],
)
def test_any_declared_fact_tells_cases_apart(kind: str, value: object, group: str) -> None:
    declared = policy("resolution: 2h", extra=f", vocabulary: {{fields: {{mark: {kind}}}}}")
    later = StatusChanged("C-1", NINE + HOUR, "pending")
    first = case(1, 3, facts={"mark": value})
    marked = Case("C-1", (*first.events, later, Opened("C-1", NIGHT, {"mark": "later"})))
    comparison = replay(TWO, declared, [marked], as_of=NIGHT + HOUR, by="mark")
    assert [line.group for line in comparison.lines] == [group]


def test_a_case_stands_under_the_fact_of_its_earliest_opening_when_its_log_is_out_of_order() -> None:
    late, first = Opened("C-1", NINE + HOUR, {"tier": "late"}), Opened("C-1", NINE, {"tier": "first"})
    comparison = replay(TWO, FOUR, [Case("C-1", (late, first))], as_of=NIGHT, by="tier")
    assert [line.group for line in comparison.lines] == ["first"]


def test_flips_are_bounded_in_memory_and_counted_in_full() -> None:
    some = policy("resolution: 2h, first_response: 1h")
    late = (case(n, 3) for n in range(3 * FLIPS_KEPT))
    comparison = replay(some, FOUR, late, as_of=NIGHT)
    assert comparison.flip_count == 6 * FLIPS_KEPT
    assert [flip.change for flip in comparison.flips] == ["better"] * FLIPS_KEPT + ["vanished"] * FLIPS_KEPT


def test_cases_are_taken_one_at_a_time() -> None:
    taken: list[int] = []

    def stream() -> Iterator[Case]:
        for number in range(3):
            taken.append(number)
            yield case(number, 3)

    run = ReplayRun(TWO, FOUR, stream(), as_of=NIGHT)
    assert taken == []
    assert (next(run).case_id, taken) == ("C-0", [0])
    assert (run.comparison().cases, len(list(run)), run.comparison().cases) == (1, 2, 3)


def test_nothing_comes_of_nothing() -> None:
    comparison = replay(TWO, FOUR, [], as_of=NIGHT)
    assert (comparison.lines, comparison.flips, comparison.rows(), comparison.before) == ((), (), (), {})


def test_a_comparison_is_a_value() -> None:
    one, other = (replay(TWO, FOUR, [case(1, 3)], as_of=NIGHT) for _ in range(2))
    assert (one == other, pickle.loads(pickle.dumps(one)) == one) == (True, True)


def test_recorded_dues_are_compared_with_computed_ones_when_one_side_is_compiled_so() -> None:
    both = ServicePolicy.parse("{name: H, sla: {recorded_due: {resolution: promised_at}, targets: [{resolution: 2h}]}}")
    promised = case(1, 3, facts={"promised_at": NINE + 4 * HOUR})
    comparison = replay(both.compile(), both.compile(due="recorded"), [promised], as_of=NIGHT)
    assert [flip.verdicts for flip in comparison.flips] == [("met_late", "met")]


def test_a_row_of_a_flip_has_its_columns() -> None:
    [flip] = replay(TWO, FOUR, [case(1, 3)], as_of=NIGHT).flips
    assert dict(zip(FLIP_COLUMNS, flip.row(), strict=True)) == {
        "case_id": "C-1", "metric": "resolution", "instance": "0", "change": "better",
        "outcome_before": "met_late", "target_before": "2h", "due_at_before": "2026-01-05T11:00:00Z",
        "stopped_at_before": "2026-01-05T12:00:00Z",
        "outcome_after": "met", "target_after": "4h", "due_at_after": "2026-01-05T13:00:00Z",
        "stopped_at_after": "2026-01-05T12:00:00Z",
    }  # fmt: skip
    assert Flip("C-1", "resolution", 0, None, flip.after).row()[4:8] == ("",) * 4


class Cells(HTMLParser):
    """The texts of an HTML table, and its tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_notebook_shows_a_table_in_which_names_are_no_markup() -> None:
    wild = Comparison((PolicyName("<script>", "1"), PolicyName("b", "&2")), NIGHT, "UTC", (), by="<b>")
    shown = Cells(wild._repr_html_())
    assert shown.tags == {"table", "caption", "thead", "tbody", "tr", "th"}
    assert "<b>" in shown.texts
    told = Cells(replay(TWO, FOUR, [case(1, 3), case(2, 1)], as_of=NIGHT)._repr_html_()).texts
    assert told[-9:] == ["1/2", "2/2", "+50.0", "1", "0", "0", "0", "0", "1"]


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError):
        replay(TWO.policy, FOUR, [], as_of=NIGHT)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        replay(TWO, FOUR, [case(1).events], as_of=NIGHT)  # type: ignore[list-item]
    with pytest.raises(NaiveDatetimeError):
        replay(TWO, FOUR, [], as_of=datetime(2026, 1, 5))
    with pytest.raises(TypeError):
        replay(TWO, FOUR, [], as_of=NIGHT.date())
    with pytest.raises(UnknownNameError):
        replay(TWO, FOUR, [], as_of=NIGHT, by="chanel")
    with pytest.raises(ValueError):
        replay(TWO, FOUR, [case(1)], as_of=NIGHT).difference("resolution", "most")  # type: ignore[arg-type]


@pytest.mark.parametrize("side", ["before", "after"])
def test_a_policy_that_promises_nothing_is_refused_with_its_side(side: str) -> None:
    silent = ServicePolicy.parse("{name: Silent}").compile()
    pair = {"before": TWO, "after": TWO} | {side: silent}
    with pytest.raises(PolicyError) as caught:
        replay(**pair, cases=[], as_of=NIGHT)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("whatif.no-sla", f"{side}.sla")]


class Fickle:
    """An engine that changes its mind: the same question has another answer each time."""

    metrics = ("resolution",)

    def __init__(self) -> None:
        self.asked = 0

    def judge(self, case: Case, as_of: datetime) -> CaseVerdict:
        self.asked += 1
        sla = (TWO, FOUR)[self.asked % 2].sla
        assert sla is not None
        return sla.judge(case, as_of)


def test_the_laws_break_when_an_engine_does_not_keep_them() -> None:
    late = [case(1, 3)]
    with pytest.raises(LawBroken):
        same_policy_flips_nothing(engine(Fickle()), late, NIGHT)
    with pytest.raises(LawBroken):
        attainment_is_that_of_the_outcomes(engine(Fickle()), TWO, late, NIGHT)
    with pytest.raises(LawBroken):
        swapping_mirrors(TWO, engine(Fickle()), [*late, case(2, 1), case(3, 3)], NIGHT)
    with pytest.raises(LawBroken):
        laws.looser_target_turns_no_hit_into_a_miss(FOUR, TWO, late, NIGHT)


def test_a_looser_policy_is_drawn_that_saves_a_promise() -> None:
    every_hour = [case(hour, hour + 0.5) for hour in range(120)]

    def saves(pair: tuple[ServicePolicy, ServicePolicy]) -> bool:
        strict, lax = (policy.compile() for policy in pair)
        flips = replay(strict, lax, every_hour, as_of=NINE + timedelta(days=9)).flips
        return any(flip.change == "better" for flip in flips)

    generated = settings(phases=[Phase.generate], max_examples=2000, database=None)
    assert find(sks.policy_pairs(max_rows=1), saves, settings=generated)
