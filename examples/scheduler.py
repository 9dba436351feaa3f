"""Who is told what, and when? A scheduler sleeps from alarm to alarm over states in a database. Run it; it prints:

Fri 09:00  hear  C-1 Opened
Fri 09:30  hear  C-2 Opened
Fri 12:00  tell  owner of C-1: first_response 75%
Fri 12:30  tell  owner of C-2: first_response 75%
Fri 12:40  hear  C-1 AgentReplied
Fri 13:30  tell  owner, lead of C-2: first_response due
Fri 13:30  tell  report of C-2: first_response broken
Fri 14:00  hear  C-1 StatusChanged
Fri 15:30  tell  manager of C-2: first_response due + 2h
Fri 16:30  hear  C-2 FieldChanged
Fri 16:30  tell  owner of C-2: resolution 75%
Fri 17:00  hear  C-1 StatusChanged
Fri 17:15  late  C-2 AgentReplied at 13:10: folded again
Mon 09:30  tell  owner, lead of C-2: resolution due
Mon 09:30  tell  report of C-2: resolution broken
Mon 11:30  tell  manager of C-2: resolution due + 2h
Mon 12:00  hear  C-1 Resolved
Mon 13:30  tell  manager of C-2: resolution due + 2h
Mon 14:00  hear  C-2 Resolved
10 alarms, 10 arrivals; nothing is left to wait for
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from servicekit import ServicePolicy
from servicekit.events import (
    AgentReplied,
    CaseEvent,
    FieldChanged,
    Opened,
    Resolved,
    StatusChanged,
    event_from_record,
    event_to_record,
)
from servicekit.sla import BreachDue, CaseState, SlaEngine, start, step

POLICY = ServicePolicy.parse("""
name: help desk
timezone: Asia/Shanghai
calendars: {desk: {weekly: {mon-fri: ["09:00-18:00"]}}}
sla:
  calendar: desk
  pauses: [{status: pending, reason: waiting for the customer}]
  ladders:
    usual:
      - {at: 75%, notify: owner}
      - {at: due, notify: [owner, lead]}
      - {at: due + 2h, notify: manager, repeat: 2h, max: 3}
  ladder: usual
  targets:
    - {first_response: 4h, resolution: 16h}
    - {when: {priority: high}, resolution: 9h}
