"""The availability of a system from its parts: in series, in parallel, and k of n, nested as deep as needed.

The formulas assume, as all of their kind do, that the parts fail independently of each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Annotated, TypeAlias

from annotated_types import MinLen
from pydantic import Discriminator, PositiveInt, Tag

from servicekit.document import Document
from servicekit.errors import Problem
from servicekit.quantity import Share, ShareField, share


def serial(parts: Iterable[Share]) -> Fraction:
    """The availability of parts that are all needed: their product, and 1 for no parts.

    >>> serial(["99.95%", "99.95%"]) == Fraction("0.99900025")
    True
    """
    return prod((share(part) for part in parts), start=Fraction(1))


def parallel(parts: Iterable[Share]) -> Fraction:
    """The availability of parts of which one is enough; 0 for no parts.

    >>> parallel(["99%", "99%"]) == Fraction("0.9999")
    True
    """
    return 1 - prod((1 - share(part) for part in parts), start=Fraction(1))


def k_of_n(needed: int, parts: Iterable[Share]) -> Fraction:
    """The availability of parts of which ``needed`` must be up, whichever these are.

    >>> k_of_n(2, ["90%", "90%", "90%"])
    Fraction(243, 250)
    """
    chances = [Fraction(1)]  # by n: the chance that exactly n of the parts so far are up
    chances = reduce(_with_part, (share(part) for part in parts), chances)
    return sum(chances[max(needed, 0) :], Fraction(0))


def _with_part(chances: list[Fraction], up: Fraction) -> list[Fraction]:
    stay, rise = [*(chance * (1 - up) for chance in chances), Fraction(0)], [chance * up for chance in chances]
    return [same + below for same, below in zip(stay, [Fraction(0), *rise], strict=True)]


class Serial(Document):
    """Parts that are all needed: a chain.

    >>> chain = Serial(serial=["99.99%", {"parallel": ["99.9%", "99.9%"]}])
    >>> chain.compile() == Fraction("0.9999") * Fraction("0.999999")
    True
    """

    serial: Annotated[tuple[Part, ...], MinLen(1)]
    """The parts: availabilities, or wholes of further parts."""

    def compile(self) -> Fraction:
        """The availability of the whole."""
        return serial(map(_availability, self.serial))


class Parallel(Document):
    """Parts of which one is enough: spares of each other.

    >>> Parallel(parallel=["99%", "99%"]).compile() == Fraction("0.9999")
    True
    """

    parallel: Annotated[tuple[Part, ...], MinLen(1)]
    """The parts: availabilities, or wholes of further parts."""

    def compile(self) -> Fraction:
        """The availability of the whole."""
        return parallel(map(_availability, self.parallel))


class KOfN(Document):
    """Parts of which so many must be up: a quorum.

    >>> KOfN(at_least=2, of=["90%", "90%", "90%"]).compile()
    Fraction(243, 250)
    >>> print(*KOfN(at_least=3, of=["90%", "90%"]).problems())
    error availability.quorum at at_least: 3 of 2 parts can never be up
    """

    at_least: PositiveInt
    """How many must be up."""
    of: Annotated[tuple[Part, ...], MinLen(1)]
    """The parts: availabilities, or wholes of further parts."""

    def compile(self) -> Fraction:
        """The availability of the whole; 0 where more are needed than there are."""
        return k_of_n(self.at_least, map(_availability, self.of))

    def own_problems(self) -> Iterable[Problem]:
        """More parts needed than there are."""
        if self.at_least > len(self.of):
            message = f"{self.at_least} of {len(self.of)} parts can never be up"
            yield Problem("availability.quorum", "at_least", message)


_FORMS: Mapping[str, type[Document]] = {"serial": Serial, "parallel": Parallel, "at_least": KOfN}


def _form(value: object) -> str:
    """The form of a part, by the key that only this form has."""
    for key, document in _FORMS.items():
        if isinstance(value, document) or (isinstance(value, Mapping) and key in value):
            return key
    return "share"


Part: TypeAlias = Annotated[
    Annotated[ShareField, Tag("share")]
    | Annotated[Serial, Tag("serial")]
    | Annotated[Parallel, Tag("parallel")]
    | Annotated[KOfN, Tag("at_least")],
    Discriminator(_form),
]
"""A part: its availability, or a whole that is itself made of parts."""


def _availability(part: Part) -> Fraction:
    return part if isinstance(part, Fraction) else part.compile()
