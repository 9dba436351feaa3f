"""Needs weighed and ranked, and how firm the ranking is."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from servicekit.document import DocumentValueError, read
from servicekit.errors import PolicyError
from servicekit.segments import NeedsRanking, rank_moves, rank_needs, tipping_point

RANKING = NeedsRanking.parse("""
weights: {importance: 3, urgency: 2, impact: 2, feasibility: 1, cost: 2}
needs:
  refunds in a day: {importance: 5, urgency: 4, impact: 4, feasibility: 2, cost: 4}
  chat at night: {importance: 3, urgency: 3, impact: 3, feasibility: 4, cost: 5}
  a named agent: {importance: 4, urgency: 2, impact: 5, feasibility: 3, cost: 3}
  answers in Chinese: {importance: 4, urgency: 4, impact: 4, feasibility: 4, cost: 3}
""")
CRITERIA = ("importance", "urgency", "impact", "feasibility", "cost")


def test_scores_are_weighted_means_in_which_a_low_cost_is_good() -> None:
    shown = [(each.need, each.rank, each.score) for each in rank_needs(RANKING)]
    assert shown == [
        ("answers in Chinese", 1, Fraction(3 * 4 + 2 * 4 + 2 * 4 + 4 + 2 * 3, 10)),
        ("refunds in a day", 2, Fraction(3 * 5 + 2 * 4 + 2 * 4 + 2 + 2 * 2, 10)),
        ("a named agent", 3, Fraction(3 * 4 + 2 * 2 + 2 * 5 + 3 + 2 * 3, 10)),
        ("chat at night", 4, Fraction(3 * 3 + 2 * 3 + 2 * 3 + 4 + 2 * 1, 10)),
    ]


def test_equal_scores_have_one_rank_and_the_next_is_skipped() -> None:
    ranking = NeedsRanking.parse("{weights: {impact: 1}, needs: {b: {impact: 4}, c: {impact: 2}, a: {impact: 4}}}")
    shown = [(each.need, each.rank, each.is_tied) for each in rank_needs(ranking)]
    assert shown == [("a", 1, True), ("b", 1, True), ("c", 3, False)]
    tipping = tipping_point(ranking)
    assert tipping is None  # no weight can part them


def test_the_tipping_point_makes_the_first_two_level_and_beyond_it_they_swap() -> None:
    tipping = tipping_point(RANKING)
    assert tipping is not None
    assert (tipping.criterion, tipping.change) == ("feasibility", Fraction(-1, 2))
    level = rank_needs(_moved(RANKING, "feasibility", Fraction(-1, 2)))
    assert [each.is_tied for each in level[:2]] == [True, True]
    beyond = rank_needs(_moved(RANKING, "feasibility", Fraction(-51, 100)))
    assert [each.need for each in beyond[:2]] == ["refunds in a day", "answers in Chinese"]


def test_a_weight_may_fall_to_zero_for_the_first_two_to_be_level() -> None:
    text = "{weights: {impact: 1, cost: 3}, needs: {a: {impact: 4, cost: 3}, b: {impact: 3, cost: 3}}}"
    tipping = tipping_point(NeedsRanking.parse(text))
    assert tipping is not None
    assert (tipping.criterion, tipping.change) == ("impact", -1)


def test_moves_name_the_weight_its_change_and_both_ranks() -> None:
    moves = [(each.criterion, each.change, each.need, each.before, each.after) for each in rank_moves(RANKING, 2)]
    assert ("importance", 2, "refunds in a day", 2, 1) in moves
    assert ("importance", 2, "answers in Chinese", 1, 2) in moves
    assert {criterion for criterion, *_ in moves} <= set(CRITERIA)


def test_a_weight_falls_to_zero_and_no_further() -> None:
    changes = {each.change for each in rank_moves(RANKING, 5) if each.criterion == "feasibility" and each.change < 0}
    assert changes <= {Fraction(-1)}


@pytest.mark.parametrize("change", [-1, 0.5, "much"])
def test_a_change_is_an_exact_number_zero_or_more(change: object) -> None:
    with pytest.raises(DocumentValueError):
        rank_moves(RANKING, change)  # type: ignore[arg-type]


SCORES = st.fixed_dictionaries({name: st.integers(1, 5) for name in CRITERIA})
WEIGHTS = st.fixed_dictionaries({name: st.integers(0, 4) for name in CRITERIA})


@given(WEIGHTS, st.dictionaries(st.sampled_from("abcde"), SCORES, min_size=2))
def test_no_smaller_change_of_a_single_weight_makes_the_first_two_level(
    weights: dict[str, int], needs: dict[str, dict[str, int]]
) -> None:
    assume(any(weights.values()))
    ranking = NeedsRanking.model_validate({"weights": weights, "needs": needs})
    first, second = (each.need for each in rank_needs(ranking)[:2])
    tipping = tipping_point(ranking)
    for name in CRITERIA:
        for eighths in range(-8 * weights[name], 33):
            change = Fraction(eighths, 8)
            moved = {each.need: each.score for each in _scores(ranking, name, change)}
            if moved and moved[second] >= moved[first] and needs[first][name] != needs[second][name]:
                assert tipping is not None
                assert abs(tipping.change) <= abs(change)
    if tipping is not None:
        level = {each.need: each.score for each in _scores(ranking, tipping.criterion, tipping.change)}
        assert not level or level[first] == level[second]


def _scores(ranking: NeedsRanking, criterion: str, change: Fraction) -> tuple[object, ...]:
    moved = _moved(ranking, criterion, change)
    return rank_needs(moved) if any(moved.weights.values()) else ()


def _moved(ranking: NeedsRanking, criterion: str, change: Fraction) -> NeedsRanking:
    return ranking.replace(weights={**ranking.weights, criterion: dict(ranking.weights)[criterion] + change})


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("{weights: {impact: 0}}", "segments.weights", "weights"),
        ("{weights: {impact: 1}, needs: {a: {cost: 3}}}", "segments.no-score", "needs.a"),
        ("{weights: {impact: 1}, needs: {a: {impact: 6}}}", "segments.score", "needs.a.impact"),
        ("{weights: {impact: 1}, needs: {a: {impact: 0}}}", "segments.score", "needs.a.impact"),
        ("{weights: {impact: 1}, lowest: 5, needs: {a: {impact: 5}}}", "segments.score", "highest"),
        ("{weights: {impakt: 1}}", "document.value", "weights.impakt"),
        ("{weights: {}}", "document.value", "weights"),
    ],
)
def test_a_fault_is_told_at_its_place(text: str, code: str, path: str) -> None:
    assert [(problem.code, problem.path) for problem in read(NeedsRanking, text).problems] == [(code, path)]


def test_a_ranking_with_faults_ranks_nothing() -> None:
    with pytest.raises(PolicyError):
        rank_needs(NeedsRanking.model_validate({"weights": {"impact": 1}, "needs": {"a": {}}}))
