"""What can go wrong with a database; commands that a ledger refuses are another matter."""

from __future__ import annotations

from servicekit.errors import ServiceKitError


class StoreError(ServiceKitError, RuntimeError):
    """A store could not do what was asked, and has changed nothing that it acknowledged."""

    code = "store.error"


class StoreBusyError(StoreError):
    """Another writer was in the way: a lock that was not given in time, a deadlock, a key booked at the same instant.

    Nothing was booked; give the command again, under the same key.
    """

    code = "store.busy"


class StoreUnavailableError(StoreError):
    """The database cannot be reached, or was lost on the way; whether the command was booked is not known.

    Give it again under the same key once the database is back: it is booked once.
    """

    code = "store.unavailable"


class StoreSchemaError(StoreError):
    """The tables are missing, or those of an older or newer version of this library; the message says what to do."""

    code = "store.schema"


class StoreCorruptError(StoreError):
    """The file is not a whole database any more, or what stands in it contradicts itself: somebody wrote beside us."""

    code = "store.corrupt"
