"""A plain redemption in PostgreSQL, decided and written by one function of the database in one round trip.

What holds up a shop is the row of an account that waits for Python between two round trips; here it waits for nothing
but the disk. The function writes what the ordinary way would write, or answers nothing and has changed nothing; then
the command goes the ordinary way. That both ways leave the same tables is a law.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Final

from servicekit.loyalty.account.day_of import DayOf
from servicekit.loyalty.command import Command, Redeem
from servicekit.loyalty.decisions.points import check_points
from servicekit.loyalty.decisions.spend import check_limits
from servicekit.loyalty.entry import Allocation, Booking, Entry
from servicekit.loyalty.journal.fingerprint import fingerprint
from servicekit.loyalty.names import check_name
from servicekit.loyalty.rejected import UnknownCurrencyError
from servicekit.loyalty.terms import BookingRules, Terms
from servicekit.stores import tables
from servicekit.stores.postgres.database import PostgresDatabase
from servicekit.stores.row_reader import Cells, StoredRows
from servicekit.timeline import to_us

FUNCTION: Final = f"""CREATE OR REPLACE FUNCTION points_redeem(
    account_ text, currency_ text, points_ bigint, key_ text, asked_ text, on_ date, at_us bigint, order_ text,
    reason_ text, actor_ text
) RETURNS TABLE (
    number bigint, taken bigint, lot_id bigint, origin text, earned_on date, arrived_us bigint, expires_on date,
    available_on date, unit_value text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    holder points_accounts;
    lot points_lots;
    place bigint := 0;
BEGIN
    -- what is read after the lock is the newest only at READ COMMITTED
    IF current_setting('transaction_isolation') <> 'read committed' THEN RETURN; END IF;
    SELECT * INTO holder FROM points_accounts WHERE account = account_ FOR UPDATE;
    IF holder.status IS DISTINCT FROM 'open' OR holder.version = 0 OR holder.recorded_us > at_us THEN RETURN; END IF;
    IF NOT EXISTS (
        SELECT FROM points_ledger WHERE schema_version = {tables.VERSION} AND coalesce(closed_through < on_, true)
    ) OR NOT EXISTS (
        SELECT FROM points_books WHERE account_id = holder.account_id HAVING min(due_on) > on_
        AND bool_or(currency = currency_ AND debt = 0 AND available >= points_)
    ) OR EXISTS (SELECT FROM points_bookings WHERE key = key_) THEN RETURN; END IF;

    number := holder.version + 1;
    UPDATE points_accounts SET version = holder.version + 1, recorded_us = at_us WHERE account_id = holder.account_id;
    UPDATE points_books SET available = available - points_
        WHERE account_id = holder.account_id AND currency = currency_;
    INSERT INTO points_bookings (key, asked, account_id, first_number, last_number, points, reversed_points)
        VALUES (key_, asked_, holder.account_id, holder.version + 1, holder.version + 1, points_, 0);
    INSERT INTO points_entries (account_id, number, kind, currency, effective_on, recorded_us, key,
            available, pending, held, debt, reason, actor, derived)
        VALUES (holder.account_id, holder.version + 1, 'redeem', currency_, on_, at_us, key_,
            -points_, 0, 0, 0, reason_, actor_, false);
    INSERT INTO points_days VALUES (holder.account_id, currency_, on_, -points_, 0, 0, 0)
        ON CONFLICT (account_id, currency, effective_on)
        DO UPDATE SET available = points_days.available + excluded.available;
    FOR lot IN
        SELECT * FROM points_lots
        WHERE account_id = holder.account_id AND currency = currency_ AND remaining > 0 AND NOT is_pending
        ORDER BY CASE order_ WHEN 'earliest_expiry' THEN expires_on END,
            CASE order_ WHEN 'lifo' THEN date '2000-01-01' - earned_on END, earned_on, arrived_us, lot_id
    LOOP
        taken := least(lot.remaining, points_);
        UPDATE points_lots SET remaining = lot.remaining - taken
            WHERE account_id = holder.account_id AND lot_id = lot.lot_id;
        INSERT INTO points_allocations VALUES (holder.account_id, holder.version + 1, place, lot.lot_id, taken);
        lot_id := lot.lot_id; origin := lot.origin; earned_on := lot.earned_on; arrived_us := lot.arrived_us;
        expires_on := lot.expires_on; available_on := lot.available_on; unit_value := lot.unit_value;
        RETURN NEXT;
        place := place + 1;
        points_ := points_ - taken;
        EXIT WHEN points_ = 0;
    END LOOP;
    IF points_ > 0 THEN
        RAISE EXCEPTION 'a book says more than its lots' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$"""
"""What :func:`servicekit.stores.upgrade` makes beside the tables."""

_CALL: Final = b"SELECT * FROM points_redeem($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


class PostgresRedemption:
    """The way of plain redemptions; ``connected`` gives a connection on which each statement is a transaction."""

    __slots__ = ("_connected", "_days", "_rules")

    def __init__(self, connected: Callable[[], AbstractContextManager[PostgresDatabase]], rules: BookingRules) -> None:
        self._connected, self._rules, self._days = connected, rules, DayOf(rules.timezone)

    def apply(self, command: Command) -> Booking | None:
        """Book a redemption with nothing special about it; ``None`` for all else, and nothing is changed."""
        if type(command) is not Redeem or (terms := self._plain_terms(command)) is None:
            return None
        at_us = to_us(command.at)
        on = self._days.of(at_us)
        asked = (command.account, terms.currency, command.points, command.key, fingerprint(command), on, at_us)
        with self._connected() as database:
            rows = database.run(_CALL, *asked, terms.order, command.reason, command.actor)
        if not rows:
            return None
        entry = Entry(
            *(command.account, rows[0][0]),
            kind="redeem",
            currency=terms.currency,
            on=on,
            recorded_us=at_us,
            key=command.key or "",
            available=-command.points,
            allocations=_allocations(rows),
            reason=command.reason,
            actor=command.actor,
        )
        return Booking(entry.key, (entry,))

    def _plain_terms(self, command: Redeem) -> Terms | None:
        """The terms of what is redeemed, where they and the command are as simple as the function takes them to be."""
        if command.on is not None or command.partial or command.expected_version is not None:
            return None
        if check_name(command.key, "the key") or check_name(command.account, "the account"):
            return None
        try:
            terms = self._rules.terms(self._rules.currency(command.currency))
        except UnknownCurrencyError:
            return None
        if terms.lapses_on is not None or terms.order == "hifo":
            return None
        return None if check_points(command.points) or check_limits(terms, command.points) else terms


def _allocations(rows: Sequence[Cells]) -> tuple[Allocation, ...]:
    reader = StoredRows(lambda day: day)
    return tuple(Allocation(reader.lot(row[2:]), row[1]) for row in rows)
