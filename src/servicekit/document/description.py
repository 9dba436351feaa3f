"""The texts under the fields of a document, which describe them in its JSON Schema.

Pydantic reads them, too (``use_attribute_docstrings``), but for every class that is imported; reading and parsing the
source takes longer than making the class. Here they are read when a schema is asked for.
"""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from textwrap import dedent


def descriptions(document: type) -> dict[str, str]:
    """The text under each field of a class and of the classes it inherits from; none where there is no source.

    >>> from servicekit.document.address import Node
    >>> descriptions(Node)
    {}
    """
    return {name: text for each in reversed(document.__mro__) for name, text in _own(each).items()}


def _own(document: type) -> dict[str, str]:
    try:
        [tree] = ast.parse(dedent(inspect.getsource(document))).body
    except (OSError, SyntaxError, TypeError):
        return {}
    body = tree.body if isinstance(tree, ast.ClassDef) else []
    found = ((_name(field), _text(text)) for field, text in pairwise(body))
    return {name: inspect.cleandoc(text) for name, text in found if name and text}


def _name(node: ast.stmt) -> str | None:
    return node.target.id if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else None


def _text(node: ast.stmt) -> str | None:
    value = node.value if isinstance(node, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
