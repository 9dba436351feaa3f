"""Conditions over declared, typed facts, and decision tables of them: checked when loaded, compiled once, asked often.

What lives here: what a fact may be (:class:`DeclaredField`, ``field.py``); conditions as documents, the short form
(:class:`Match`) and the full ones (:class:`Compare`, ``Between``, ``Exists``, :class:`Member`, :class:`All`,
:class:`Any_`, :class:`Not`, ``condition.py``; ``DatePart``, ``date_part.py``); their faults and their reach
(:func:`check`, :func:`fields_read`, ``check.py``); the closures that answer them (:func:`compile_condition`,
``compiled.py``), and what decides (:func:`explain`, ``deciding_facts.py``); the facts of cases held against the
declared ones (:class:`FactCheck`, ``fact_check.py``); decision tables (:class:`DecisionTable`, ``table.py``), and rows
of them that tie, that no facts reach, or that leave gaps (``table_analysis.py``).

It may import ``errors``, ``vocabulary`` and ``document``. To add a comparison, add its name to ``Compare`` in
``condition.py`` and its function in ``compiled.py``; to add a form, add it to ``OfOneFact`` and the type checker names
the other places; to add a hit policy, add it to ``HitPolicy`` and to ``DecisionTable``.
"""

from servicekit.rules.check import check, fields_read
from servicekit.rules.compiled import Test, compile_condition
from servicekit.rules.condition import (
    All,
    Any_,
    Between,
    Compare,
    Condition,
    ConditionField,
    Exists,
    Match,
    Member,
    Not,
    where,
)
from servicekit.rules.date_part import DatePart
from servicekit.rules.deciding_facts import ExplainedCondition, explain
from servicekit.rules.fact_check import FactCheck, FactError
from servicekit.rules.field import DeclaredField, Fields, Value
from servicekit.rules.table import DecisionTable, FactCache, HitPolicy, TableRow
from servicekit.rules.table_analysis import TableAnalysis

__all__ = [
    "All",
    "Any_",
    "Between",
    "Compare",
    "Condition",
    "ConditionField",
    "DatePart",
    "DecisionTable",
    "DeclaredField",
    "Exists",
    "ExplainedCondition",
    "FactCache",
    "FactCheck",
    "FactError",
    "Fields",
    "HitPolicy",
    "Match",
    "Member",
    "Not",
    "TableAnalysis",
    "TableRow",
    "Test",
    "Value",
    "check",
    "compile_condition",
    "explain",
    "fields_read",
    "where",
]
