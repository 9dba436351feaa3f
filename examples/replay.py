"""Would four hours be kept as well as eight? Run it; it prints:

Hotline 8h -> Hotline 4h, 4 cases
resolution (standard): 0 better, 1 worse, 2 unchanged
resolution (vip): 0 better, 0 worse, 1 unchanged
resolution: 0 better, 1 worse, 3 unchanged
attainment of what was promised: 4/4 before, 3/4 after, -25.0 points
C-2 worse: due 17:00, then 13:00; done 14:30
"""

from datetime import UTC, datetime, timedelta

from servicekit import Case, ServicePolicy, replay
from servicekit.events import Opened, Resolved
from servicekit.quantity import points_text

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


def hotline(hours: str) -> ServicePolicy:
    return ServicePolicy.parse(f"""
    name: Hotline
    version: {hours}
    vocabulary: {{tiers: [standard, vip]}}
    sla:
      targets:
        - {{resolution: {hours}}}
        - {{when: {{tier: vip}}, resolution: 2h}}
    """)


def case(number: int, tier: str, hours: float) -> Case:
    name = f"C-{number}"
    return Case(name, (Opened(name, NINE, {"tier": tier}), Resolved(name, NINE + timedelta(hours=hours))))


cases = [case(1, "standard", 3), case(2, "standard", 5.5), case(3, "standard", 1), case(4, "vip", 1.5)]
now = NINE + timedelta(days=1)
comparison = replay(hotline("8h").compile(), hotline("4h").compile(), cases, as_of=now, by="tier")
print(comparison)

line = comparison.line("resolution")
before, after = (tally.ratio("promised") for tally in (line.before, line.after))
points = points_text(line.difference("promised"))
print(f"attainment of what was promised: {before} before, {after} after, {points} points")

for flip in comparison.flips:
    if flip.before and flip.after:
        due, then, done = flip.before.due_at, flip.after.due_at, flip.after.stopped_at
        print(f"{flip.case_id} {flip.change}: due {due:%H:%M}, then {then:%H:%M}; done {done:%H:%M}")
