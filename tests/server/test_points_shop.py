"""The shop of the examples does in PostgreSQL what it does on SQLite."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("server")]


def test_the_shop_prints_the_same_when_its_tables_are_in_postgresql(postgres_url: str, root: Path) -> None:
    import psycopg

    shop = root / "examples" / "points_shop" / "shop.py"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE shop")
    url = postgres_url.removesuffix("/postgres") + "/shop"
    run = subprocess.run([sys.executable, "-W", "error", shop, url], capture_output=True, text=True, check=False)
    promised = (ast.get_docstring(ast.parse(shop.read_text("utf-8"))) or "").partition("it prints:\n\n")[2]
    assert (run.stdout.strip(), run.stderr) == (promised.strip(), "")
