"""Write a policy of Boston's 311 promises from the fitted table of targets by request type.

Usage: python generate_policy.py [--from-2013] [inferred_targets_by_type.csv]

It writes ``policy_2011.yaml``, or with ``--from-2013`` the same promises under the rules that the city's clocks follow
since 2013, as ``policy_2013.yaml``. The table is not part of this project. It has one row per request type: the kind
of days (``bus`` business days, ``cal`` calendar days) and how many of them. Types with the same promise become one row
of the policy.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
TABLE = HERE / "../../../shared/data/boston311_2011/inferred_targets_by_type.csv"
UNITS = {"bus": "bd", "cal": "cd"}

HEAD = """\
# Written by generate_policy.py from a table fitted to the city's own due dates; do not edit by hand.
{about}
servicekit: policy/1
name: Boston 311
version: "{version}"
timezone: America/New_York

calendars:
  city_hall:
    timezone: America/New_York
    weekly:
      mon-fri: ["08:30-17:00"]
{holidays}

sla:
  calendar: city_hall
{business_days}
  # The city's own due moment, used by `servicekit report --due recorded`.
  recorded_due: {{resolution: target_due_at}}
  targets:
"""

RULES_2011 = {
    "version": "2011",
    "about": "# Service requests to the City of Boston, July to December 2011.",
    "holidays": "    # The city's clocks observed no holiday at all in 2011, so none is listed.",
    "business_days": """\
  # A weekend request counts from Monday at the same clock time; a due moment at or past closing
  # time moves to the next opening; early mornings stay as they are.
  business_days: {start: roll_keep_clock, landing: after_close, end: same_clock}""",
}
RULES_2013 = {
    "version": "2013",
    "about": """\
# Service requests to the City of Boston from 2013 on: the promises of 2011 under other rules.""",
    "holidays": """\
    # The clocks knew the state's holidays in 2014 to 2017, and again from Christmas 2018 to 2021. The source's public
    # holidays of Massachusetts are those of the clocks: with Patriots' Day, and with the Mondays after holidays on
    # Sundays, but without the days of Suffolk County alone (Evacuation Day, Bunker Hill Day).
    holidays:
      - country: US
        subdivision: MA
        categories: [public]
        valid:
          - {start_on: 2014-01-01, last_on: 2017-12-31}
          - {start_on: 2018-12-25, last_on: 2021-12-31}
    extra_holidays:
      2017-11-10: Veterans Day (observed)   # the Friday before a holiday on Saturday; in no other year""",
    "business_days": """\
  # The clock of a request that comes outside office hours starts at the next opening; a due moment keeps it.
  business_days: {start: next_open, landing: keep, end: same_clock}""",
}


def promises(table: Path) -> dict[str, list[str]]:
    """The request types by their promise, such as ``2bd``; business days first, short before long."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["kind"], int(row["n_days"]), row["type"]))
    types: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        types[row["n_days"] + UNITS[row["kind"]]].append(row["type"])
    return types


def policy(types: dict[str, list[str]], rules: dict[str, str] = RULES_2011) -> str:
    """The text of the policy document."""
    lines = [HEAD.format(**rules)]
    for promise, names in types.items():
        lines.append(f"    - resolution: {promise}\n      when:\n        issue_type:\n")
        lines.extend(f"          - {json.dumps(name)}\n" for name in names)
    return "".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a policy of Boston's 311 promises.")
    parser.add_argument("table", nargs="?", type=Path, default=TABLE)
    parser.add_argument("--from-2013", action="store_const", const=RULES_2013, default=RULES_2011, dest="rules")
    given = parser.parse_args()
    target = HERE / f"policy_{given.rules['version']}.yaml"
    target.write_text(policy(promises(given.table), given.rules), encoding="utf-8", newline="\n")
