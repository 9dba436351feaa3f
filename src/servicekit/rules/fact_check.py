"""The facts that a case brings, held against the fields that are declared.

A fact that is spelt wrong matches nothing, and nothing says so: the case gets the ordinary promise. So whoever asks the
rules looks here first. Facts that nobody declared are free, unless their name is one slip away from a declared one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from servicekit.errors import Problem, ServiceKitError, UnknownNameError
from servicekit.rules.field import A_TYPE, DeclaredField, Fields, Value
from servicekit.vocabulary import FieldType

_STATUS = "status"
_MOST_KEPT = 4096  # a bound on memory where every case has an odd value of its own
_SHORTEST = 4  # of fewer letters, one is too much of a name to be a slip

_EXPECTED: dict[FieldType, str] = {
    "text": "give a text",
    "integer": "give a whole number",
    "decimal": "give an int or a Decimal",
    "boolean": "give True or False",
    "instant": "give a datetime with a time zone",
    "day": "give a date without a time",
}


class FactError(ServiceKitError, ValueError):
    """A fact given as an argument cannot be what its field is declared to be; ``problems`` holds every reason.

    >>> FactCheck({"tier": DeclaredField("text", frozenset({"vip"}))}).refuse({"tier": "VIP"})
    Traceback (most recent call last):
    servicekit.rules.fact_check.FactError: tier: 'VIP' is not one of its values; did you mean 'vip'?
    """

    code = "facts.invalid"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join("; ".join(filter(None, (each.message, each.hint))) for each in self.problems))


class FactCheck:
    """Tells what is odd about the facts of cases; asked for every case, so it remembers what it has said.

    ``fields`` are the declared ones, ``others`` the names of facts that are read without being declared, and
    ``statuses`` the values that somebody waits for in the fact ``status``, which need not be declared either.
    A fact that is ``None`` or an empty text is missing, which is never odd.

    >>> facts = FactCheck({"tier": DeclaredField("text", frozenset({"vip"})), "channel": DeclaredField()})
    >>> for problem in facts.problems({"tier": "VIP", "chanel": "chat", "target_due_at": "tomorrow"}):
    ...     print(problem)
    warning facts.unknown-value at tier: tier: 'VIP' is not one of its values; did you mean 'vip'?
    warning facts.misspelt-name at chanel: no fact named 'chanel' is declared; did you mean 'channel'?
    """

    __slots__ = ("_fields", "_names", "_problems", "_slips", "_statuses", "_texts")

    def __init__(self, fields: Fields, others: Iterable[str] = (), statuses: Iterable[str] = ()) -> None:
        self._fields = fields
        self._names = frozenset((*fields, *others, _STATUS))
        self._statuses = _Slips(statuses)
        self._texts = {name: field.values for name, field in fields.items() if field.type == "text"}
        self._problems: dict[tuple[str, str], Problem] = {}
        self._slips = _Slips(self._names)

    def problems(self, facts: Mapping[str, Value]) -> list[Problem]:
        """What is odd, as warnings with the fact's name for a path; it never raises for a fact.

        Codes: ``facts.unknown-value`` (a text that is not one of its field's values), ``facts.wrong-type``,
        ``facts.misspelt-name`` (undeclared, and one letter away from a name that is), and ``facts.misspelt-status``
        (the same of a status and those that somebody waits for).
        """
        odd: list[Problem] = []
        texts = self._texts
        for name, value in facts.items():
            if type(value) is str and name in texts:  # nearly every fact of every case
                words = texts[name]
                if words is None or value in words:
                    continue
            if problem := self.problem(name, value):
                odd.append(problem)
        return odd

    @staticmethod
    def sound(facts: Mapping[str, Value], odd: Iterable[Problem]) -> Mapping[str, Value]:
        """The facts that conditions can be asked about: without those that are of another type by :meth:`problems`.

        >>> facts, check = {"tier": 5, "channel": "chat"}, FactCheck({"tier": DeclaredField()})
        >>> check.sound(facts, check.problems(facts))
        {'channel': 'chat'}
        """
        wrong = [problem.path for problem in odd if problem.code == "facts.wrong-type"]
        return {name: value for name, value in facts.items() if name not in wrong} if wrong else facts

    def refuse(self, facts: Mapping[str, Value]) -> None:
        """Raise for anything odd; for facts that somebody asks about, where every name must be known.

        Raises:
            UnknownNameError: a fact is neither declared nor read.
            FactError: a value is not of its field's type, or not one of its values.
        """
        for name in facts:
            if name not in self._names:
                raise UnknownNameError("fact", name, self._names)
        if problems := self.problems(facts):
            raise FactError(problems)

    def problem(self, name: str, value: Value | None) -> Problem | None:
        """What is odd about one fact; of several things, the first of :meth:`problems`."""
        field = self._fields.get(name)
        if field is None and name == _STATUS:
            return self._odd_status(value)
        if field is None:
            return None if name in self._names else self._odd_name(str(name))
        if value is None or value == "":
            return None
        if not field.takes(value):
            return Problem.warning(
                "facts.wrong-type", name, f"{name}: {value!r:.80} is not {A_TYPE[field.type]}", _EXPECTED[field.type]
            )
        return self._unlisted(name, value, field) if isinstance(value, str) else None

    def _unlisted(self, name: str, value: str, field: DeclaredField) -> Problem | None:
        known = self._problems.get((name, value))
        fault = None if known else field.fault(value)
        if fault is None:
            return known
        if len(self._problems) >= _MOST_KEPT:
            self._problems.clear()
        return self._problems.setdefault(
            (name, value), Problem.warning("facts.unknown-value", name, f"{name}: {fault[0]}", fault[1])
        )

    def _odd_name(self, name: str) -> Problem | None:
        meant = self._slips.meant(name)
        if meant is None:
            return None
        return Problem.warning(
            "facts.misspelt-name", name, f"no fact named {name!r} is declared", f"did you mean {meant!r}?"
        )

    def _odd_status(self, value: Value | None) -> Problem | None:
        meant = self._statuses.meant(value) if isinstance(value, str) else None
        if meant is None:
            return None
        message = f"no pause, stage or condition uses the status {value!r}"
        return Problem.warning("facts.misspelt-status", _STATUS, message, f"did you mean {meant!r}?")


class _Slips:
    """Names of which one may be meant by another; what was asked is kept."""

    __slots__ = ("_known", "_meant")

    def __init__(self, known: Iterable[str]) -> None:
        self._known = sorted(known)
        self._meant: dict[str, str | None] = dict.fromkeys(self._known)

    def meant(self, name: str) -> str | None:
        """The known name that is one slip away; ``None`` for one that is known itself, or near to none."""
        try:
            return self._meant[name]
        except KeyError:
            if len(self._meant) >= _MOST_KEPT:
                self._meant = dict.fromkeys(self._known)
            found = next((known for known in self._known if _is_slip(name, known)), None)
            return self._meant.setdefault(name, found)


def _is_slip(name: str, meant: str) -> bool:
    """Whether two names differ by a letter left out, put in, replaced, or swapped with the next.

    Case, underscores and the like do not count. Digits do: ``field_1`` and ``field_2`` are two names.
    """
    one, other = _letters(name), _letters(meant)
    rest, lost = _unlike(one, other)
    if len(other) < _SHORTEST or any(map(str.isdigit, rest + lost)):
        return one == other
    return max(len(rest), len(lost)) <= 1 or (len(rest) == 2 and rest == lost[::-1])


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def _unlike(one: str, other: str) -> tuple[str, str]:
    """Two texts without what they begin and end with alike."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))
