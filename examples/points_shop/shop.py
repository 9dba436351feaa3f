"""A shop that takes an order and its points in one transaction: both are there, or neither. Run it; it prints:

order A: a teapot and 0 points; earned 120
order B: a cup and 100 points; earned 59
order C: not taken: 500 points are asked for, and 79 are available
order D: not taken: no teapot is left
order B: a cup and 100 points; earned 59, as it was told before
two tills, each with 70 of the same 79 points: 1 is turned away
order B comes back: 59.00 CNY and 100 points go back, 59 points are taken back
ann has 109 points, and so say the 8 entries of her journal
"""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from zoneinfo import ZoneInfo

from servicekit import Ledger, LoyaltyProgram, Money
from servicekit.events import Purchase, PurchaseLine, Refund
from servicekit.loyalty import Booking, EarnPurchase, Redeem, RefundPurchase, Reverse
from servicekit.stores import SqliteStore, SqlStore, upgrade

ENGINE = LoyaltyProgram.load(Path(__file__).with_name("programme.yaml")).compile()
TABLES = (
    "CREATE TABLE orders (order_id VARCHAR(40) PRIMARY KEY, customer VARCHAR(40), item VARCHAR(40))",
    "CREATE TABLE stock (item VARCHAR(40) PRIMARY KEY, pieces INTEGER)",
    "INSERT INTO stock VALUES ('teapot', 1), ('cup', 3)",
)
TAKE_ONE = "UPDATE stock SET pieces = pieces - 1 WHERE item = :item AND pieces > 0"
PRICES = {"teapot": Money.parse("120 CNY"), "cup": Money.parse("60 CNY")}


class Cursor(Protocol):
    """What a statement gives back."""

    @property
    def rowcount(self) -> int: ...


Execute = Callable[[str, dict[str, str]], Cursor]
Transaction = AbstractContextManager[tuple[Execute, Ledger]]
"""What runs a statement of the shop, and a ledger: both in one transaction."""


class OutOfStockError(ValueError):
    """Somebody else has bought the last piece."""


class SqliteFile:
    """The database of a small shop: one file, with the shop's own tables and those of the ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._connection() as connection:
            upgrade(connection)
            for statement in TABLES:
                connection.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[tuple[Execute, Ledger]]:
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:  # commits, or rolls back what raises
                yield connection.execute, Ledger(ENGINE, SqliteStore.within(connection))

    def _connection(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self.path, isolation_level=None))


class PostgresServer:
    """The same in PostgreSQL; the orders go through SQLAlchemy, as those of most shops do."""

    def __init__(self, url: str) -> None:
        import sqlalchemy

        self.sql = sqlalchemy
        self.engine = sqlalchemy.create_engine(
            url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sqlalchemy.NullPool
        )
        with self.engine.begin() as connection:
            upgrade(connection)
            for statement in TABLES:
                connection.execute(sqlalchemy.text(statement))

    @contextmanager
    def transaction(self) -> Iterator[tuple[Execute, Ledger]]:
        with self.engine.begin() as connection:  # commits, or rolls back what raises

            def execute(statement: str, values: dict[str, str]) -> Cursor:
                return connection.execute(self.sql.text(statement), values)

            yield execute, Ledger(ENGINE, SqlStore.within(connection))


class Shop:
    """Takes orders, and takes them back."""

    def __init__(self, transaction: Callable[[], Transaction]) -> None:
        self.transaction = transaction

    def order(self, order_id: str, customer: str, item: str, points: int, now: datetime) -> Booking:
        """Take an order, spend points on it, and let what is paid in money earn; the answer is what it earned."""
        worth = ENGINE.quote(points) if points else None
        purchase = Purchase(customer, now, order_id, (PurchaseLine(PRICES[item]),), paid_with_points=worth)
        with self.transaction() as (execute, ledger):
            if points:
                ledger.apply(Redeem(customer, points, at=now, key=f"points-of:{order_id}"))
            earned = ledger.apply(EarnPurchase(customer, purchase, at=now))
            if not earned.replayed:
                values = {"order_id": order_id, "customer": customer, "item": item}
                execute("INSERT INTO orders VALUES (:order_id, :customer, :item)", values)
                if not execute(TAKE_ONE, values).rowcount:
                    raise OutOfStockError(f"no {item} is left")
        return earned

    def take_back(self, order_id: str, customer: str, item: str, now: datetime) -> str:
        """Take back a whole order; the answer says what goes back to whom."""
        refund = Refund(customer, now, f"r-{order_id}", order_id, amount=PRICES[item])
        with self.transaction() as (execute, ledger):
            booking = ledger.apply(RefundPurchase(refund, at=now))
            back = booking.entries[0].details or {}
            if points := int(str(back["points"])):
                ledger.apply(Reverse(f"points-of:{order_id}", points, at=now, key=f"points-of:{refund.refund_id}"))
            if not booking.replayed:
                execute("UPDATE stock SET pieces = pieces + 1 WHERE item = :item", {"item": item})
        return f"{back['money']} and {points} points go back, {-booking.points} points are taken back"


def outcome(shop: Shop, order_id: str, item: str, points: int) -> str:
    """Order, and say what came of it."""
    try:
        earned = shop.order(order_id, "ann", item, points, at(9))
    except ValueError as error:  # a command that is refused, or no piece left
        return f"order {order_id}: not taken: {error}"
    again = ", as it was told before" if earned.replayed else ""
    return f"order {order_id}: a {item} and {points} points; earned {earned.points}{again}"


def at(hour: int) -> datetime:
    return datetime(2026, 1, 9, hour, tzinfo=ZoneInfo("Asia/Shanghai"))


def main(transaction: Callable[[], Transaction]) -> None:
    shop = Shop(transaction)
    for order in (("A", "teapot", 0), ("B", "cup", 100), ("C", "cup", 500), ("D", "teapot", 70), ("B", "cup", 100)):
        print(outcome(shop, *order))
    with ThreadPoolExecutor(2) as tills:
        told = list(tills.map(lambda order_id: outcome(shop, order_id, "cup", 70), "EF"))
    print(f"two tills, each with 70 of the same 79 points: {sum('not taken' in each for each in told)} is turned away")
    print(f"order B comes back: {shop.take_back('B', 'ann', 'cup', at(10))}")
    with transaction() as (_, ledger):
        points = ledger.balance("ann", at(10).date()).available
        entries = list(ledger.entries("ann"))
    assert points == sum(entry.points for entry in entries)
    print(f"ann has {points} points, and so say the {len(entries)} entries of her journal")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(PostgresServer(sys.argv[1]).transaction)
    else:
        with TemporaryDirectory() as folder:
            main(SqliteFile(Path(folder) / "shop.db").transaction)
