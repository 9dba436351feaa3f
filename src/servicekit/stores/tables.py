"""The tables of a ledger, told once: SQLite, PostgreSQL and SQLAlchemy's metadata are made of this.

The journal is the truth: ``entries`` and their ``allocations`` are never changed or deleted, and triggers see to it.
What follows from it stands beside it and is written in the same transaction: ``books``, ``lots`` and ``holds`` of each
account as they are now, the sums of each day, and the ``bookings``, which make a key unique. Checks, unique keys and
foreign keys keep out what a writer beside this library could get wrong. An account is a number everywhere but in
``accounts``, so that giving it another name touches one row. Days are dates (ISO texts in SQLite), instants are
microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

VERSION = 1
"""The version of the schema; a store writes to tables of this version only."""

Kind: TypeAlias = Literal["integer", "text", "day", "boolean", "position"]


class StoredColumn(NamedTuple):
    """One column; ``position`` counts the rows of its table by itself."""

    name: str
    kind: Kind
    nullable: bool


class Reference(NamedTuple):
    """Columns whose values stand in the key of another table."""

    columns: tuple[str, ...]
    table: str
    of: tuple[str, ...]
    cascades: bool = False


class Index(NamedTuple):
    """An index over some columns, of the rows for which ``where`` holds."""

    columns: tuple[str, ...]
    where: str


class StoredTable(NamedTuple):
    """One table; ``checks`` are SQL that SQLite and PostgreSQL both read."""

    name: str
    columns: tuple[StoredColumn, ...]
    key: tuple[str, ...]
    unique: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    indexes: tuple[Index, ...] = ()
    is_journal: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that a writer gives."""
        return tuple(column.name for column in self.columns if column.kind != "position")


def _columns(text: str) -> tuple[StoredColumn, ...]:
    """Columns as ``name kind``, with a question mark behind the kind where there may be none."""
    kinds: dict[str, Kind] = {
        "integer": "integer",
        "text": "text",
        "day": "day",
        "boolean": "boolean",
        "position": "position",
    }
    words = (part.split() for part in text.split(","))
    return tuple(StoredColumn(name, kinds[kind.rstrip("?")], kind.endswith("?")) for name, kind in words)


def _of_account(*others: Reference) -> tuple[Reference, ...]:
    return (Reference(("account_id",), "points_accounts", ("account_id",)), *others)


def _of_lot() -> Reference:
    return Reference(("account_id", "lot_id"), "points_lots", ("account_id", "lot_id"))


_FOUR = "available integer, pending integer, held integer, debt integer"

LEDGER = StoredTable(
    "points_ledger",
    _columns("ledger integer, schema_version integer, closed_through day?"),
    ("ledger",),
    checks=("ledger = 1",),
)
ACCOUNTS = StoredTable(
    "points_accounts",
    _columns(
        "account_id position, account text, version integer, recorded_us integer, status text, next_lot integer,"
        " used text?"
    ),
    ("account_id",),
    unique=("account",),
    checks=("version >= 0", "status IN ('open', 'frozen', 'closed')", "next_lot >= 1"),
)
BOOKS = StoredTable(
    "points_books",
    _columns(f"account_id integer, currency text, place integer, {_FOUR}, last_activity_on day?, due_on day"),
    ("account_id", "currency"),
    checks=(
        "available >= 0 AND pending >= 0 AND held >= 0 AND debt >= 0",
        "available = 0 OR debt = 0",
    ),
    references=_of_account(),
)
LOTS = StoredTable(
    "points_lots",
    _columns(
        "account_id integer, currency text, lot_id integer, origin text, earned_on day, arrived_us integer,"
        " expires_on day?, available_on day?, unit_value text?, since_on day, remaining integer, is_pending boolean"
    ),
    ("account_id", "lot_id"),
    checks=("remaining >= 0",),
    references=_of_account(),
    indexes=(Index(("account_id",), "remaining > 0"),),
)
BOOKINGS = StoredTable(
    "points_bookings",
    _columns(
        "key text, asked text, account_id integer, first_number integer, last_number integer,"
        " other_id integer?, other_first integer?, other_last integer?, points integer, reversed_points integer"
    ),
    ("key",),
    checks=("reversed_points BETWEEN 0 AND points",),
    references=_of_account(Reference(("other_id",), "points_accounts", ("account_id",))),
)
ENTRIES = StoredTable(
    "points_entries",
    _columns(
        "position position, account_id integer, number integer, kind text, currency text, effective_on day,"
        f" recorded_us integer, key text, {_FOUR}, of_key text?, until_on day?, reason text?, actor text?,"
        " derived boolean, details text?"
    ),
    ("account_id", "number"),
    unique=("position",),
    checks=("number >= 1",),
    references=_of_account(),
    indexes=(Index(("account_id", "of_key"), "of_key IS NOT NULL"),),
    is_journal=True,
)
ALLOCATIONS = StoredTable(
    "points_allocations",
    _columns("account_id integer, number integer, place integer, lot_id integer, points integer"),
    ("account_id", "number", "place"),
    checks=("points > 0",),
    references=(
        Reference(("account_id", "number"), "points_entries", ("account_id", "number")),
        _of_lot(),
    ),
    is_journal=True,
)
HOLDS = StoredTable(
    "points_holds",
    _columns("account_id integer, key text, currency text, number integer, until_on day?"),
    ("account_id", "key"),
    references=_of_account(Reference(("key",), "points_bookings", ("key",))),
)
HELD_LOTS = StoredTable(
    "points_held_lots",
    _columns("account_id integer, key text, place integer, lot_id integer, points integer"),
    ("account_id", "key", "place"),
    checks=("points > 0",),
    references=(
        Reference(("account_id", "key"), "points_holds", ("account_id", "key"), cascades=True),
        _of_lot(),
    ),
)
DAYS = StoredTable(
    "points_days",
    _columns(f"account_id integer, currency text, effective_on day, {_FOUR}"),
    ("account_id", "currency", "effective_on"),
    references=_of_account(),
)

TABLES = (LEDGER, ACCOUNTS, BOOKS, LOTS, BOOKINGS, ENTRIES, ALLOCATIONS, HOLDS, HELD_LOTS, DAYS)
"""All of them; each stands behind those that it refers to."""
