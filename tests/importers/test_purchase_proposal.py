"""A mapping is proposed for a table of purchases that nobody has described yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicekit.errors import PolicyError
from servicekit.importers import PurchaseMapping, propose_purchases, read_purchase_mapping

CHINESE = "订单号;会员号;支付时间;商品编码;品类;数量;实付金额;渠道\n1;m-1;2026/01/05 09:00:00;s;茶;1;￥80.00;小程序\n"


def proposed(folder: Path, table: str) -> PurchaseMapping:
    file, mapping = folder / "sales.csv", folder / "mapping.yaml"
    file.write_text(table, "utf-8")
    mapping.write_text(propose_purchases(file), "utf-8")
    found = read_purchase_mapping(mapping).unwrap()
    assert isinstance(found, PurchaseMapping)
    return found


def test_columns_are_known_by_their_names_in_several_languages(tmp_path: Path) -> None:
    mapping = proposed(tmp_path, CHINESE)
    assert mapping.columns.texts() == {
        "customer_id": "会员号", "amount": "实付金额", "order_id": "订单号", "quantity": "数量", "sku": "商品编码",
        "category": "品类", "channel": "渠道",
    }  # fmt: skip
    assert (mapping.columns.at.column, mapping.dates) == ("支付时间", ("%Y/%m/%d %H:%M:%S",))
    assert (mapping.delimiter, mapping.currency, mapping.amount_signs) == (";", "CNY", ("￥",))
    assert "# Proposed by looking at sales.csv: 1 of 1 orders are read by it." in propose_purchases(
        tmp_path / "sales.csv"
    )


def test_a_unit_price_needs_a_quantity_and_gives_way_to_an_amount(tmp_path: Path) -> None:
    head, row = "invoice no,customer id,invoice date,unit price", "1,m-1,2026-01-05,2.50"
    assert proposed(tmp_path, f"{head}\n{row}\n").columns.amount == "unit price"
    priced = proposed(tmp_path, f"{head},quantity\n{row},2\n").columns
    assert (priced.unit_price, priced.quantity) == ("unit price", "quantity")
    total = proposed(tmp_path, f"{head},quantity,amount\n{row},2,5.00\n").columns
    assert (total.amount, total.unit_price) == ("amount", None)


def test_what_cannot_be_told_is_remarked_on(tmp_path: Path) -> None:
    table = 'order,customer,date,total\n1,m-1,01/02/2026,"1.240,50"\n1,m-1,01/02/2026,5\n'
    mapping = proposed(tmp_path, table)
    assert mapping.decimal_mark == ","
    text = (tmp_path / "mapping.yaml").read_text("utf-8")
    remarks = {line.partition(":")[0].strip(): line.partition("#")[2] for line in text.splitlines()}
    assert all("confirm" in remarks[key] for key in ("timezone", "dates", "currency", "amount"))
    alone = "customer,date,total\nm-1,2026-02-01,5\n"
    proposed(tmp_path, alone)
    assert "every row is one" in (tmp_path / "mapping.yaml").read_text("utf-8")


def test_the_export_of_a_shop_has_a_mapping_of_its_own(root: Path) -> None:
    text = propose_purchases(root / "examples" / "purchases" / "orders_export.csv")
    assert "servicekit: shopify/1" in text
    assert ": 5 of 5 orders" in text


def test_the_example_needs_little_more_than_what_is_proposed(root: Path) -> None:
    folder = root / "examples" / "purchases"
    ours = read_purchase_mapping(folder / "purchases.yaml").unwrap()
    assert isinstance(ours, PurchaseMapping)
    found = PurchaseMapping.parse(propose_purchases(folder / "purchases.csv"))
    assert ours.replace(skip=(), values={}, columns=ours.columns.replace(channel=None)) == found


def test_nothing_is_proposed_for_a_table_that_tells_no_amount(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("ticket,customer,date\n1,m-1,2026-01-05\n", "utf-8")
    with pytest.raises(PolicyError) as caught:
        propose_purchases(tmp_path / "t.csv")
    assert [(p.code, p.path) for p in caught.value.problems] == [("columns.nothing-to-map", "columns")]
