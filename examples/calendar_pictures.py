"""What do a week with a holiday and a night with a changed clock look like? Run it; it prints:

2026-02-12 to 2026-02-17, Asia/Shanghai
                0     3     6     9     12    15    18    21    24
Thu 2026-02-12  ··················██████··███████████···········
Fri 2026-02-13  ··················██████··███████████···········
Sat 2026-02-14  ··················██████··███████████···········  make-up working day
Sun 2026-02-15  ················································
Mon 2026-02-16  ··················██████························  half day: 农历除夕
Tue 2026-02-17  ················································  holiday: 春节

2026-03-07 to 2026-03-09, America/New_York
                0     3     6     9     12    15    18    21    24
Sat 2026-03-07  ████████████································████
Sun 2026-03-08  ████  ██████································████  02:00-03:00 skipped
Mon 2026-03-09  ████████████································████
"""

from datetime import date

from servicekit import Calendar

hotline = Calendar(
    timezone="Asia/Shanghai",
    weekly={"mon-fri": ["09:00-18:30"]},
    breaks={"mon-fri": ["12:00-13:00"]},
    holidays=["CN"],
    half_days=[{"names": "除夕", "hours": "09:00-12:00"}],
)
print(hotline.compile().picture(date(2026, 2, 12), date(2026, 2, 17)))

night_desk = Calendar(timezone="America/New_York", weekly={"mon-sun": ["22:00-06:00"]})
print()
print(night_desk.compile().picture(date(2026, 3, 7), date(2026, 3, 9)))
