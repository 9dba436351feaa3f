"""The mapping that a table of purchases seems to need, as a document with remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from servicekit.document import read
from servicekit.errors import PolicyError, Problem
from servicekit.importers.export_formats import PurchaseExportMapping, read_purchase_export
from servicekit.importers.proposal.commented import commented
from servicekit.importers.proposal.sample import Sample, sample_of
from servicekit.importers.proposal.stamp_formats import stamps_of
from servicekit.importers.proposal.words import PURCHASE_COLUMNS, plain
from servicekit.importers.purchases import PurchaseMapping
from servicekit.importers.purchases.amounts import DecimalMark, number_reader
from servicekit.importers.shopify import ShopifyMapping
from servicekit.importers.table.table_file import MISSING

_MOST_READ = 5_000
_SHOPIFY = {"lineitem price", "financial status"}
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "￥": "CNY", "元": "CNY"}
_MONEY = ("amount", "unit_price", "tax", "discount", "order_discount", "paid_with_points")
_MARKS: tuple[DecimalMark, ...] = (".", ",")


def propose_purchases(path: Path | str) -> str:
    """The mapping that a table of purchases seems to need, written down with remarks on what a person must confirm.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "sales.csv")
    ...     _ = file.write_text("会员号;购买日期;实付金额\\nm-1;05/01/2026;1.240,50\\nm-2;31/01/2026;12,00\\n", "utf-8")
    ...     mapping = PurchaseMapping.parse(propose_purchases(file))
    >>> mapping.delimiter, mapping.dates, mapping.decimal_mark, mapping.columns.amount
    (';', ('%d/%m/%Y',), ',', '实付金额')

    Raises:
        PolicyError: the file cannot be read, or no column of it can be the customer, the moment or the amount
            (``columns.nothing-to-map``).
    """
    path = Path(path)
    sample = sample_of(path)
    if {name.casefold() for name in sample.columns} >= _SHOPIFY:
        data: dict[str, object] = {"servicekit": "shopify/1", **sample.file}
        mapping: PurchaseExportMapping = read(ShopifyMapping, commented(data, (), {})).unwrap()
        notes: Mapping[str, str] = sample.notes
    else:
        data, notes = _table(sample)
        mapping = read(PurchaseMapping, commented(data, (), {})).unwrap()
    with closing(read_purchase_export(path, mapping)) as stream:
        records = list(islice(stream, _MOST_READ))
    good = sum(record.value is not None or record.left_out is not None for record in records)
    head = [
        f"Proposed by looking at {path.name}: {good} of {len(records)} orders are read by it.",
        "Confirm what is remarked on, and that amounts are without tax.",
    ]
    return commented(data, head, notes)


def _table(sample: Sample) -> tuple[dict[str, object], dict[str, str]]:
    """The mapping as plain data, and remarks by path."""
    cells = {name: [cell for cell in column if cell not in MISSING] for name, column in sample.columns.items()}
    columns = _columns(cells)
    if not columns.keys() >= {"customer_id", "at"} or columns.keys().isdisjoint(("amount", "unit_price")):
        message = "no column of the export can be the customer, the moment and the amount of a purchase"
        hint = f"columns: {', '.join(sample.columns)[:200] or 'none'}"
        raise PolicyError([Problem("columns.nothing-to-map", "columns", message, hint=hint)])
    data: dict[str, object] = {"servicekit": "purchases/1", "timezone": "UTC", **sample.file}
    notes = {"timezone": "confirm: the zone of stamps without an offset", **sample.notes}
    guess = stamps_of(cells[columns["at"]])
    if guess is not None and guess.formats != ("iso",):
        data["dates"] = list(guess.formats)
        notes["dates"] = f"confirm: all also reads as {guess.others[0]!r}" if guess.others else "fits every stamp"
    amounts = [cell for key in _MONEY if key in columns for cell in cells[columns[key]]]
    data |= _written(amounts)
    if "currency" not in columns:
        data["currency"] = next((code for sign, code in _SIGNS.items() if any(sign in text for text in amounts)), "CNY")
        notes["currency"] = "confirm: the currency of the amounts"
    orders = cells[columns["order_id"]] if "order_id" in columns else None
    if orders is None:
        notes["columns.customer_id"] = "no column is the number of an order: every row is one"
    elif len(set(orders)) < len(orders) and "amount" in columns:
        notes["columns.amount"] = (
            "confirm: orders have several rows, and this is what one row costs, not the whole order"
        )
    return {**data, "columns": columns}, notes


def _columns(cells: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The columns that are there, by what they mean."""
    free: dict[str, str] = {}
    for name in cells:
        free.setdefault(plain(name), name)
    found: dict[str, str] = {}
    for key, words in PURCHASE_COLUMNS.items():
        named = [free[word] for word in words if word in free and free[word] not in found.values()]
        if key == "at":
            named = [name for name in named if stamps_of(cells[name]) is not None] or named
        if named:
            found[key] = named[0]
    if "amount" in found:
        found.pop("unit_price", None)
    elif "quantity" not in found:
        found |= {"amount": found.pop("unit_price")} if "unit_price" in found else {}
    return found


def _written(amounts: Sequence[str]) -> dict[str, object]:
    """How amounts are written, where that is not the usual way."""
    signs = [sign for sign in _SIGNS if any(sign in text for text in amounts)]
    unread = {mark: sum(not _is_read(text, mark, signs) for text in amounts) for mark in _MARKS}
    mark = min(_MARKS, key=lambda each: unread[each])
    return ({"decimal_mark": mark} if mark != "." else {}) | ({"amount_signs": signs} if signs else {})


def _is_read(text: str, mark: DecimalMark, signs: Sequence[str]) -> bool:
    try:
        number_reader(mark, signs)(text)
    except ValueError:
        return False
    return True
