"""One period of a service: what a monthly report, a quarterly review or a report for one customer tells, in figures.

What lives here: :class:`PeriodReview` is the question (``period_review.py``), :class:`ServicePeriod` the answer, a
frozen value without words or layout (``service_period.py``), made of :class:`Carried` promises, lines by channel and
the like (``breakdown_line.py``), :class:`BrokenPromise`, and points of a trend (``period_trend.py``). On the way
from one to the other, cases are judged (``judging/``) and counted (``period_count.py``), and are rows of metrics
(``measured_period.py``). :class:`UptimeReview` asks the same of outages (``uptime/``); the answer has a
:class:`MeasuredUptime` for each service.

It may import what the desk may. To tell one more thing, add a field to :class:`ServicePeriod` and fill it in
``period_count.py``.
"""

from servicekit.desk.service_period.broken_promise import BrokenPromise
from servicekit.desk.service_period.carried import Carried
from servicekit.desk.service_period.period_review import PeriodReview
from servicekit.desk.service_period.service_period import ServicePeriod, promises_kept
from servicekit.desk.service_period.uptime.measured_uptime import MeasuredUptime
from servicekit.desk.service_period.uptime.uptime_review import UptimeReview

__all__ = [
    "BrokenPromise",
    "Carried",
    "MeasuredUptime",
    "PeriodReview",
    "ServicePeriod",
    "UptimeReview",
    "promises_kept",
]
