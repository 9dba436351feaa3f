"""``servicekit check``: every problem of a policy, with its place in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document import read
from servicekit.policy import ServicePolicy

if TYPE_CHECKING:
    from argparse import Namespace

__all__ = ["check"]


def check(arguments: Namespace) -> int:
    """Run the command; 1 where a problem is an error, 0 where there are warnings only."""
    problems = read(ServicePolicy, arguments.policy).problems
    for problem in problems:
        print(problem)
    errors = sum(problem.is_error for problem in problems)
    print(f"{arguments.policy}: {errors} errors, {len(problems) - errors} warnings")
    return int(errors > 0)
