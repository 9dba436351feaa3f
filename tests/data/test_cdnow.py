"""The purchases of CDNOW as they are handed around: rows, customers, repeats, and what the figures rest on."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from servicekit.errors import PolicyError
from servicekit.events import Purchase, order_customers
from servicekit.importers import read_cdnow, read_purchase_export, read_purchase_mapping


def test_the_files_of_cdnow_are_read_whole(shared_data: Path, root: Path) -> None:
    master = shared_data / "cdnow" / "CDNOW_master.txt.gz"
    read = list(read_cdnow(master))
    mapping = read_purchase_mapping(root / "examples" / "cdnow" / "purchases.yaml").unwrap()
    assert [row.value for row in read_purchase_export(master, mapping)] == [row.value for row in read]
    orders = [row.value for row in read if isinstance(row.value, Purchase)]
    assert (len(read), len(orders), len({order.customer_id for order in orders})) == (69_659, 69_659, 23_570)
    assert len({order.order_id for order in orders}) == 69_659
    assert Counter(problem.code for row in read for problem in row.problems) == {"table.repeated-row": 255}
    assert sum(not order.net for order in orders) == 80
    assert (min(order.at for order in orders), max(order.at for order in orders)) == (
        date(1997, 1, 1),
        date(1998, 6, 30),
    )
    assert sum(order.net.to_minor() for order in orders) == 250_031_563
    log = order_customers(orders)
    assert (len(log.events), log.problems) == (69_659, ())


def test_the_sample_of_cdnow_has_no_header(shared_data: Path) -> None:
    sample = shared_data / "cdnow" / "CDNOW_sample.txt.gz"
    read = list(read_cdnow(sample, sample=True))
    assert (len(read), len({row.value.customer_id for row in read if row.value})) == (6_919, 2_357)
    for path, is_sample in ((sample, False), (sample.with_name("CDNOW_master.txt.gz"), True)):
        with pytest.raises(PolicyError):
            read_cdnow(path, sample=is_sample)
