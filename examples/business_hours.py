"""Was a call answered within two hours of hotline time? Run it; it prints:

Fri 13 Feb 17:30, open: True
due Sat 14 Feb 10:00
answered after 2:15:00, in time: False
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from servicekit import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
hotline = Calendar(timezone="Asia/Shanghai", weekly={"mon-fri": ["09:00-18:30"]}, holidays=["CN"]).compile()

called = datetime(2026, 2, 13, 17, 30, tzinfo=SHANGHAI)  # a Friday; the Saturday after it is a make-up working day
answered = datetime(2026, 2, 14, 10, 15, tzinfo=SHANGHAI)

due = hotline.add(called, timedelta(hours=2))
waited = hotline.elapsed(called, answered)
print(f"{called:%a %d %b %H:%M}, open: {hotline.is_open(called)}")
print(f"due {hotline.local(due):%a %d %b %H:%M}")
print(f"answered after {waited}, in time: {answered <= due}")
