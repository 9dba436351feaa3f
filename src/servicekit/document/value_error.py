"""The refusal of a value by a validator."""

from __future__ import annotations


class DocumentValueError(ValueError):
    """A value that a document cannot hold, with the code of the room that refuses it.

    Raise it inside a validator: the reader makes a Problem of it, at the place in the file. ``path`` names
    a place inside the refused value, where the validator knows it better (``[1]``, ``mon-fri``).

    >>> raise DocumentValueError("calendar.hours", "'25:00' is not a time of day", hint="hours end at 24:00")
    Traceback (most recent call last):
    servicekit.document.value_error.DocumentValueError: '25:00' is not a time of day; hours end at 24:00
    """

    def __init__(self, code: str, message: str, hint: str | None = None, *, path: str = "") -> None:
        self.code, self.message, self.hint, self.path = code, message, hint, path
        super().__init__(f"{message}; {hint}" if hint else message)
