"""The store of a ledger, as it is named on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.stores import open_store

if TYPE_CHECKING:
    from servicekit.stores.database_store import DatabaseStore


@contextmanager
def store_of(given: str, *, is_new_allowed: bool) -> Iterator[DatabaseStore]:
    """The store in a file or at an address; made where it may be new, closed at the end.

    Raises:
        StoreError: the store cannot be reached, or is none of ours.
        UsageError: there is no such file, and the verb only asks; or it is another database.
    """
    with ExitStack() as stack:
        try:
            store = stack.enter_context(open_store(given, make=is_new_allowed))
        except FileNotFoundError:
            raise UsageError(f"--store: there is no file {given!r}; `servicekit points earn` makes one") from None
        except ValueError as error:
            raise UsageError(f"--store: {error}") from None
        yield store
