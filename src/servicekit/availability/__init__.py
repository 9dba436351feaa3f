"""Availability: how much of the time, or of the events, a service was good, in exact fractions.

What lives here. Promises on time: :class:`UptimeSla` and its :class:`UptimeMeter` (``uptime.py``), which measures
:class:`Outage` and :class:`Maintenance` records (``outage.py``), exactly or in slices of time (``slices.py``). Promises
on events: :class:`Slo` (``slo.py``), read from OpenSLO documents and written to them (``openslo/``). Both lead to error
budgets (``budget.py``), burn rates and alerts (``burn.py``, ``sre_alerts.py``), service credits (``credit.py``), and
verdicts, which ``verdict_table.py`` shows. The availability of a system made of parts is composed in ``compose.py``.

It may import ``calendars``, ``timeline``, ``quantity`` and below; it knows no other subject. To add a way of
counting slices, see ``slices.py``; to add a kind of system, write a document beside :class:`Serial` and name it in
``compose.py``'s forms.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.availability.budget import ErrorBudget, allowed_downtime, allowed_slices
from servicekit.availability.burn import (
    BurnAlert,
    CompiledAlert,
    burn_factor,
    burn_rate,
    exhaustion,
)
from servicekit.availability.credit import CompiledCredits, CreditBand, CreditTable
from servicekit.availability.outage import Maintenance, Outage
from servicekit.availability.uptime import Uptime, UptimeMeter, UptimeSla, UptimeVerdict

if TYPE_CHECKING:
    from servicekit.availability.compose import KOfN, Parallel, Serial, k_of_n, parallel, serial
    from servicekit.availability.openslo import OpenSlo, from_openslo, to_openslo
    from servicekit.availability.slo import Objective, Slo, SloEngine, SloVerdict
    from servicekit.availability.sre_alerts import SRE_ALERTS

__all__ = [
    "SRE_ALERTS",
    "BurnAlert",
    "CompiledAlert",
    "CompiledCredits",
    "CreditBand",
    "CreditTable",
    "ErrorBudget",
    "KOfN",
    "Maintenance",
    "Objective",
    "OpenSlo",
    "Outage",
    "Parallel",
    "Serial",
    "Slo",
    "SloEngine",
    "SloVerdict",
    "Uptime",
    "UptimeMeter",
    "UptimeSla",
    "UptimeVerdict",
    "allowed_downtime",
    "allowed_slices",
    "burn_factor",
    "burn_rate",
    "exhaustion",
    "from_openslo",
    "k_of_n",
    "parallel",
    "serial",
    "to_openslo",
]

if not TYPE_CHECKING:  # a policy promises uptime alone
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "compose": "KOfN Parallel Serial k_of_n parallel serial",
            "openslo": "OpenSlo from_openslo to_openslo",
            "slo": "Objective Slo SloEngine SloVerdict",
            "sre_alerts": "SRE_ALERTS",
        },
    )
