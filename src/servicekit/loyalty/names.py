"""Names of accounts and keys of commands."""

from __future__ import annotations

from servicekit.loyalty.rejected import InvalidKeyError, Rejected

MOST_BYTES = 255


def check_name(name: object, what: str) -> Rejected | None:
    """What is wrong with a name, if anything: it is a text of 1 to 255 bytes in UTF-8, without NUL, not after ``#``."""
    if not isinstance(name, str):
        return InvalidKeyError(f"{what} is a text, not {name!r}")
    if name.isascii() and 0 < len(name) <= MOST_BYTES and name[0] != "#" and "\0" not in name:
        return None
    return _refused(name, what)


def _refused(name: str, what: str) -> Rejected | None:
    if not name:
        return InvalidKeyError(f"{what} is empty")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        return InvalidKeyError(f"{what} holds half a character and cannot be written in UTF-8")
    if size > MOST_BYTES:
        return InvalidKeyError(f"{what} has {size:,} bytes, more than {MOST_BYTES}; it begins with {name[:20]!r}")
    if "\0" in name:
        return InvalidKeyError(f"{what} {name[:20]!r} holds a NUL")
    return (
        InvalidKeyError(f"{what} {name[:20]!r} begins with '#', as names of the ledger do") if name[0] == "#" else None
    )
