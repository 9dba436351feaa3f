"""Several accounts as one, such as those of a household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from servicekit.loyalty.balance import Balance
from servicekit.loyalty.questions.expiring import ExpiringPoints, expiring, schedule
from servicekit.loyalty.questions.reader import LedgerReader
from servicekit.loyalty.questions.statement import Statement, selected, statement_of


class Pool:
    """Accounts whose points are seen together; each keeps its own. Members who have earned nothing yet count nothing.

    Transfers among them cancel out.

    >>> from datetime import UTC
    >>> from servicekit.loyalty import Earn, FixedTerms, Ledger, Terms
    >>> ledger, at = Ledger(FixedTerms(Terms("points"))), datetime(2026, 1, 5, 9, tzinfo=UTC)
    >>> _ = ledger.apply_many([Earn("m-1", 120, at=at), Earn("m-2", 30, at=at)])
    >>> ledger.pool(["m-1", "m-2", "m-3"]).balance(at.date()).available
    150
    """

    __slots__ = ("_reader", "accounts")

    def __init__(self, reader: LedgerReader, accounts: Iterable[str]) -> None:
        self._reader, self.accounts = reader, tuple(dict.fromkeys(accounts))

    def __repr__(self) -> str:
        return f"Pool({', '.join(self.accounts)})"

    def balance(self, as_of: date, *, currency: str | None = None, known_at: datetime | None = None) -> Balance:
        """The points of all accounts at the end of a day.

        Raises:
            UnknownAccountError: nothing was ever booked on any of them.
            UnknownCurrencyError: there is no such currency, or several where none is named.
        """
        name, reader = self._reader.rules.currency(currency), self._reader
        names = [seen.state.account for seen in reader.known(self.accounts, as_of)]
        return Balance(*map(sum, zip(*(reader.balance(each, name, as_of, known_at) for each in names), strict=True)))

    def expiring(self, as_of: date, *, currency: str | None = None) -> tuple[ExpiringPoints, ...]:
        """When the points of all accounts expire, if nothing else happens after a day.

        Raises:
            UnknownAccountError: nothing was ever booked on any of them.
            UnknownCurrencyError: there is no such currency, or several where none is named.
        """
        rules = self._reader.rules
        name = rules.currency(currency)
        found = self._reader.known(self.accounts, as_of)
        return schedule(expiring(seen.state, name, rules.timezone, rules.terms) for seen in found)

    def statement(
        self, first_on: date, last_on: date, *, currency: str | None = None, known_at: datetime | None = None
    ) -> Statement:
        """What happened to the points of all accounts on some days; a line names the account it is of.

        Raises:
            UnknownAccountError: nothing was ever booked on any of them.
            UnknownCurrencyError: there is no such currency, or several where none is named.
            ValueError: the last day comes before the first.
        """
        selection = selected(self._reader, (first_on, last_on), currency, known_at)
        return statement_of(self._reader, self._reader.known(self.accounts, last_on), selection)
