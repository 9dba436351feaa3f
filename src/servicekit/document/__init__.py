"""Documents: what people write down, read with every fault at its place in the file.

Nothing here knows what a policy or a calendar is; every room's documents are made of these parts.

* ``model``: the frozen base class :class:`Document`, with ``frozen`` for its dictionaries and ``description`` for its
  JSON Schema; ``value_error``:
  :class:`DocumentValueError`, for validators.
* ``reader``: :func:`read` and :class:`Loaded`. A source passes ``text`` (bytes to text, limits), then a module of
  ``notation`` (text to plain data), then pydantic, whose errors ``fault`` turns into Problems; ``address`` finds their
  places.
* ``writer``: a document as plain data, YAML and JSON.
* ``json_values``: JSON values read with a check, for event records and journals.
* ``hint``: did-you-mean.

May import: ``errors``. To add a notation, see ``notation``. To add a check that concerns all documents, see ``fault``;
a check of one kind of document belongs to that document's ``own_problems``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.document.hint import did_you_mean, nearest
from servicekit.document.model import Document
from servicekit.document.value_error import DocumentValueError

if TYPE_CHECKING:
    from servicekit.document.json_values import JsonValue, JsonValueError
    from servicekit.document.reader import Loaded, read
    from servicekit.document.text import Format

__all__ = [
    "Document",
    "DocumentValueError",
    "Format",
    "JsonValue",
    "JsonValueError",
    "Loaded",
    "did_you_mean",
    "nearest",
    "read",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "json_values": "JsonValue JsonValueError",
            "reader": "Loaded read",
            "text": "Format",
        },
    )
