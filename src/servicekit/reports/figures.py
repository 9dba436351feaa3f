"""Numbers as people read them. Rounding happens here and nowhere else."""

from __future__ import annotations


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(58093)
    '58,093'
    """
    return f"{number:,}"


def number_of(number: int, noun: str) -> str:
    """So many of something, one of it in the singular.

    >>> number_of(1, "case"), number_of(2401, "record")
    ('1 case', '2,401 records')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"
