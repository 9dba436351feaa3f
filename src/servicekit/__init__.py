"""Service policies as typed, executable, testable objects.

Describe a policy in a document, compile it, ask it: ``now`` is always an argument, nothing is global.
The nouns below are the ones that the README uses; everything else lives in its room
(``from servicekit.sla import Pause``). Nothing deeper than one dot is public.

This front door is lazy (PEP 562): a name loads its room when it is first asked for.

>>> import servicekit
>>> servicekit.format_duration(servicekit.parse_duration("1h30m"))
'1h30m'
"""

from servicekit._lazy_names import lazy_names

TYPE_CHECKING = False  # assigned, not imported: the typing module would be the costliest import here
if TYPE_CHECKING:
    from servicekit import (
        availability,
        calendars,
        desk,
        document,
        errors,
        events,
        frames,
        importers,
        kpi,
        layout,
        loyalty,
        policy,
        quantity,
        reports,
        rules,
        segments,
        sla,
        statistics,
        stores,
        testing,
        tiers,
        timeline,
        vocabulary,
        whatif,
    )
    from servicekit.calendars import Calendar, CompiledCalendar
    from servicekit.desk import ServiceDesk
    from servicekit.document import Document, read
    from servicekit.errors import PolicyError, Problem, ServiceKitError
    from servicekit.events import Case
    from servicekit.importers import TableMapping, read_cases
    from servicekit.kpi import Scorecard
    from servicekit.loyalty import Ledger, LoyaltyProgram
    from servicekit.policy import PolicyEngine, ServicePolicy
    from servicekit.quantity import Money, Ratio
    from servicekit.reports import render
    from servicekit.sla import Attainment, Outcome, SlaEngine, SlaPolicy, fold
    from servicekit.timeline import (
        BusinessDays,
        CalendarDays,
        Interval,
        format_duration,
        parse_duration,
    )
    from servicekit.vocabulary import Vocabulary
    from servicekit.whatif import replay

__version__ = "0.1.0"

__all__ = [
    "Attainment",
    "BusinessDays",
    "Calendar",
    "CalendarDays",
    "Case",
    "CompiledCalendar",
    "Document",
    "Interval",
    "Ledger",
    "LoyaltyProgram",
    "Money",
    "Outcome",
    "PolicyEngine",
    "PolicyError",
    "Problem",
    "Ratio",
    "Scorecard",
    "ServiceDesk",
    "ServiceKitError",
    "ServicePolicy",
    "SlaEngine",
    "SlaPolicy",
    "TableMapping",
    "Vocabulary",
    "__version__",
    "availability",
    "calendars",
    "desk",
    "document",
    "errors",
    "events",
    "fold",
    "format_duration",
    "frames",
    "importers",
    "kpi",
    "layout",
    "loyalty",
    "parse_duration",
    "policy",
    "quantity",
    "read",
    "read_cases",
    "render",
    "replay",
    "reports",
    "rules",
    "segments",
    "sla",
    "statistics",
    "stores",
    "testing",
    "tiers",
    "timeline",
    "vocabulary",
    "whatif",
]

_ROOMS = {
    "availability": "",
    "calendars": "Calendar CompiledCalendar",
    "desk": "ServiceDesk",
    "document": "Document read",
    "errors": "PolicyError Problem ServiceKitError",
    "events": "Case",
    "frames": "",
    "importers": "TableMapping read_cases",
    "kpi": "Scorecard",
    "layout": "",
    "loyalty": "Ledger LoyaltyProgram",
    "policy": "PolicyEngine ServicePolicy",
    "quantity": "Money Ratio",
    "reports": "render",
    "rules": "",
    "segments": "",
    "sla": "Attainment Outcome SlaEngine SlaPolicy fold",
    "statistics": "",
    "stores": "",
    "testing": "",
    "tiers": "",
    "timeline": "BusinessDays CalendarDays Interval format_duration parse_duration",
    "vocabulary": "Vocabulary",
    "whatif": "replay",
}
"""The rooms, and the nouns that come from each; a test compares this with the block that type checkers read."""

if not TYPE_CHECKING:  # a checker reads the block above, and so reports a name that does not exist
    __getattr__, __dir__ = lazy_names(__name__, _ROOMS)
