"""How days pass over an account: a day opens with what is due on it, and closes with its verdict.

On opening, a new version of the programme comes into force, old days leave the window, and a status period that has
ended is reviewed. On closing, the sums of the window raise the level, or lower it where that is immediate, and grants
are laid over it. Days on which nothing can change are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator

from servicekit.tiers.account.account import Account, Grant, Met, NetChange
from servicekit.tiers.account.compiled_program import CompiledProgram, Versions
from servicekit.tiers.account.day_sums import forget_before, merge_before, move_window, recount, sums_between
from servicekit.tiers.account.window_days import FIRST_DAY, LAST_DAY
from servicekit.tiers.standing.status import ChangeKind

_MANY = 32  # days that no window needs any more are dropped so many at a time
_ORDERS_KEPT = 400  # days for which the orders of a window without an end can come back


def advance(account: Account, day: int, versions: Versions) -> None:
    """Close the open day and all days between, and open ``day``; the same day stays open."""
    if day <= account.day:
        return
    close(account)
    while (between := next_day(account, versions)) < day:
        open_day(account, between, versions)
        close(account)
    open_day(account, day, versions)


def next_day(account: Account, versions: Versions) -> int:
    """The next day on which an account whose day is closed may change by itself; beyond the last if none is."""
    tomorrow, program, soonest = account.day + 1, account.version, LAST_DAY + 1
    if account.falls_on:
        return tomorrow
    if account.review_after is not None:
        soonest = max(review_day(account), tomorrow)
    if ((program.falls_at_once and account.level > 0) or account.is_negative) and account.first < len(account.days):
        soonest = min(soonest, program.window.leaves(account.days[account.first], account.enrolled))
    if account.grants or len(versions) > 1:  # as it is for few accounts
        soonest = min(soonest, *_edges_ahead(account, versions))
    return soonest


def _edges_ahead(account: Account, versions: Versions) -> Iterator[int]:
    """The days on which grants begin and are over, and on which a version of the programme comes into force."""
    today = account.day
    yield LAST_DAY + 1
    for grant in account.grants:
        yield from (edge for edge in (grant.start, (grant.last or LAST_DAY) + 1) if edge > today)
    yield from (each.from_day for each in versions if each.from_day is not None and each.from_day > today)


def review_day(account: Account) -> int:
    """The day on which the status period is reviewed: the one after its end and the grace."""
    assert account.review_after is not None
    return account.review_after + 1 + account.version.grace_days


def open_day(account: Account, day: int, versions: Versions) -> None:
    """Begin a day, the one before it closed: a new version, the window, a review."""
    account.day, account.reviewed, account.active, account.falls_on = day, False, False, False
    if account.reasons:
        account.reasons = []
    if len(versions) > 1 and (current := version_on(versions, day)) is not account.version:
        _begin_version(account, current)
    start = account.version.window.start(day, account.enrolled)
    if start < account.window_start:
        recount(account, start)
    elif start > account.window_start:
        move_window(account, start)
    if account.first >= _MANY or start == FIRST_DAY:
        _forget(account, versions)
    if account.review_after is not None and day >= review_day(account):
        _review(account, account.review_after)


def version_on(versions: Versions, day: int) -> CompiledProgram:
    """The version in force on a day; before all of them, the first."""
    if len(versions) == 1:
        return versions[0]
    return next(
        (each for each in reversed(versions) if each.from_day is not None and each.from_day <= day), versions[0]
    )


def rank_on(versions: Versions, tier: str, day: int) -> int:
    """The place that a tier of a day has in the latest version."""
    return version_on(versions, day).ranks.get(tier, 0)


def _begin_version(account: Account, version: CompiledProgram) -> None:
    """Go over to the rules of a new version: the tier keeps its name, or the one that it has now, and its period."""
    before, account.version = account.version, version
    account.level = version.level_of[before.names[account.level]]
    account.tier = version.names[version.level_of[account.tier]]
    account.grants = [
        grant._replace(tier=version.names[version.level_of[before.names[before.level_of[grant.tier]]]])
        for grant in account.grants
    ]
    if not version.has_review(account.level):
        account.review_after = None
    elif account.review_after is None:
        account.review_after = version.valid_until(account.day, account.enrolled)
    recount(account, version.window.start(account.day, account.enrolled))


def _forget(account: Account, versions: Versions) -> None:
    days = (account.day, account.day if account.review_after is None else account.review_after)
    starts = {version.window.start(day, account.enrolled) for version in versions for day in days}
    if (needed := min(starts)) > FIRST_DAY:
        forget_before(account, needed)
    elif len(account.days) > 2 * _ORDERS_KEPT:  # those that another window or the review needs stay apart
        old = min(account.day - _ORDERS_KEPT, days[1] + 1, *(start for start in starts if start > FIRST_DAY))
        if account.days[_ORDERS_KEPT] < old:
            merge_before(account, old)


def _review(account: Account, last: int) -> None:
    """Hold the status period that ended on ``last`` against the criteria, and begin the next one."""
    program, rules = account.version, account.version.program.downgrade
    start = program.window.start(last, account.enrolled)
    upto = account.day - 1 if rules.grace_counts else last
    sums = sums_between(account, start, upto)
    reached = program.level(sums)
    kept = program.kept(sums, account.level, reached)
    if program.reviews_up and reached > account.level:
        _move(account, reached, Met("qualify", program.names[reached], sums, start, upto))
    elif kept < account.level and program.reviews_down:
        level = program.fallen(account.level, kept)
        _move(account, level, Met("keep", program.names[account.level], sums, start, upto))
    elif kept >= account.level > 0:
        account.reasons.append(Met("keep", program.names[account.level], sums, start, upto))
    account.reviewed = bool(account.reasons)  # who does not keep a tier that never falls begins nothing anew
    is_reviewed = program.has_review(account.level)
    account.review_after = program.valid_until(last + 1, account.enrolled, after_review=True) if is_reviewed else None


def _move(account: Account, level: int, reason: Met) -> None:
    account.level = level
    account.reasons.append(reason)


def close(account: Account) -> None:
    """The verdict of the open day, with all that happened on it."""
    program = account.version
    reached = program.level(account.sums)
    if reached > account.level and not program.reviews_up:
        _move(account, reached, _met_today(account, "qualify", reached))
        if program.reviews_down:
            account.review_after = program.valid_until(account.day, account.enrolled)
    elif account.level > 0:
        _keep_or_fall(account, reached)
    if account.grants or account.reviewed or account.version.names[account.level] != account.tier:
        _lay_grants(account)


def _keep_or_fall(account: Account, reached: int) -> None:
    program = account.version
    if program.falls_at_once:
        kept = program.kept(account.sums, account.level, reached)
        if kept < account.level:
            level = program.fallen(account.level, kept)
            _move(account, level, _met_today(account, "keep", account.level))
            account.falls_on = level > kept
    elif account.active and reached >= account.level and program.program.extend == "on_requalify":
        again = program.valid_until(account.day, account.enrolled)
        account.review_after = max(again, account.review_after or again)


def _met_today(account: Account, criterion: str, level: int) -> Met:
    return Met(criterion, account.version.names[level], tuple(account.sums), account.window_start, account.day)


def _lay_grants(account: Account) -> None:
    tier, grant = in_force(account)
    if tier != account.tier:
        _change(account, tier, grant)
    elif account.reviewed and grant is None and account.level > 0:
        account.changes.append(NetChange(account.day, tier, tier, "renew", tuple(account.reasons)))
    if account.grants:
        account.grants = [each for each in account.grants if each.last is None or each.last >= account.day]


def in_force(account: Account) -> tuple[str, Grant | None]:
    """The tier in force on the open day, and the grant that gives it, if it is higher than what was earned."""
    program, day = account.version, account.day
    level, highest = account.level, None
    for grant in account.grants:
        if grant.start <= day and (grant.last is None or day <= grant.last):
            granted = program.level_of.get(grant.tier, 0)
            if granted > level or (highest is not None and granted == level and _lasts_longer(grant, highest)):
                level, highest = granted, grant
    return program.names[level], highest


def _lasts_longer(one: Grant, other: Grant) -> bool:
    return other.last is not None and (one.last is None or one.last > other.last)


def _change(account: Account, tier: str, grant: Grant | None) -> None:
    levels = account.version.level_of
    rises = levels.get(tier, 0) > levels.get(account.tier, 0)
    reasons = (*account.reasons, *((grant.reason,) if grant is not None else ()))
    if not reasons:
        ended = [each.reason for each in account.grants if each.last is not None and each.last < account.day]
        reasons = tuple(f"end of the grant: {reason}" for reason in ended) or ("new version of the programme",)
    kind: ChangeKind = "upgrade" if rises else "downgrade"
    account.changes.append(NetChange(account.day, account.tier, tier, kind, reasons))
    account.tier, account.since = tier, account.day
