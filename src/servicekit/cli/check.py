"""``servicekit check``: every problem of a policy, with its place in the file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from servicekit.cli.words import number_of, tell
from servicekit.document import read
from servicekit.errors import shown
from servicekit.policy import ServicePolicy

if TYPE_CHECKING:
    from argparse import Namespace


def check(arguments: Namespace) -> int:
    """Run the command; 1 where a problem is an error, 0 where there are warnings only."""
    problems = read(ServicePolicy, arguments.policy).problems
    errors = sum(problem.is_error for problem in problems)
    told = f"{arguments.policy}: {number_of(errors, 'error')}, {number_of(len(problems) - errors, 'warning')}"
    tell(sys.stdout, *shown(problems), told)
    return int(errors > 0)
