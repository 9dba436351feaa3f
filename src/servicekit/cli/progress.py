"""A progress bar on a terminal; silence everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from servicekit._extras import require
from servicekit.errors import MissingExtraError

if TYPE_CHECKING:
    from types import ModuleType


Item = TypeVar("Item")

_ITEMS_BETWEEN_LOOKS = 256


def watched(items: Iterable[Item], position: Callable[[], int], size: int, what: str = "tickets") -> Iterator[Item]:
    """The items, while a bar on stderr shows how much of ``size`` has been read of ``what``.

    There is no bar where stderr is not a terminal or the extra ``cli`` is not installed.

    >>> list(watched("ab", lambda: 0, 2))
    ['a', 'b']
    """
    rich = _rich() if sys.stderr is not None and sys.stderr.isatty() else None
    return iter(items) if rich is None else _with_bar(items, position, size, what, rich)


def _rich() -> ModuleType | None:
    try:
        require("rich.console", extra="cli")
        return require("rich.progress", extra="cli")
    except MissingExtraError:
        return None


def _with_bar(
    items: Iterable[Item], position: Callable[[], int], size: int, what: str, rich: ModuleType
) -> Iterator[Item]:
    console = require("rich.console", extra="cli").Console(stderr=True)
    with rich.Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"reading {what}", total=size)
        for number, item in enumerate(items):
            if number % _ITEMS_BETWEEN_LOOKS == 0:
                progress.update(task, completed=position())
            yield item
