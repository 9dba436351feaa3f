"""Columns that a metric reads and its table does not have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from servicekit.document import did_you_mean
from servicekit.errors import Problem
from servicekit.kpi.metric import Metric, Population, conditions_of
from servicekit.kpi.table_schema import FACTS, TABLES
from servicekit.rules import Condition, Fields, check

_CONDITIONS = ("where", "of", "plus", "minus", "ended")
_COLUMNS = ("at", "column", "distinct", "start", "end", "until", "length", "key", "columns")


def column_problems(metric: Metric, fields: Fields) -> Iterator[Problem]:
    """The faults of a metric in full; ``fields`` are facts that rows may have besides the columns of their table, and
    the words that there are for the facts among these, such as tiers.

    Codes: ``kpi.unknown-column``, and those of :func:`servicekit.rules.check`.

    >>> from servicekit.kpi import SumMetric
    >>> for problem in column_problems(SumMetric(table="contact", column="wiat_us"), {}):
    ...     print(problem)
    error kpi.unknown-column at column: the table 'contact' has no column 'wiat_us'; did you mean 'wait_us'?
    """
    for place, counted in conditions_of(metric):
        table = TABLES.get(counted.table)
        if table is not None:
            words = {name: fields[name] for name in FACTS.keys() & table.columns & fields.keys()}
            known = {**fields, **table.fields, **words}
            found = (*_unknown(counted, known), *_faults(counted, known))
            yield from (problem.under(place) if place else problem for problem in found)


def _unknown(counted: Population, known: Fields) -> Iterator[Problem]:
    for part in _COLUMNS:
        told = getattr(counted, part, None) or ()
        for name in (told,) if isinstance(told, str) else told:
            if name not in known:
                hint = did_you_mean(name, known) or f"known: {', '.join(sorted(known))}"
                message = f"the table {counted.table!r} has no column {name!r}"
                yield Problem("kpi.unknown-column", part, message, hint)


def _faults(counted: Population, known: Fields) -> Iterator[Problem]:
    for part, condition in _asked(counted).items():
        yield from (problem.under(part) for problem in check(condition, known))


def _asked(counted: Population) -> Mapping[str, Condition]:
    asked = {part: getattr(counted, part, None) for part in _CONDITIONS}
    asked |= {f"leave_out.{reason}": condition for reason, condition in counted.leave_out.items()}
    return {part: condition for part, condition in asked.items() if condition is not None}
