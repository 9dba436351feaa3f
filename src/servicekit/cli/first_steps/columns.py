"""``servicekit columns``: the mapping that an export seems to need, to be confirmed by a person."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from servicekit.importers import propose, propose_purchases
from servicekit.importers.proposal.service_tables import propose_service

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path


def columns(arguments: Namespace) -> int:
    """Run the command; 1 where nothing can be proposed, or the mapping would take the place of a file."""
    if arguments.purchases or arguments.table:
        text = _of_a_table(arguments)
        reads = text.partition(": ")[2].partition(" are read")[0]
    else:
        proposal = propose(arguments.tickets)
        text, reads = proposal.text, f"{proposal.read} of {proposal.records} records"
    if arguments.out is None:
        sys.stdout.write(text)
        return 0
    write_new(arguments.out, text)
    print(f"{arguments.out}: reads {reads}; confirm what is remarked on in it")
    return 0


def _of_a_table(arguments: Namespace) -> str:
    """The mapping of another table than that of cases."""
    if arguments.purchases:
        return propose_purchases(arguments.tickets)
    return propose_service(arguments.tickets, arguments.table)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet.

    Raises:
        FileExistsError: there is one; it is left as it is.
    """
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
