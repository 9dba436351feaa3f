"""A document as YAML with remarks at the ends of its lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from servicekit.document.writer import as_yaml

_KEY = re.compile(r"( *)([a-z_]+):")
_LONGEST = 160


def commented(data: Mapping[str, object], head: Sequence[str], notes: Mapping[str, str]) -> str:
    """Plain data as YAML; ``notes`` are remarks by the path of a key, ``head`` stands above all.

    >>> print(commented({"columns": {"case_id": "id"}}, ["guessed"], {"columns.case_id": "confirm"}), end="")
    # guessed
    columns:
      case_id: id  # confirm
    """
    lines = [f"# {_one_line(line)}".rstrip() for line in head]
    path: list[str] = []
    for line in as_yaml(data).splitlines():
        if key := _KEY.match(line):
            path[len(key[1]) // 2 :] = [key[2]]
            note = notes.get(".".join(path))
            line = line if note is None else f"{line}  # {_one_line(note)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} ..."
