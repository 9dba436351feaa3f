"""Texts of cases and documents in Altair charts, which may be written into HTML.

Altair writes a chart's JSON into a script as it is, and the "View Source" of vega-embed into a page: there, a text with
``</script>`` in it would be read as markup. So such texts stand in a chart as HTML has them, and Vega reads them back
when it draws.
"""

from __future__ import annotations

import json
from html import escape
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from altair import ExprRef


def encoded(text: str) -> str:
    """The text as it stands in a chart.

    >>> encoded("a < b & c")
    'a &lt; b &amp; c'
    """
    return escape(text, quote=False)


def decoded(expression: str) -> str:
    """A Vega expression for the text that was :func:`encoded`."""
    for entity, character in (("lt", r"\x3c"), ("gt", r"\x3e"), ("amp", "&")):
        expression = f"replace({expression}, /&{entity};/g, '{character}')"
    return expression


def shown(alt: ModuleType, text: str) -> str | ExprRef:
    """A text where a chart takes one text, for all its data."""
    safe = encoded(text)
    expression: ExprRef = alt.expr(decoded(json.dumps(safe)))
    return text if safe == text else expression
