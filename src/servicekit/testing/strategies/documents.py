"""Texts, values, conditions and documents: sound ones that survive every notation, broken ones that must not hurt."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from servicekit.quantity import Money, Ratio
from servicekit.rules import (
    All,
    Any_,
    Compare,
    Condition,
    DecisionTable,
    DeclaredField,
    Fields,
    Member,
    Not,
    TableRow,
    Value,
    where,
)
from servicekit.rules.condition import Between, Exists
from servicekit.rules.date_part import PARTS, DatePart
from servicekit.vocabulary import FieldSpec, Vocabulary

_LOOKALIKES = re.findall(
    r"\S+",
    "no yes on off y true True null ~ 0 007 0x1F 0o17 1e3 1_000 .5 .inf -.NAN 17:30 09:00 2026-01-01 << = - --- ... "
    "2026-01-01T09:00:00Z !tag &anchor *alias #comment @at `tick %percent {a} [a] a:b a.b a[0] '' ''' \"\"\" \\",
)
_DISTURBANCES = (
    "\t",
    "\n",
    "\r",
    "\0",
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ":",
    ": ",
    ",",
    "&a ",
    "*a ",
    "!!x ",
    "<<",
    "\ufeff",
    "-",
    "=",
)


def texts(max_size: int = 40) -> st.SearchStrategy[str]:
    """Texts that a document can hold, many of which look like something else.

    >>> from hypothesis import find
    >>> find(texts(), lambda text: text == "17:30")
    '17:30'
    """
    anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=max_size)
    return st.one_of(
        st.sampled_from(["", " ", *_LOOKALIKES]), anything, st.sampled_from(_LOOKALIKES).map("{0} {0}".format)
    )


def keys() -> st.SearchStrategy[str]:
    """Keys of mappings: names, dates, numbers, and texts that need care in a path.

    >>> from hypothesis import find
    >>> "." in find(keys(), lambda key: "." in key)
    True
    """
    return st.one_of(st.sampled_from(["name", "a", "a.b", "a[0]", "2026-01-01", "17"]), texts(12))


def decimals() -> st.SearchStrategy[Decimal]:
    """Finite decimal numbers with up to 40 digits, of any size that a document takes.

    >>> from hypothesis import find
    >>> find(decimals(), lambda number: number > 1) > 1
    True
    """
    digits, exponents = st.integers(-(10**40), 10**40), st.integers(-60, 60)
    return st.builds(lambda whole, exponent: Decimal(f"{whole}E{exponent}"), digits, exponents)


def plain_data(max_leaves: int = 20) -> st.SearchStrategy[object]:
    """Whatever a document may be made of: texts, exact numbers, booleans, None, lists and mappings.

    >>> from hypothesis import find
    >>> find(plain_data(), lambda data: isinstance(data, dict) and data)
    {'name': None}
    """
    leaves = st.one_of(st.none(), st.booleans(), st.integers(-(10**30), 10**30), decimals(), texts())
    return st.recursive(
        leaves,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys(), inner, max_size=4)),
        max_leaves=max_leaves,
    )


def broken_texts(sound: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Sound texts with pieces cut out, doubled, or disturbed.

    >>> from hypothesis import find
    >>> find(broken_texts(st.just("name: desk")), lambda text: "\\t" in text).count("\\t")
    1
    """
    return st.tuples(sound, st.lists(_wounds(), min_size=1, max_size=4)).map(_wounded)


def _wounds() -> st.SearchStrategy[tuple[int, int, str]]:
    """Where to cut (in thousandths of the text), how much, and what to put there; ``=`` doubles the piece."""
    return st.tuples(st.integers(0, 1000), st.integers(0, 12), st.sampled_from(_DISTURBANCES))


def _wounded(case: tuple[str, list[tuple[int, int, str]]]) -> str:
    text, wounds = case
    for thousandths, length, put in wounds:
        start = len(text) * thousandths // 1000
        piece = text[start : start + length]
        text = text[:start] + (piece * 2 if put == "=" else put) + text[start + length :]
    return text


def money(currencies: tuple[str, ...] = ("CNY", "JPY", "KWD", "USD")) -> st.SearchStrategy[Money]:
    """Amounts of money, of a few digits or of many.

    >>> from hypothesis import find
    >>> print(find(money(("CNY",)), lambda amount: amount > Money(0, "CNY")).currency)
    CNY
    """
    return st.builds(Money, decimals(), st.sampled_from(currencies))


def ratios() -> st.SearchStrategy[Ratio]:
    """Shares of counts, ``0/0`` among them.

    >>> from hypothesis import find
    >>> find(ratios(), lambda ratio: ratio.value is None)
    Ratio(numerator=0, denominator=0)
    """
    counts = st.integers(0, 10**12)
    return st.one_of(
        st.just(Ratio(0, 0)), st.builds(lambda hits, others: Ratio(hits, hits + others + 1), counts, counts)
    )


def words() -> st.SearchStrategy[str]:
    """Ids as a vocabulary takes them.

    >>> from hypothesis import find
    >>> len(find(words(), lambda word: len(word) > 3))
    4
    """
    solid = st.characters(exclude_categories=["C", "Z"])
    one = st.one_of(st.sampled_from(_LOOKALIKES), st.text(solid, min_size=1, max_size=20))
    return st.one_of(one, st.lists(one, min_size=2, max_size=2).map(" ".join))


