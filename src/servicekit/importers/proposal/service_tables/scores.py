"""On which scale scores are, and what words among them stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from servicekit.importers.proposal.service_tables.service_words import GOOD_AND_BAD
from servicekit.importers.proposal.words import plain
from servicekit.importers.purchases.amounts import DecimalMark, number_reader

_SCALES = tuple((Decimal(low), Decimal(high)) for low, high in ((0, 1), (1, 5), (1, 7), (0, 10), (0, 100)))
_MARKS: tuple[DecimalMark, ...] = (".", ",")
_SHOWN = 8


def decimal_mark(cells: Sequence[str]) -> DecimalMark:
    """What stands before the decimal places of these numbers.

    >>> decimal_mark(["92,5", "80"])
    ','
    """
    return max(_MARKS, key=lambda mark: len(numbers(cells, mark)))


def numbers(cells: Iterable[str], mark: DecimalMark) -> list[Decimal]:
    """Those of the cells that are numbers."""
    read, found = number_reader(mark), []
    for cell in cells:
        try:
            found.append(read(cell))
        except ValueError:
            continue
    return found


def scale_of(cells: Sequence[str], mark: DecimalMark = ".", name: str = "") -> dict[str, object]:
    """The narrowest usual scale that has these scores, with its steps, and what words among them stand for.

    >>> scale_of(["2", "4.5"]), scale_of(["good", "bad", "good"])
    ({'low': 1, 'high': 5, 'step': '0.5'}, {'low': 0, 'high': 1, 'values': {'good': 1, 'bad': 0}})
    """
    found = numbers(cells, mark)
    if not found and (words := {cell: GOOD_AND_BAD[plain(cell)] for cell in cells if plain(cell) in GOOD_AND_BAD}):
        return {"low": 0, "high": 1, "values": words}
    if name == "nps":
        found += [Decimal(0), Decimal(10)]
    low, high = min(found, default=Decimal(1)), max(found, default=Decimal(5))
    scale = next((each for each in _SCALES if each[0] <= low and high <= each[1]), (low, high))
    places = max((-int(each.normalize().as_tuple().exponent) for each in found), default=0)
    step = Decimal("0.5") if places == 1 and all(each % Decimal("0.5") == 0 for each in found) else Decimal(1)
    step = step if step != 1 or places <= 0 else Decimal(1).scaleb(-places)
    ends: dict[str, object] = {"low": _written(scale[0]), "high": _written(scale[1])}
    return ends if step == 1 else {**ends, "step": str(step)}


def _written(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else str(number)


def shown(counts: Mapping[str, int]) -> str:
    """Texts with how often each came, for a remark.

    >>> shown({"HANG": 3})
    'HANG (3)'
    """
    told = [f"{text} ({times})" for text, times in list(counts.items())[:_SHOWN]]
    return ", ".join((*told, *(["..."] if len(counts) > _SHOWN else [])))
