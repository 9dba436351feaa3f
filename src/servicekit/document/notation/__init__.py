"""The notations of documents: text to plain data, with the position of every value.

What lives here: one module for each notation (``yaml_text``, ``json_text``, ``toml_text``), whose ``parse`` returns
:class:`~servicekit.document.address.Parsed`; and what a plain scalar of YAML stands for (``scalar``).

It may import ``document.address`` and ``errors``. To add a notation, write one module and name it in ``reader`` and in
``text``.
"""

from __future__ import annotations

__all__: list[str] = []
