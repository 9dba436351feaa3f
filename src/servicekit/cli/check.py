"""``servicekit check``: every problem of a policy, with its place in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.document import read
from servicekit.policy import ServicePolicy
from servicekit.reports import number_of

if TYPE_CHECKING:
    from argparse import Namespace


def check(arguments: Namespace) -> int:
    """Run the command; 1 where a problem is an error, 0 where there are warnings only."""
    problems = read(ServicePolicy, arguments.policy).problems
    for problem in problems:
        print(problem)
    errors = sum(problem.is_error for problem in problems)
    print(f"{arguments.policy}: {number_of(errors, 'error')}, {number_of(len(problems) - errors, 'warning')}")
    return int(errors > 0)
