"""One account, a customer's or a household's, evening by evening: what it earned, what it was given, until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from servicekit.events import TierGranted, TierRevoked
from servicekit.quantity import Money
from servicekit.testing.slow.tier_sums import DAY, SlowSums, Sums, Told, moved, period_end, window_start
from servicekit.tiers import Criteria, TierProgram
from servicekit.tiers.criteria import Threshold


@dataclass(frozen=True, slots=True)
class SlowGrant:
    """A level that was given, from a day through another, or for good."""

    level: int
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class Evening:
    """How an account stands at the end of a day."""

    earned: int
    """The level without grants."""
    level: int
    """The level in force."""
    valid_until: date | None
    is_renewal: bool
    """Whether the day began with a review, after which what is earned is in force as it was."""
    sums: Sums


class SlowAccount:
    """An account that is walked through day by day."""

    def __init__(self, program: TierProgram, enrolled: date, told: Sequence[Told]) -> None:
        self._program, self._enrolled, self._told = program, enrolled, told
        self._sums = SlowSums(program, told)
        self._levels = list(program.levels.values())
        self._names = {
            name: place for place, tier in enumerate(program.levels) for name in (tier, *program.levels[tier].formerly)
        }
        self._level = 0
        self._grants: list[SlowGrant] = []
        self._review_after = self._valid_until(enrolled) if program.upgrade == "at_review" else None
        self._was_reviewed = False
        self._in_force = 0

    def evenings(self, through: date) -> dict[date, Evening]:
        """Every evening from the enrolment on."""
        days = [self._enrolled + n * DAY for n in range((through - self._enrolled).days + 1)]
        return {day: self._evening(day) for day in days}

    def _evening(self, day: date) -> Evening:
        self._was_reviewed = False
        last = self._review_after
        if last is not None and day == last + (1 + self._program.downgrade.grace_days) * DAY:
            self._review(day, last)
        sums = self._sums.between(window_start(self._program.window, day, self._enrolled), day, day)
        self._judge(day, sums)
        self._give_and_take(day)
        return self._standing(day, sums)

    def _review(self, day: date, last: date) -> None:
        """Hold the status period that ended on ``last`` against the criteria; the next one begins on the day after."""
        rules, before = self._program.downgrade, day - DAY
        first = window_start(self._program.window, last, self._enrolled)
        sums = self._sums.between(first, before if rules.grace_counts else last, before)
        reached, kept = self._reached(sums), self._kept(sums)
        self._was_reviewed = kept >= self._level or rules.when == "at_review"
        if reached > self._level and self._program.upgrade == "at_review":
            self._level = reached
        elif kept < self._level and rules.when == "at_review":
            self._fall(kept)
        is_reviewed = self._level > 0 or self._program.upgrade == "at_review"
        self._review_after = self._valid_until(last + DAY, is_review=True) if is_reviewed else None

    def _judge(self, day: date, sums: Sums) -> None:
        """Rise or fall with the metrics of the evening, where the programme does so at once."""
        reached, kept = self._reached(sums), self._kept(sums)
        if reached > self._level and self._program.upgrade == "immediate":
            self._level = reached
            is_reviewed = self._program.downgrade.when == "at_review"
            self._review_after = self._valid_until(day) if is_reviewed else None
        elif kept < self._level and self._program.downgrade.when == "immediate":
            self._fall(kept)
        elif reached >= self._level > 0 and self._program.extend == "on_requalify" and self._sums.is_active_on(day):
            self._review_after = max(self._review_after or day, self._valid_until(day))

    def _reached(self, sums: Sums) -> int:
        """The highest level whose criteria are met; those below it need not be."""
        return max(n for n, level in enumerate(self._levels) if n == 0 or _is_met(level.qualify, sums))

    def _kept(self, sums: Sums) -> int:
        """The highest level that these metrics keep, or reach."""
        below = self._levels[: self._level + 1]
        return max(self._reached(sums), *(n for n, each in enumerate(below) if n == 0 or _is_met(each.keep, sums)))

    def _fall(self, target: int) -> None:
        """Fall to a level, but not past more levels that can be earned than may be lost at once."""
        most = self._program.downgrade.max_levels
        steps = [n for n, each in enumerate(self._levels[: self._level]) if n == 0 or each.qualify is not None][::-1]
        self._level = target if most is None else max(target, steps[min(most, len(steps)) - 1])

    def _valid_until(self, day: date, *, is_review: bool = False) -> date:
        """The last day of a status period that begins on ``day``."""
        if months := self._program.validity_months:
            return moved(day, months) - DAY
        end = period_end(self._program.window, day, self._enrolled)
        if self._program.validity == "period_end" or is_review:
            return end
        return period_end(self._program.window, end + DAY, self._enrolled)

    def _give_and_take(self, day: date) -> None:
        """Note the grants of a day, and end those that it revokes."""
        for on, event in self._told:
            if on == day and isinstance(event, TierGranted) and event.tier in self._names:
                first = max(event.effective_on or day, day)
                if event.last_on is None or first <= event.last_on:
                    self._grants.append(SlowGrant(self._names[event.tier], first, event.last_on))
            if on == day and isinstance(event, TierRevoked) and (event.tier is None or event.tier in self._names):
                self._grants = list(self._revoked(event, max(event.effective_on or day, day)))

    def _revoked(self, event: TierRevoked, ends: date) -> Iterator[SlowGrant]:
        for grant in self._grants:
            is_meant = event.tier is None or grant.level == self._names[event.tier]
            if not is_meant or (grant.last is not None and grant.last < ends):
                yield grant
            elif grant.first < ends:
                yield SlowGrant(grant.level, grant.first, ends - DAY)

    def _standing(self, day: date, sums: Sums) -> Evening:
        """The tier in force: the highest of what was earned and what is granted, which lasts as the longest grant."""
        grants = [
            each
            for each in self._grants
            if each.first <= day and (each.last is None or day <= each.last) and each.level > self._level
        ]
        level = max([self._level, *(each.level for each in grants)])
        ends = [each.last for each in grants if each.level == level]
        falls = self._program.downgrade.when == "at_review" and self._level > 0
        until = self._review_after if falls else None
        if ends:
            until = None if None in ends else max(end for end in ends if end is not None)
        is_renewal = self._was_reviewed and not ends and 0 < level == self._in_force
        self._in_force = level
        return Evening(self._level, level, until, is_renewal, sums)


def _is_met(criteria: Criteria | None, sums: Sums) -> bool:
    if criteria is None:
        return False
    met = [sums[name] >= threshold(value) for name, value in criteria.thresholds.items()]
    return all(met) if criteria.match == "all" else any(met)


def threshold(value: Threshold) -> Fraction:
    """How much a threshold asks for, of whatever it is."""
    return Fraction(value.amount if isinstance(value, Money) else value)
