"""How long did tickets wait in office hours, and which are late? A whole table at once; it prints:

C-1  waited   1.5 h, due Mon 02 Mar 11:30
C-2  waited  0.75 h, due Mon 09 Mar 10:30
C-3  waited     ? h, due Mon 09 Mar 12:00
"""

import polars as pl

from servicekit import Calendar, frames, parse_duration

desk = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-12:00", "13:30-18:30"]}, holidays=["CN"]).compile()
tickets = pl.DataFrame(
    {
        "case": ["C-1", "C-2", "C-3"],
        "opened_at": ["2026-03-02 09:30", "2026-03-06 18:00", "2026-03-09 10:00"],
        "answered_at": ["2026-03-02 11:00", "2026-03-09 09:15", None],
    }
).with_columns(pl.col("opened_at", "answered_at").str.to_datetime(time_zone="Asia/Shanghai", time_unit="us"))

tickets = frames.elapsed(tickets, "opened_at", "answered_at", calendar=desk)
tickets = frames.due(tickets, "opened_at", parse_duration("2h"), calendar=desk)
for ticket in tickets.iter_rows(named=True):
    waited = "?" if ticket["elapsed_us"] is None else f"{ticket['elapsed_us'] / 3.6e9:g}"
    print(f"{ticket['case']}  waited {waited:>5} h, due {desk.local(ticket['due_at']):%a %d %b %H:%M}")
