"""The switchboard: a policy and cases in, outcomes and a report out. No arithmetic happens here.

What lives here: :class:`ServiceDesk` hands every case to the engine of the policy and counts what comes back;
:class:`DeskReport` is the count, as a frozen value; :class:`Imported` is the form in which importers bring cases.
Files, formats and pictures are the business of the floor above.

It may import every room up to ``policy``. To report one more thing, add a field to :class:`DeskReport` and fill it
in :class:`~servicekit.desk.desk.DeskRun`.
"""

from servicekit.desk.desk import DeskRun, ServiceDesk
from servicekit.desk.intake import Imported
from servicekit.desk.report import Counted, DeskReport, DueSource, Line, ProblemGroup

__all__ = ["Counted", "DeskReport", "DeskRun", "DueSource", "Imported", "Line", "ProblemGroup", "ServiceDesk"]
