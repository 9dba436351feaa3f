"""The switchboard: a policy and cases in, outcomes and a report out. No arithmetic happens here.

What lives here: :class:`ServiceDesk` hands every case to the engine of the policy and counts what comes back;
:class:`DeskReport` is the count, as a frozen value, whose columns of attainment are in ``attainment_row.py``;
:class:`Intake` passes on only the cases of an import, and counts the rest. :func:`earn_points` hands purchases to a
ledger, each with the tier in force before it, and counts what comes back in a :class:`PointsRun`; :func:`kpi_tables`
hands records to the tables that metrics read. What one month or one quarter comes to is told in ``service_period/``.
Files, formats and pictures are the business of the floor above.

It may import every room up to ``policy``. To report one more thing, add a field to :class:`DeskReport` and fill it
in :class:`~servicekit.desk.desk.DeskRun`.
"""

from servicekit.desk.desk import DeskRun, ServiceDesk
from servicekit.desk.intake import Intake, Latest
from servicekit.desk.measured_tables import kpi_tables
from servicekit.desk.purchase_points import PointsRun, earn_points
from servicekit.desk.report import Counted, DeskReport, Line

__all__ = [
    "Counted",
    "DeskReport",
    "DeskRun",
    "Intake",
    "Latest",
    "Line",
    "PointsRun",
    "ServiceDesk",
    "earn_points",
    "kpi_tables",
]
