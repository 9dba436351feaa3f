"""``servicekit init``: a folder with a policy and a mapping to begin with, for ten made-up tickets or for one's own."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError
from servicekit.cli.first_steps.columns import write_new
from servicekit.cli.first_steps.starter import COLUMNS, TICKETS, USUAL, policy_text
from servicekit.importers import promises_without_source, propose
from servicekit.policy import ServicePolicy

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path


def init(arguments: Namespace) -> int:
    """Run the command; 1 where the export cannot be read."""
    folder, tickets = arguments.folder, arguments.tickets
    files = _of_template() if tickets is None else _of_export(tickets)
    _refuse_to_replace(folder, files)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        write_new(folder / name, text)
        print(f"wrote {folder / name}")
    print("confirm the time zones in them, then run:")
    policy, columns = folder / "policy.yaml", folder / "columns.yaml"
    print(
        shlex.join(map(str, ("servicekit", "report", policy, tickets or folder / "tickets.csv", "--columns", columns)))
    )
    return 0


def _of_template() -> dict[str, str]:
    values = {"channel": dict.fromkeys(("phone", "chat", "email"), 1), "priority": dict.fromkeys(("high", "normal"), 1)}
    return {"policy.yaml": policy_text(list(USUAL), values), "columns.yaml": COLUMNS, "tickets.csv": TICKETS}


def _of_export(tickets: Path) -> dict[str, str]:
    """A policy that promises only what the export can show."""
    proposal = propose(tickets)
    everything = ServicePolicy.parse(policy_text(list(USUAL), {}))
    untold = {problem.path.rpartition(".")[2] for problem in promises_without_source(everything, proposal.mapping)}
    metrics = [metric for metric in USUAL if metric not in untold] or list(USUAL)
    return {"policy.yaml": policy_text(metrics, proposal.values), "columns.yaml": proposal.text}


def _refuse_to_replace(folder: Path, files: dict[str, str]) -> None:
    if there := [name for name in files if (folder / name).exists()]:
        raise UsageError(f"{str(folder)!r} has {' and '.join(there)} already; choose another folder")
