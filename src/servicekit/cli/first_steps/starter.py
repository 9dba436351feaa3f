"""What ``servicekit init`` writes: a small policy, a mapping and ten tickets that run at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

POLICY = """\
# What you promise, as data. `servicekit check policy.yaml` lists its problems.
servicekit: policy/1
name: Service desk
timezone: UTC                        # confirm: where your clock hangs, such as Europe/Berlin or Asia/Shanghai
{vocabulary}
calendars:
  desk:
    timezone: UTC                    # confirm
    weekly: {{mon-fri: ["09:00-18:00"]}}
    # holidays: [{{kind: country, country: DE}}]

sla:
  calendar: desk
  pauses:
    - {{status: pending, reason: waiting for the customer}}
  targets:                           # of the rows that match a case, the most specific counts
    - {{{usual}}}
{special}"""

COLUMNS = """\
# What the columns of tickets.csv mean. `servicekit columns TICKETS` proposes such a file for your own export.
servicekit: columns/1
timezone: UTC                        # confirm: the zone of stamps without an offset
as_of: 2026-03-06T18:00:00           # when the export was made; open tickets are judged then

columns:
  case_id: id
  opened_at: opened
  first_replied_at: first reply
  resolved_at: resolved
  status: status                     # the last one, as of the last update
  updated_at: updated

statuses:                            # closed, resolved and cancelled end a ticket; a policy may pause others
  closed: [Closed]
  pending: [Waiting]

facts:
  channel: channel
  priority: priority
"""

TICKETS = """\
id,opened,first reply,resolved,status,updated,channel,priority
T-01,2026-03-02 09:10,2026-03-02 09:25,2026-03-02 11:40,Closed,2026-03-02 11:40,chat,high
T-02,2026-03-02 10:00,2026-03-02 12:30,2026-03-03 10:15,Closed,2026-03-03 10:15,email,normal
T-03,2026-03-02 16:45,2026-03-03 09:20,2026-03-03 15:00,Closed,2026-03-03 15:00,email,normal
T-04,2026-03-03 08:15,2026-03-03 09:05,2026-03-03 12:00,Closed,2026-03-03 12:00,phone,normal
T-05,2026-03-03 11:30,2026-03-03 11:50,,Waiting,2026-03-03 12:10,email,normal
T-06,2026-03-03 14:00,2026-03-03 14:20,2026-03-04 10:30,Closed,2026-03-04 10:30,chat,high
T-07,2026-03-04 09:00,2026-03-04 09:30,2026-03-04 13:45,Closed,2026-03-04 13:45,phone,normal
T-08,2026-03-05 10:20,,,Open,2026-03-05 10:20,email,high
T-09,2026-03-05 17:30,2026-03-06 09:10,2026-03-06 11:00,Closed,2026-03-06 11:00,email,normal
T-10,2026-03-06 15:00,2026-03-06 15:15,,Open,2026-03-06 15:15,chat,normal
"""

USUAL = {"first_response": "2h", "resolution": "8h"}
SPECIAL = {"first_response": "30m", "resolution": "4h"}

_URGENT = ("urgent", "critical", "highest", "high", "1", "p1", "alta", "hoch", "紧急", "高")
_FACTS = {"channel": "channels", "issue_type": "issue_types", "tier": "tiers", "priority": "priorities"}
_MOST = 30


def policy_text(metrics: Sequence[str], values: Mapping[str, Mapping[str, int]]) -> str:
    """A small policy that promises these metrics, in the words that an export has for its facts.

    >>> print(policy_text(["resolution"], {"priority": {"High": 3, "Low": 1}}).splitlines()[-2])
        - {resolution: 8h}
    """
    known = {plural: list(values[name]) for name, plural in _FACTS.items() if 0 < len(values.get(name, {})) <= _MOST}
    lines = [f"  {plural}: [{', '.join(map(_quoted, found))}]" for plural, found in known.items()]
    vocabulary = (
        "\n".join(["", "vocabulary:                          # as found in the tickets", *lines, ""]) if lines else ""
    )
    high = next((p for word in _URGENT for p in known.get("priorities", []) if word in p.casefold().split()), None)
    usual, special = (", ".join(f"{m}: {targets[m]}" for m in metrics) for targets in (USUAL, SPECIAL))
    row = "" if high is None else f"    - {{when: {{priority: {_quoted(high)}}}, {special}}}\n"
    return POLICY.format(vocabulary=vocabulary, usual=usual, special=row)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
