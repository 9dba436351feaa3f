"""Conditions over declared, typed facts: written by people, checked when loaded, compiled once, asked often.

What lives here: what a fact may be (:class:`FactField`, ``field.py``); conditions as documents, the short form
(:class:`Match`) and the full ones (:class:`Compare`, :class:`Member`, :class:`All`, :class:`Any_`, :class:`Not`,
``condition.py``); their faults and their reach (:func:`check`, :func:`bound_fields`, ``check.py``); the closures
that answer them (:func:`compile_condition`, ``compiled.py``); and what is odd about the facts that cases bring
(:class:`FactCheck`, ``facts.py``).

It may import ``errors``, ``vocabulary`` and ``document``. To add an operator, add its name to ``Op`` in
``condition.py`` and its function in ``compiled.py``; decision tables get a file of their own beside these.
"""

from servicekit.rules.check import bound_fields, check, fields_read, is_box, values_told_apart
from servicekit.rules.compiled import Test, compile_condition
from servicekit.rules.condition import All, Any_, Compare, Condition, ConditionField, Match, Member, Not, Op, where
from servicekit.rules.facts import FactCheck, FactError
from servicekit.rules.field import FactField, Fields, Value

__all__ = [
    "All",
    "Any_",
    "Compare",
    "Condition",
    "ConditionField",
    "FactCheck",
    "FactError",
    "FactField",
    "Fields",
    "Match",
    "Member",
    "Not",
    "Op",
    "Test",
    "Value",
    "bound_fields",
    "check",
    "compile_condition",
    "fields_read",
    "is_box",
    "values_told_apart",
    "where",
]
