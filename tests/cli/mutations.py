"""Documents that went wrong: sound ones with bytes flipped, nodes swapped, values of another kind or of absurd size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from decimal import Decimal
from random import Random
from typing import Any

from servicekit.document.notation.yaml_text import parse
from servicekit.document.writer import as_json, as_yaml

Place = tuple[Any, Any]
"""A list or dictionary, and an index or key of it."""

ODD_MARKS = """\
{ } [ ] &a *a !!binary <<: ? % ' " # @ - : , > | ---"""
ODD_WORDS = """\
0001-01-01 9999-12-31 2026-02-30 24:00 00:00-24:00 22:00-06:00 06:00-06:00 24x7 mon-sun sun-mon 99999999h 999999bd
999999cd P999999W PT999999999H -1h 0s 1e999s 100% -5% 1/0 breach+1bd due-99999999h always Asia/Shanghai Etc/GMT+12
Pacific/Kiritimati Etc/../UTC .. CN XNYS FREQ=SECONDLY FREQ=DAILY (a+)+$ x{4294967295} (?=a) %d%d % %Y iso utf-16
base64 punycode {id} not any kind CNY 0001-01-01T00:00:00+14:00 9999-12-31T23:59:59.999999-12:00"""
ODD_CHARACTERS = (
    "",
    " ",
    "\x00",
    "\x1b[31m",
    "\r# x",
    "\t",
    "\ufeff",
    "\u202e",
    "\x85",
    "\U0001f600",
    "\u0661",
    "e\u0301",
)
ODD_TEXTS = (
    *(*ODD_CHARACTERS, *ODD_WORDS.split()),
    *("a" * 10_000, " " * 20_000, "1" * 5000, f"1h{' ' * 5000}x", f"{'9' * 400}/7"),
)
ODD_NUMBERS = (
    *(0, -1, 1, 2**31, 2**63, -(2**63) - 1, 10**30, 10**399),
    *map(Decimal, ("0.1", "1e-400", "Infinity", "NaN")),
)


def mutated(text: str, rng: Random) -> tuple[str, bytes]:
    """A sound YAML document gone wrong: the suffix of its file, and its content."""
    if rng.random() < 0.3:
        content = bytearray(text.encode())
        for _ in range(rng.choice((1, 1, 2, 8))):
            rng.choice(_OF_BYTES)(content, rng)
        return ".yaml", bytes(content)
    data: Any = deepcopy(parse(text, "sound").value)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if places := list(_places(data)):
            rng.choice(_OF_NODES)(places, rng)
    written = as_json(data) if rng.random() < 0.4 else as_yaml(data)
    suffix = ".json" if written.startswith("{\n") else ".yaml"
    return suffix, written.encode("utf-8", "surrogatepass")


def _flip(content: bytearray, rng: Random) -> None:
    content[rng.randrange(len(content))] = rng.randrange(256)


def _insert(content: bytearray, rng: Random) -> None:
    place = rng.randrange(len(content))
    content[place:place] = rng.choice((b"\xff", b"\xc3", *map(str.encode, (*ODD_MARKS.split(), *ODD_CHARACTERS))))


def _repeat(content: bytearray, rng: Random) -> None:
    start = rng.randrange(len(content))
    part = content[start : start + rng.randrange(1, 200)]
    content[start:start] = part * rng.choice((1, 1, 50))


def _cut(content: bytearray, rng: Random) -> None:
    start = rng.randrange(len(content) - 1)
    del content[start : start + rng.randrange(1, 100)]
    content += b"\n"


def _bomb(content: bytearray, _: Random) -> None:
    levels = "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 9))
    content += f"\nx0: &x0 [1, 1]\n{levels}".encode()


def _places(data: Any) -> Iterator[Place]:
    for key in list(data) if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield data, key
        yield from _places(data[key])


def _swap(places: list[Place], rng: Random) -> None:
    (one, i), (other, j) = rng.choice(places), rng.choice(places)
    one[i], other[j] = deepcopy(other[j]), deepcopy(one[i])


def _replace(places: list[Place], rng: Random) -> None:
    holder, key = rng.choice(places)
    holder[key] = _odd(rng, holder[key])


def _rename(places: list[Place], rng: Random) -> None:
    holder, key = rng.choice(places)
    if isinstance(holder, dict):
        holder[rng.choice((*ODD_TEXTS, "name", key.upper(), key[:-1]))] = holder.pop(key)


def _drop(places: list[Place], rng: Random) -> None:
    holder, key = rng.choice(places)
    del holder[key]


def _add(places: list[Place], rng: Random) -> None:
    holder, key = rng.choice(places)
    value = _odd(rng, holder[key])
    holder.append(value) if isinstance(holder, list) else holder.update({rng.choice(ODD_TEXTS): value})


def _multiply(places: list[Place], rng: Random) -> None:
    lists = [holder[key] for holder, key in places if isinstance(holder[key], list) and len(holder[key]) < 100]
    if lists:
        grown = rng.choice(lists)
        grown.extend(deepcopy(grown * 40))


def _odd(rng: Random, value: object) -> Any:
    """Another value for a place that holds ``value``."""
    nested: Any = value
    for _ in range(rng.choice((1, 2, 30, 70))):
        nested = [nested] if rng.random() < 0.5 else {"not": nested}
    many = rng.choice((100, 1000))
    odd = (rng.choice(ODD_TEXTS), rng.choice(ODD_TEXTS), rng.choice(ODD_NUMBERS))
    plain: tuple[Any, ...] = (*odd, f"{value}x", None, True)
    nests: tuple[Any, ...] = ([], {}, [value], {"a": value}, nested, [deepcopy(value)] * 5)
    large: tuple[Any, ...] = (list(range(many)), {f"k{n}": n for n in range(many)})
    return rng.choice((*plain, *nests, *large))


_OF_BYTES: tuple[Callable[[bytearray, Random], None], ...] = (_flip, _flip, _insert, _insert, _repeat, _cut, _bomb)
_OF_NODES: tuple[Callable[[list[Place], Random], None], ...] = (
    *(_replace, _replace, _replace, _swap),
    *(_rename, _drop, _add, _multiply),
)
