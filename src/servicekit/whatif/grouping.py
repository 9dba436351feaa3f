"""Cases grouped by the value of a fact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, get_args

from servicekit.errors import UnknownNameError
from servicekit.events import Opened
from servicekit.policy import declared_fields
from servicekit.vocabulary import Subject

if TYPE_CHECKING:
    from servicekit.events import Case
    from servicekit.policy import ServicePolicy
    from servicekit.rules import Value


class Grouping:
    """The groups of cases by a fact, in the order and with the labels of two policies.

    Raises:
        UnknownNameError: neither policy declares the fact.
    """

    __slots__ = ("_by", "_values", "labels")

    def __init__(self, by: str, policies: tuple[ServicePolicy, ServicePolicy]) -> None:
        declared = [declared_fields(policy.vocabulary) for policy in policies]
        if not any(by in fields for fields in declared):
            raise UnknownNameError("fact", by, {name for fields in declared for name in fields})
        listed = [policy.vocabulary.fields_schema().get(by) or () for policy in policies]
        self._by, self._values = by, tuple(dict.fromkeys(value for values in listed for value in values))
        self.labels: Mapping[str, str] = _labels(policies[1], self._values) | _labels(policies[0], self._values)

    def of(self, case: Case) -> str:
        """The value of the fact when the case was opened; empty where it was not known."""
        openings = [event for event in case.events if isinstance(event, Opened)]
        first = min(openings, key=lambda event: event.at, default=None)
        value = None if first is None else first.facts.get(self._by)
        return "" if value is None else _text(value)

    def rank(self, group: str) -> tuple[int, str]:
        """Values that the policies list in their order, then others by name."""
        return (self._values.index(group) if group in self._values else len(self._values)), group


def _labels(policy: ServicePolicy, values: tuple[str, ...]) -> dict[str, str]:
    """The words for people of the lists that hold these values."""
    labels = [policy.vocabulary.labels(subject) for subject in get_args(Subject)]
    return {word: label for listed in labels for word, label in listed.items() if word in values}


def _text(value: Value) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)
