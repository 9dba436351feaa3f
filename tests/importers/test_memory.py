"""Memory does not grow with the rows of a table."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

from servicekit.importers import TableMapping, read_cases

MAPPING = TableMapping.parse("""
columns: {case_id: id, opened_at: opened, resolved_at: done}
facts: {channel: channel}
""")
BYTES_FOR_A_CASE_NUMBER = 24


def peak(path: Path, rows: int) -> int:
    lines = (f"case {n},2026-01-05 09:00,2026-01-05 {n % 24:02}:30,channel {n % 7}\n" for n in range(rows))
    with path.open("w") as file:
        file.write("id,opened,done,channel\n")
        file.writelines(lines)
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_cases(path, MAPPING)) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_times_the_rows_take_only_the_room_of_their_numbers(tmp_path: Path) -> None:
    small, large = peak(tmp_path / "small.csv", 2_000), peak(tmp_path / "large.csv", 20_000)
    # Twice, because a table that grows holds its old and its new slots for a moment.
    assert large - small <= 2 * BYTES_FOR_A_CASE_NUMBER * 20_000
