"""Needs of customers, weighed by importance, urgency, impact, feasibility and cost; and how firm the ranking is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from annotated_types import MinLen
from pydantic import Field

from servicekit.document import Document, did_you_mean
from servicekit.errors import PolicyError, Problem
from servicekit.quantity import FactorField, Share, exact_number
from servicekit.vocabulary import Word

Criterion: TypeAlias = Literal["importance", "urgency", "impact", "feasibility", "cost"]
"""By what a need is weighed; of ``cost`` less is better."""

_Scores: TypeAlias = dict[Criterion, FactorField]


class NeedsRanking(Document):
    """Needs with a score for each criterion, and what each criterion weighs. Numbers are exact.

    >>> ranking = NeedsRanking.parse('''
    ... weights: {importance: 3, cost: 1}
    ... needs: {refunds in a day: {importance: 5, cost: 4}, a chat at night: {importance: 4, cost: 2}}
    ... ''')
    >>> list(ranking.own_problems())
    []
    """

    weights: Annotated[_Scores, MinLen(1)]
    """What each criterion weighs; one without a weight does not count. Only their proportions matter."""
    highest: FactorField = Fraction(5)
    """The highest score of a criterion; a cost counts as highest plus lowest, less its score."""
    lowest: FactorField = Fraction(1)
    """The lowest score."""
    needs: dict[Word, _Scores] = Field(default_factory=dict)
    """The scores of each need."""

    def own_problems(self) -> Iterable[Problem]:
        """Weights that are all zero, and scores that are missing, or outside the scale."""
        if not any(self.weights.values()):
            yield Problem("segments.weights", "weights", "all weights are zero", hint="give one of them a weight")
        if not self.lowest < self.highest:
            message = f"the highest score, {self.highest}, is not above the lowest, {self.lowest}"
            yield Problem("segments.score", "highest", message, hint="let the scale rise, such as from 1 to 5")
            return
        for name, scores in self.needs.items():
            for criterion in self.weights:
                if criterion not in scores:
                    hint = did_you_mean(criterion, scores) or f"give it a score from {self.lowest} to {self.highest}"
                    yield Problem("segments.no-score", f"needs.{name}", f"{criterion} has no score", hint=hint)
            for criterion, score in scores.items():
                if not self.lowest <= score <= self.highest:
                    message = f"{score} is not between {self.lowest} and {self.highest}"
                    yield Problem("segments.score", f"needs.{name}.{criterion}", message, hint="or change the scale")


@dataclass(frozen=True, slots=True)
class RankedNeed:
    """A need, its rank from 1, and its weighted score; equal scores have the same rank, and ``is_tied`` says so.

    >>> RankedNeed("a chat at night", 1, Fraction(15, 4), False).rank
    1
    """

    need: str
    rank: int
    score: Fraction
    is_tied: bool


@dataclass(frozen=True, slots=True)
class RankMove:
    """A need whose rank changes when one weight moves by ``change``, all others staying as they are.

    >>> RankMove("cost", Fraction(1), "a chat at night", 2, 1).after
    1
    """

    criterion: Criterion
    change: Fraction
    need: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class TippingPoint:
    """The smallest change of a single weight at which the first two needs are level; beyond it they swap.

    >>> TippingPoint("cost", Fraction(1)).change
    Fraction(1, 1)
    """

    criterion: Criterion
    change: Fraction


def rank_needs(ranking: NeedsRanking) -> tuple[RankedNeed, ...]:
    """The needs from the first to the last, those of one rank by name; scores are means weighted by the weights.

    >>> needs = "{a: {impact: 4, cost: 5}, b: {impact: 3, cost: 1}}"
    >>> ranking = NeedsRanking.parse(f"{{weights: {{impact: 2, cost: 1}}, needs: {needs}}}")
    >>> [(each.need, each.rank, str(each.score)) for each in rank_needs(ranking)]
    [('b', 1, '11/3'), ('a', 2, '3')]

    Raises:
        PolicyError: weights or scores are wrong.
    """
    if problems := tuple(ranking.problems()):
        raise PolicyError(problems)
    return _ranked(ranking, ranking.weights)


def rank_moves(ranking: NeedsRanking, change: Share) -> tuple[RankMove, ...]:
    """Which needs change their rank when each weight by itself rises, and falls, by ``change``; none falls below zero.

    >>> needs = "{a: {impact: 4, cost: 5}, b: {impact: 3, cost: 1}}"
    >>> ranking = NeedsRanking.parse(f"{{weights: {{impact: 2, cost: 1}}, needs: {needs}}}")
    >>> [(move.criterion, str(move.change), move.need, move.after) for move in rank_moves(ranking, 1)]
    [('cost', '-1', 'b', 2), ('cost', '-1', 'a', 1)]

    Raises:
        DocumentValueError: the change is not an exact number, zero or more.
        PolicyError: weights or scores are wrong.
    """
    before = {each.need: each.rank for each in rank_needs(ranking)}
    return tuple(
        RankMove(criterion, shift, each.need, before[each.need], each.rank)
        for criterion, shift, weights in _shifted(ranking, exact_number(change))
        for each in sorted(_ranked(ranking, weights), key=lambda each: before[each.need])
        if each.rank != before[each.need]
    )


def tipping_point(ranking: NeedsRanking) -> TippingPoint | None:
    """The smallest change of one weight that brings the second need level with the first; None where none does.

    Of two criteria with equal changes the earlier one is named. Needs that are level already tip at 0.

    >>> needs = "{a: {impact: 4, cost: 5}, b: {impact: 3, cost: 1}}"
    >>> ranking = NeedsRanking.parse(f"{{weights: {{impact: 2, cost: 1}}, needs: {needs}}}")
    >>> tipping_point(ranking)
    TippingPoint(criterion='cost', change=Fraction(-1, 2))

    Raises:
        PolicyError: weights or scores are wrong.
    """
    ranked = rank_needs(ranking)
    if len(ranked) < 2:
        return None
    first, second = (_points(ranking, ranking.needs[each.need]) for each in ranked[:2])
    lead = sum((weight * (first[name] - second[name]) for name, weight in ranking.weights.items()), Fraction(0))
    points = [
        TippingPoint(name, -lead / (first[name] - second[name]))
        for name, weight in ranking.weights.items()
        if first[name] != second[name] and weight - lead / (first[name] - second[name]) >= 0
    ]
    return min(points, key=lambda point: abs(point.change), default=None)


def _shifted(
    ranking: NeedsRanking, change: Fraction
) -> Iterator[tuple[Criterion, Fraction, Mapping[Criterion, Fraction]]]:
    """Each weight raised and lowered, as far as weights remain."""
    for criterion, weight in ranking.weights.items():
        for shift in (change, max(-change, -weight)):
            weights = {**ranking.weights, criterion: weight + shift}
            if shift and any(weights.values()):
                yield criterion, shift, weights


def _points(ranking: NeedsRanking, scores: Mapping[Criterion, Fraction]) -> dict[Criterion, Fraction]:
    """The scores with those of cost turned round, so that more is better of all."""
    turned = ranking.lowest + ranking.highest
    return {name: turned - score if name == "cost" else score for name, score in scores.items()}


def _ranked(ranking: NeedsRanking, weights: Mapping[Criterion, Fraction]) -> tuple[RankedNeed, ...]:
    total = sum(weights.values(), Fraction(0))
    means = {
        need: sum((weight * points[name] for name, weight in weights.items()), Fraction(0)) / total
        for need, points in ((need, _points(ranking, scores)) for need, scores in ranking.needs.items())
    }
    ordered = sorted(means.values(), reverse=True)
    ranked = [RankedNeed(n, ordered.index(mean) + 1, mean, ordered.count(mean) > 1) for n, mean in means.items()]
    return tuple(sorted(ranked, key=lambda each: (each.rank, each.need)))
