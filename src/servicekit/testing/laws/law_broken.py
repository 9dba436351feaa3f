"""How a law says that it does not hold."""

from __future__ import annotations

from datetime import datetime

from servicekit.errors import ServiceKitError


class LawBroken(ServiceKitError, AssertionError):
    """A law does not hold; ``law`` says it in words, ``seen`` holds the values that show it.

    >>> print(LawBroken("elapsed is never negative", {"elapsed": -3}))
    broken: elapsed is never negative
      elapsed = -3
    """

    code = "testing.law-broken"

    def __init__(self, law: str, seen: dict[str, object]) -> None:
        self.law, self.seen = law, seen
        super().__init__("\n".join([f"broken: {law}", *(f"  {name} = {_shown(v)}" for name, v in seen.items())]))


def demand(holds: bool, law: str, **seen: object) -> None:
    """Go on where ``holds``, else say which law is broken, and by which values.

    >>> demand(2 > 1, "two is more than one")

    Raises:
        LawBroken: it does not hold.
    """
    if not holds:
        raise LawBroken(law, seen)


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else repr(value)
