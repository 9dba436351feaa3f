"""How good was March, and what comes back of the fee? Run it; it prints:

up 99.8790%, down 0:54:00 of 31 days, 0:00:00; 0:30:00 of maintenance left out
121.0% of the error budget used; exhausted on Wed 18 Mar 11:04
10% of the fee comes back
web, app and two databases: 99.9799%
"""

from datetime import UTC, date, datetime

from servicekit.availability import Maintenance, Outage, Serial, UptimeSla
from servicekit.quantity import share_text
from servicekit.timeline import month


def march(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


promise = UptimeSla.parse("""
target: 99.9%
window: month
credits:
  committed: 99.9%
  bands:
    - {at_least: 99%, credit: 10%}
    - {at_least: 95%, credit: 25%}
    - {credit: 100%}
""")
outages = [Outage(march(3, 9), march(3, 9, 10)), Outage(march(18, 10), march(18, 11, 14))]
announced = [Maintenance(march(18, 10), march(18, 10, 30), "a new index")]

verdict = promise.compile().judge(outages, announced, over=month(date(2026, 3, 1)))
uptime, budget = verdict.uptime, verdict.budget
print(f"up {share_text(uptime.value, digits=4)}, down {uptime.downtime} of {uptime.over.length}", end="; ")
print(f"{uptime.excluded.total} of maintenance left out")
print(f"{share_text(budget.used, digits=1)} of the error budget used", end="; ")
print(f"exhausted on {budget.exhausted_at:%a %d %b %H:%M}")
print(f"{share_text(verdict.credit)} of the fee comes back")

shop = Serial.parse("serial: [99.99%, 99.99%, {parallel: [99.9%, 99.9%]}]")
print(f"web, app and two databases: {share_text(shop.compile(), digits=4)}")