def vocabularies() -> st.SearchStrategy[Vocabulary]:
    """Vocabularies with and without labels, with lists left empty, with extra fields.

    >>> from hypothesis import find
    >>> find(vocabularies(), lambda vocabulary: True).tiers
    {}
    """
    label = st.one_of(texts(), st.dictionaries(st.sampled_from(["en", "zh"]), texts(), max_size=2))
    lists = st.one_of(st.lists(words(), unique=True, max_size=4), st.dictionaries(words(), label, max_size=4))
    values = st.lists(words(), unique=True, max_size=3).map(tuple)
    fields = st.one_of(
        st.builds(FieldSpec, values=values, label=label),
        st.builds(FieldSpec, type=st.sampled_from(["integer", "decimal", "boolean", "instant", "day"])),
    )
    return st.builds(
        Vocabulary,
        channels=lists,
        issue_types=lists,
        tiers=lists,
        priorities=lists,
        fields=st.dictionaries(words(), fields, max_size=3),
    )


DECLARED: Fields = {
    "tier": DeclaredField("text", frozenset(("gold", "vip"))),
    "email": DeclaredField("text"),
    "amount": DeclaredField("decimal"),
    "since": DeclaredField("instant"),
    "born": DeclaredField("day"),
}
"""The fields that :func:`conditions` ask about and :func:`declared_facts` bring."""

_VALUES: dict[str, st.SearchStrategy[Value]] = {
    "tier": st.sampled_from(("gold", "vip")),
    "email": st.sampled_from(("", "a@b.c", "*")),
    "amount": st.integers(-2, 2) | st.decimals(-2, 2, places=1),
    "since": st.datetimes(*map(datetime.fromisoformat, ("2026-02-27", "2026-03-02")), timezones=st.just(UTC)),
    "born": st.dates(date(2026, 2, 26), date(2026, 3, 2)),
}
_ZONES = ("UTC", "Asia/Shanghai", "Pacific/Apia")


def declared_facts() -> st.SearchStrategy[dict[str, Value]]:
    """Facts of a case as :data:`DECLARED` has them, some of them missing.

    >>> from hypothesis import find
    >>> find(declared_facts(), lambda facts: "tier" in facts)
    {'tier': 'gold'}
    """
    return st.fixed_dictionaries({}, optional=_VALUES)


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions of every form on :data:`DECLARED`, in which nothing is wrong.

    >>> from hypothesis import find
    >>> find(conditions(), lambda condition: isinstance(condition, Exists)).field
    'amount'
    """
    matches = st.fixed_dictionaries(
        {}, optional={name: st.lists(_VALUES[name], min_size=1, max_size=2) for name in ("tier", "email", "born")}
    ).map(lambda facts: where(**facts))
    of_one_fact = st.sampled_from(sorted(DECLARED)).flatmap(_of_one_fact)
    return st.recursive(
        matches | of_one_fact | st.sampled_from(("since", "born")).flatmap(_date_parts),
        lambda parts: st.one_of(
            st.builds(Not, negated=parts),
            st.builds(All, all=st.lists(parts, max_size=3).map(tuple)),
            st.builds(Any_, any=st.lists(parts, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


def _of_one_fact(name: str) -> st.SearchStrategy[Condition]:
    field, values = st.just(name), _VALUES[name]
    ops = ("eq", "ne", "lt", "le", "gt", "ge") if DECLARED[name].is_ordered else ("eq", "ne")
    found = st.one_of(
        st.builds(Exists, field=field, op=st.just("exists")),
        st.builds(Compare, field=field, op=st.sampled_from(ops), value=values),
        st.builds(Member, field=field, one_of=st.lists(values, min_size=1, max_size=2).map(tuple)),
    )
    ends = st.lists(values, min_size=2, max_size=2).map(sorted)
    between = ends.map(lambda ends: _between(name, *ends))
    return found | between if DECLARED[name].is_ordered else found


def _between(name: str, low: Value, high: Value) -> Between:
    return Between.model_validate({"field": name, "op": "between", "low": low, "high": high})


def _date_parts(name: str) -> st.SearchStrategy[DatePart]:
    parts = {part: values for part, values in PARTS.items() if (name, part) != ("born", "hour")}
    zones = st.sampled_from(_ZONES) if name == "since" else st.none()
    return st.sampled_from(sorted(parts)).flatmap(
        lambda part: st.builds(
            DatePart,
            field=st.just(name),
            op=st.just(part),
            one_of=st.lists(st.sampled_from(parts[part]), min_size=1, max_size=6).map(tuple),
            timezone=zones,
        )
    )


def decision_tables() -> st.SearchStrategy[DecisionTable[int]]:
    """Tables of up to five rows, by the first that matches or the most specific one.

    >>> from hypothesis import find
    >>> find(decision_tables(), lambda table: "points" in table.decide({})).decide({})
    {'points': (0,)}
    """
    outputs = st.dictionaries(st.sampled_from(("points", "gift")), st.integers(0, 9), max_size=2)
    rows = st.lists(st.builds(TableRow, conditions(), outputs, st.booleans()), max_size=5)
    hits = st.sampled_from(("first", "most_specific", "collect"))
    return st.builds(lambda rows, hit: DecisionTable(rows, hit=hit, fields=DECLARED), rows, hits)
