"""Dictionaries that stay as they are: what the fields of a document hold."""

from __future__ import annotations

from typing import NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class FrozenDict(dict[K, V]):
    """A dictionary that cannot be changed; equal to any other with its entries, and ``dict(...)`` is one that can be.

    >>> hours = FrozenDict({"mon": "09:00-17:00"})
    >>> hours == {"mon": "09:00-17:00"}, hours | {"tue": ""}
    (True, {'mon': '09:00-17:00', 'tue': ''})
    >>> hours["mon"] = ""
    Traceback (most recent call last):
    TypeError: a document cannot be changed; make another with replace(), from dict(...) of this field
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a document cannot be changed; make another with replace(), from dict(...) of this field")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        return FrozenDict, (dict(self),)


_EMPTY: FrozenDict[object, object] = FrozenDict()


def frozen(value: object) -> object:
    """The value with every dictionary in it frozen, in tuples and dictionaries, too.

    >>> frozen({"a": ({"b": 1},)})["a"][0].pop("b")
    Traceback (most recent call last):
    TypeError: a document cannot be changed; make another with replace(), from dict(...) of this field
    """
    if type(value) is dict:
        return FrozenDict(zip(value, map(frozen, value.values()), strict=True)) if value else _EMPTY
    return tuple(map(frozen, value)) if type(value) is tuple and value else value
