"""The CDNOW purchases, read as they stand: one purchase a line, of a customer, on a day, for an amount."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from servicekit.events import Purchase, PurchaseLine
from servicekit.quantity import Money


def purchases(file: Path) -> Iterator[Purchase]:
    """The lines that are exact repeats are purchases like any others, as each has an order id of its own here."""
    for number, line in enumerate(gzip.decompress(file.read_bytes()).decode().splitlines()):
        *_, customer_id, day, _, amount = line.split()
        if day.isdigit():  # the master file has a header
            at = datetime.strptime(day, "%Y%m%d").date()
            yield Purchase(customer_id, at, f"o-{number}", (PurchaseLine(Money.parse(f"{amount} USD")),))