""")
TABLES = """
CREATE TABLE events (case_id TEXT, record TEXT, UNIQUE (case_id, record));
CREATE TABLE cases (case_id TEXT PRIMARY KEY, state TEXT, wake_at TEXT);
CREATE TABLE outbox (message TEXT PRIMARY KEY, told_at TEXT);
"""
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class Scheduler:
    """States and alarms in a database. An alarm is the ``next_wake_up`` of a case; no case is looked at before."""

    def __init__(self, engine: SlaEngine, database: sqlite3.Connection) -> None:
        self.engine, self.database, self.alarms = engine, database, 0

    def hear(self, event: CaseEvent, now: datetime) -> None:
        """Take in an event that arrived now, once: what came due before it is told first."""
        record = json.dumps(event_to_record(event))
        with self.database:
            new = self.database.execute("INSERT OR IGNORE INTO events VALUES (?, ?)", (event.case_id, record))
            if new.rowcount:
                self.keep(self.after(event, now), now)

    def after(self, event: CaseEvent, now: datetime) -> CaseState:
        """The state after the event: one step further or, where the event came late, made anew."""
        before = self.state(event.case_id)
        if before.last_at is not None and event.at < before.last_at:
            say(now, "late", f"{event.case_id} {type(event).__name__} at {local(event.at):%H:%M}: folded again")
            return self.folded(event.case_id)
        say(now, "hear", f"{event.case_id} {type(event).__name__}")
        self.tell(before, event.at)
        return step(before, event)[0]

    def wake(self, now: datetime) -> None:
        """Tell what has come due in the cases whose alarm has gone off, and set their next alarm."""
        due = self.database.execute("SELECT state FROM cases WHERE wake_at <= ? ORDER BY wake_at", (text(now),))
        with self.database:
            for (state,) in due.fetchall():
                self.alarms += 1
                self.keep(CaseState.from_json(self.engine, state), now)

    def next_alarm(self) -> datetime | None:
        """When to wake up; nothing happens before."""
        ((alarm,),) = self.database.execute("SELECT min(wake_at) FROM cases")
        return None if alarm is None else datetime.fromisoformat(alarm)

    def tell(self, state: CaseState, now: datetime) -> None:
        """Tell everything that has come due and was not told before; the outbox knows what was."""
        for alert in state.alerts(BEGINNING, now):
            if self.database.execute("INSERT OR IGNORE INTO outbox VALUES (?, ?)", (alert.key, text(now))).rowcount:
                is_breach = isinstance(alert, BreachDue)
                whom, what = ("report", "broken") if is_breach else (", ".join(alert.step.notify), alert.step.at)
                say(now, "tell", f"{whom} of {alert.clock.case_id}: {alert.clock.metric} {what}")

    def keep(self, state: CaseState, now: datetime) -> None:
        """Tell what is due, and store the state with its next alarm."""
        self.tell(state, now)
        alarm = state.next_wake_up(now)
        row = state.case_id, state.to_json(), None if alarm is None else text(alarm)
        self.database.execute("INSERT OR REPLACE INTO cases VALUES (?, ?, ?)", row)

    def state(self, case_id: str) -> CaseState:
        """The state of a case, a new one for a case that nobody has heard of."""
        found = self.database.execute("SELECT state FROM cases WHERE case_id = ?", (case_id,)).fetchone()
        return CaseState.from_json(self.engine, found[0]) if found else start(self.engine)

    def folded(self, case_id: str) -> CaseState:
        """The state made anew from all events of the case, in their order."""
        rows = self.database.execute("SELECT record FROM events WHERE case_id = ?", (case_id,))
        return CaseState.of(self.engine, [event_from_record(json.loads(record)) for (record,) in rows])


def text(moment: datetime) -> str:
    """An instant as text of one length, so that the database can compare."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Shanghai"))


def say(now: datetime, verb: str, what: str) -> None:
    print(f"{local(now):%a %H:%M}  {verb}  {what}")


def simulate(scheduler: Scheduler, arrivals: Iterable[tuple[datetime, CaseEvent]]) -> None:
    """Let time jump to whatever comes next: an event that arrives, or an alarm."""
    for now, event in arrivals:
        while (alarm := scheduler.next_alarm()) is not None and alarm < now:
            scheduler.wake(alarm)
        scheduler.hear(event, now)
    while (alarm := scheduler.next_alarm()) is not None:
        scheduler.wake(alarm)


def january(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


FRIDAY, MONDAY = 9, 12
HAPPENED: list[CaseEvent] = [
    Opened("C-1", january(FRIDAY, 9)),
    Opened("C-2", january(FRIDAY, 9, 30)),
    AgentReplied("C-1", january(FRIDAY, 12, 40)),
    StatusChanged("C-1", january(FRIDAY, 14), "pending"),
    FieldChanged("C-2", january(FRIDAY, 16, 30), "priority", "high"),
    StatusChanged("C-1", january(FRIDAY, 17), "open"),
    Resolved("C-1", january(MONDAY, 12)),
    Resolved("C-2", january(MONDAY, 14)),
]
LATE = january(FRIDAY, 17, 15), AgentReplied("C-2", january(FRIDAY, 13, 10))


def main() -> None:
    on_time = [(event.at, event) for event in HAPPENED]
    arrivals = sorted([*on_time, LATE, on_time[0]], key=lambda pair: pair[0])  # the queue delivers one twice
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(TABLES)
        scheduler = Scheduler(POLICY.compile().sla, database)
        simulate(scheduler, arrivals)
    print(f"{scheduler.alarms} alarms, {len(arrivals)} arrivals; nothing is left to wait for")


if __name__ == "__main__":
    main()
