"""Regular expressions that users write, on an engine that reads every text in linear time.

Python's ``re`` tries one way after another: for ``(a+)+$`` every further letter doubles the time. Here runs the
``regex`` crate of Rust, which pydantic brings along. It has no look-around and no backreferences, and refuses what
would grow too large.
"""

from __future__ import annotations

from collections.abc import Callable

from pydantic_core import SchemaError, SchemaValidator, core_schema

from servicekit.document import DocumentValueError

_LONGEST = 60
_HINT = "the syntax is that of https://docs.rs/regex, which has no look-around and no backreferences"


def finder(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether ``pattern`` is found anywhere in a text; the pattern bounds its cost, not the text.

    >>> is_vip = finder(r"(?i)\\bvip\\b")
    >>> is_vip("a VIP called"), is_vip("vipers")
    (True, False)

    Raises:
        DocumentValueError: it is not a regular expression, or one that cannot run in linear time (code
            ``columns.pattern``).
    """
    try:
        return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex")).isinstance_python
    except SchemaError as error:
        raise DocumentValueError("columns.pattern", f"{_short(pattern)}: {_reason(error)}", _hint(pattern)) from None


def _reason(error: SchemaError) -> str:
    """What the engine says, which draws the pattern above its last line."""
    words = str(error).rpartition("\n")[2].strip()
    return words.removeprefix("SchemaError: ").removeprefix("error: ").rstrip(".").replace("Compiled", "the compiled")


def _hint(pattern: str) -> str:
    return r"the end of a text is written \z" if r"\Z" in pattern else _HINT


def _short(pattern: str) -> str:
    return repr(pattern if len(pattern) <= _LONGEST else f"{pattern[:_LONGEST]}...")
