"""Lines of a journal, checked one by one as they are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from servicekit.document.json_values import JsonValue, JsonValueError, as_object, as_text, optional
from servicekit.document.json_values import entry as value_of
from servicekit.errors import Address, Problem, ServiceKitError, shown
from servicekit.loyalty.account.draft import DUE
from servicekit.loyalty.entry import Entry
from servicekit.loyalty.journal.audit import AccountAudit
from servicekit.loyalty.journal.entry_json import entry_of
from servicekit.loyalty.journal.export import FORMAT, check_of
from servicekit.loyalty.names import check_name
from servicekit.loyalty.terms import BookingRules

_LINE = re.compile(r'(?P<body>.*),"check":"(?P<check>[0-9a-f]{16})"\}', re.ASCII)
_TAKE_AGAIN = "take the export again, or the file from where it was kept; nothing was written"


class JournalError(ServiceKitError, ValueError):
    """A journal cannot be read in, and nothing of it was; ``problems`` says where and why."""

    code = "journal.invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(shown(self.problems)))


class ReadLine(NamedTuple):
    """An entry that was read, what was asked where its booking begins, its digest, and the number of its line."""

    entry: Entry
    asked: str | None
    digest: str
    number: int


class JournalReader:
    """Lines of a journal, each checked with all lines before it.

    ``audits`` are the accounts after all that was taken, ``closed_through`` the last day of the closed periods.
    """

    def __init__(self, lines: Iterable[str], name: str, rules: BookingRules) -> None:
        self._lines, self._name, self._rules = lines, name, rules
        self._number, self._check = 0, ""
        self.audits: dict[str, AccountAudit] = {}
        self.closed_through: date | None = None

    def __iter__(self) -> Iterator[ReadLine]:
        records, count = self._records(), 0
        self._read_head(next(records, None))
        for record in records:
            if "entries" in record:
                self._read_end(record, count)
                break
            yield self._read(record)
            count += 1  # noqa: SIM113 - the last line is none
        else:
            raise self._error("journal.cut-off", "the journal ends here, without its last line")
        if next(records, None) is not None:
            raise self._error("journal.changed", "there are lines behind the last one")

    def take(self, line: ReadLine) -> None:
        """Take an entry into its account.

        Raises:
            JournalError: no ledger books such an entry, or it is not the one that was digested.
        """
        account = line.entry.account
        audit = self.audits.setdefault(account, AccountAudit(account, self._rules))
        if problem := audit.take(line.entry):
            raise JournalError([problem.located(Address(self._name, line.number))])
        if audit.digest != line.digest:
            words = f"the digest of {account} entry {line.entry.number} is not the one that stands here"
            raise self._error("journal.hash", words, line.number)

    def _records(self) -> Iterator[dict[str, JsonValue]]:
        for line in self._lines:
            self._number += 1
            if (match := _LINE.fullmatch(line.rstrip("\r\n"))) is None:
                raise self._error("journal.changed", "the line is not one that an export writes")
            body = f"{match['body']}}}"
            self._check = check_of(self._check, body)
            if self._check != match["check"]:
                raise self._error("journal.changed", "the line, or one before it, was changed, moved or removed")
            yield self._object(body)

    def _object(self, body: str) -> dict[str, JsonValue]:
        try:
            return as_object(json.loads(body))
        except (ValueError, RecursionError) as error:
            raise self._error("journal.line", str(error)) from None

    def _read_head(self, record: dict[str, JsonValue] | None) -> None:
        if record is None or record.get("format") != FORMAT:
            found = None if record is None else record.get("format")
            raise self._error("journal.format", f"the first line has the format {FORMAT!r}, and not {found!r}")
        try:
            day = optional(as_text, record.get("closed_through"))
            self.closed_through = None if day is None else date.fromisoformat(day)
        except ValueError as error:
            raise self._error("journal.line", str(error)) from None

    def _read_end(self, record: dict[str, JsonValue], count: int) -> None:
        if record["entries"] != count:
            raise self._error("journal.changed", f"{record['entries']} entries were written, and {count} are here")

    def _read(self, record: dict[str, JsonValue]) -> ReadLine:
        try:
            account, asked = value_of(record, "account", as_text), optional(as_text, record.get("asked"))
            entry, digest = value_of(record, "entry", as_object), value_of(record, "hash", as_text)
            line = ReadLine(entry_of(account, entry), asked, digest, self._number)
        except JsonValueError as error:
            raise self._error("journal.line", str(error)) from None
        key = line.entry.key
        refusal = check_name(account, "the account") or check_name(key.removeprefix("#"), "the key")
        if refusal or line.entry.derived is not (key == DUE):
            raise self._error("journal.line", str(refusal or f"no command has the key {key!r}"))
        return line

    def _error(self, code: str, message: str, number: int | None = None) -> JournalError:
        address = Address(self._name, max(number or self._number, 1))
        return JournalError([Problem(code, "", message, hint=_TAKE_AGAIN, address=address)])
