"""An account seen by people: its status and its history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from servicekit.tiers.account.account import Account, NetChange
from servicekit.tiers.account.compiled_program import Versions
from servicekit.tiers.account.day_sums import sums_between
from servicekit.tiers.account.days import close, in_force, next_day, open_day, rank_on, version_on
from servicekit.tiers.account.reason import progress_of, reason_text
from servicekit.tiers.account.window_days import FIRST_DAY, LAST_DAY
from servicekit.tiers.standing.status import Progress, TierChange, TierStatus


def status_of(versions: Versions, account: Account, among: Sequence[Account] = ()) -> TierStatus:
    """The status of an account whose open day has closed.

    ``among`` are all accounts of a customer who has several, so that the projection is of the highest; they are used
    up, as the account is.
    """
    program, day = account.version, account.day
    tier, grant = in_force(account)
    level = program.level_of[tier]
    ends = grant.last if grant else account.review_after if program.reviews_down and account.level > 0 else None
    above = next((place for place in range(level + 1, len(program.names)) if program.qualify[place]), None)
    criteria = None if above is None else program.criteria(above)
    changes = changes_of(versions, account)
    base = "where everybody starts" if level == 0 else "given"
    earned, since, enrolled = program.names[account.level], account.since, account.enrolled
    lacks = () if criteria is None else tuple(progress_of(program, criteria, tuple(account.sums)))
    to_keep = _to_keep(account)
    projected_tier, projected_on = _projected(among or (account,), versions)
    return TierStatus(
        customer_id=account.account_id,
        as_of=date.fromordinal(day),
        tier=tier,
        since=date.fromordinal(since),
        valid_until=_date(ends),
        earned=earned,
        next_tier=None if above is None else program.names[above],
        progress=lacks,
        to_keep=to_keep,
        projected_tier=projected_tier,
        projected_on=projected_on,
        benefits=program.program.levels[tier].benefits,
        reason=next((each.why for each in reversed(changes) if _rank(versions, each) == program.ranks[tier]), base),
        history=changes,
        enrolled_on=date.fromordinal(enrolled),
        ladder=program.names,
        in_grace=grant is None and ends is not None and ends < day,
    )


def _to_keep(account: Account) -> tuple[Progress, ...]:
    """What is held against the criteria of the earned tier: at its next review, or today where it falls at once."""
    program, last, sums = account.version, account.review_after, tuple(account.sums)
    criteria = program.program.levels[program.names[account.level]].keep
    if criteria is None or account.level == 0 or program.program.downgrade.when == "never":
        return ()
    if last is not None:
        upto = account.day if program.program.downgrade.grace_counts else min(last, account.day)
        sums = sums_between(account, program.window.start(last, account.enrolled), upto)
    return tuple(progress_of(program, criteria, sums))


def _date(day: int | None) -> date | None:
    return None if day is None else date.fromordinal(min(day, LAST_DAY))


def highest(accounts: Sequence[Account]) -> Account:
    """Of some accounts, the one whose tier is in force: the highest, of equal ones the last."""
    return max(enumerate(accounts), key=lambda each: (each[1].version.ranks[each[1].tier], each[0]))[1]


def _rank(versions: Versions, change: TierChange) -> int:
    return rank_on(versions, change.new, change.on.toordinal())


def _projected(accounts: Sequence[Account], versions: Versions) -> tuple[str, date | None]:
    """The tier after the next change or renewal of the tier in force if nothing more happens, and its day."""
    now, waiting = highest(accounts), list(accounts)
    rank = now.version.ranks[now.tier]
    while waiting:
        day = min(next_day(account, versions) for account in waiting)
        if day > LAST_DAY:
            break
        waiting = [account for account in waiting if not _passes(account, day, versions)]
        now = highest(accounts)
        is_renewed = now.changes and (now.changes[-1].day, now.changes[-1].kind) == (day, "renew")
        if now.version.ranks[now.tier] != rank or is_renewed:
            return now.tier, date.fromordinal(day)
    return highest(accounts).tier, None


def _passes(account: Account, day: int, versions: Versions) -> bool:
    """Let an account pass to a day if something of it is due then; whether nothing is to come of it any more."""
    last = account.review_after
    if next_day(account, versions) != day:
        return False
    open_day(account, day, versions)
    close(account)
    return _is_settled(account, versions, was_reviewed=account.review_after != last)


def _is_settled(account: Account, versions: Versions, *, was_reviewed: bool) -> bool:
    """Whether nothing is to come but reviews that find what the last one found: the same sums, or none at all."""
    program, last, days = account.version, account.review_after, account.days
    has_edges = any(grant.start > account.day or grant.last is not None for grant in account.grants)
    if has_edges or program is not versions[-1]:
        return False
    start = program.window.start(account.day if last is None else min(last, account.day), account.enrolled)
    if start == FIRST_DAY:
        return was_reviewed
    can_fall = account.level > 0 and program.program.downgrade.when != "never"
    return not can_fall and (not days or start > days[-1])


def changes_of(versions: Versions, account: Account) -> tuple[TierChange, ...]:
    """The history of an account."""
    return tuple(_change(versions, account, change) for change in account.changes)


def _change(versions: Versions, account: Account, change: NetChange) -> TierChange:
    program = version_on(versions, change.day)
    reasons = [
        reason if isinstance(reason, str) else reason_text(program, reason, account.enrolled)
        for reason in change.reasons
    ]
    day = date.fromordinal(change.day)
    return TierChange(account.account_id, day, change.old, change.new, change.kind, "; ".join(reasons))
