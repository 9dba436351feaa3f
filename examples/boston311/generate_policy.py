"""Write ``policy_2011.yaml``: Boston's 311 promises of 2011, from the fitted table of targets by request type.

Usage: python generate_policy.py [inferred_targets_by_type.csv]

The table is not part of this project. It has one row per request type: the kind of days (``bus`` business days,
``cal`` calendar days) and how many of them. Types with the same promise become one row of the policy.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "../../../shared/data/boston311_2011/inferred_targets_by_type.csv"
UNITS = {"bus": "bd", "cal": "cd"}

HEAD = """\
# Written by generate_policy.py from a table fitted to the city's own due dates; do not edit by hand.
# Service requests to the City of Boston, July to December 2011.
servicekit: policy/1
name: Boston 311
version: "2011"
timezone: America/New_York

calendars:
  city_hall:
    timezone: America/New_York
    weekly:
      mon-fri: ["08:30-17:00"]
    # The city's clocks observed no holiday at all in 2011, so none is listed.

sla:
  calendar: city_hall
  # A weekend request counts from Monday at the same clock time; a due moment at or past closing
  # time moves to the next opening; early mornings stay as they are.
  business_days: {start: roll_keep_clock, landing: after_close, end: same_clock}
  # The city's own due moment, used by `servicekit report --due recorded`.
  recorded_due: {resolution: target_due_at}
  targets:
"""


def promises(table: Path) -> dict[str, list[str]]:
    """The request types by their promise, such as ``2bd``; business days first, short before long."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["kind"], int(row["n_days"]), row["type"]))
    types: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        types[row["n_days"] + UNITS[row["kind"]]].append(row["type"])
    return types


def policy(types: dict[str, list[str]]) -> str:
    """The text of the policy document."""
    lines = [HEAD]
    for promise, names in types.items():
        lines.append(f"    - resolution: {promise}\n      when:\n        issue_type:\n")
        lines.extend(f"          - {json.dumps(name)}\n" for name in names)
    return "".join(lines)


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE
    (HERE / "policy_2011.yaml").write_text(policy(promises(source)), encoding="utf-8", newline="\n")
