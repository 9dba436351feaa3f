"""The store in memory keeps the laws of stores; one that forgets, or lets two spend the same, is found out."""

from __future__ import annotations

from servicekit.loyalty import MemoryStore
from servicekit.testing.laws.loyalty.stores import check_store


def test_the_store_in_memory_keeps_the_laws_of_stores() -> None:
    check_store(MemoryStore, workers=8)
