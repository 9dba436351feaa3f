"""Service policies as typed, executable, testable objects.

Describe a policy in a document, compile it, ask it: ``now`` is always an argument, nothing is global.
The nouns below are the ones that the README uses; everything else lives in its room
(``from servicekit.sla import Pause``). Nothing deeper than one dot is public.

This front door is lazy (PEP 562): a name loads its room when it is first asked for.

>>> import servicekit
>>> servicekit.format_duration(servicekit.parse_duration("1h30m"))
'1h30m'
"""

from importlib import import_module

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
        layout,
        policy,
        quantity,
        reports,
        rules,
        sla,
        testing,
        timeline,
        vocabulary,
        whatif,
    )
    from servicekit.calendars import Calendar, CompiledCalendar
    from servicekit.desk import DeskReport, ServiceDesk
    from servicekit.document import Document, Loaded, read
    from servicekit.errors import Address, PolicyError, Problem, ServiceKitError, ServiceKitWarning
    from servicekit.events import Case
    from servicekit.importers import TableMapping, read_cases
    from servicekit.policy import PolicyEngine, ServicePolicy
    from servicekit.quantity import Money, Ratio
    from servicekit.reports import render
    from servicekit.sla import Attainment, CaseView, Outcome, SlaEngine, SlaPolicy, fold
    from servicekit.timeline import (
        BusinessDays,
        CalendarDays,
        DayRule,
        Duration,
        Interval,
        IntervalSet,
        format_duration,
        parse_duration,
    )
    from servicekit.vocabulary import Vocabulary
    from servicekit.whatif import Comparison, replay

__version__ = "0.1.0"

__all__ = [
    "Address",
    "Attainment",
    "BusinessDays",
    "Calendar",
    "CalendarDays",
    "Case",
    "CaseView",
    "Comparison",
    "CompiledCalendar",
    "DayRule",
    "DeskReport",
    "Document",
    "Duration",
    "Interval",
    "IntervalSet",
    "Loaded",
    "Money",
    "Outcome",
    "PolicyEngine",
    "PolicyError",
    "Problem",
    "Ratio",
    "ServiceDesk",
    "ServiceKitError",
    "ServiceKitWarning",
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
    "layout",
    "parse_duration",
    "policy",
    "quantity",
    "read",
    "read_cases",
    "render",
    "replay",
    "reports",
    "rules",
    "sla",
    "testing",
    "timeline",
    "vocabulary",
    "whatif",
]

_NOUNS = {
    "Address": "errors",
    "Attainment": "sla",
    "BusinessDays": "timeline",
    "Calendar": "calendars",
    "CalendarDays": "timeline",
    "Case": "events",
    "CaseView": "sla",
    "Comparison": "whatif",
    "CompiledCalendar": "calendars",
    "DayRule": "timeline",
    "DeskReport": "desk",
    "Document": "document",
    "Duration": "timeline",
    "Interval": "timeline",
    "IntervalSet": "timeline",
    "Loaded": "document",
    "Money": "quantity",
    "Outcome": "sla",
    "PolicyEngine": "policy",
    "PolicyError": "errors",
    "Problem": "errors",
    "Ratio": "quantity",
    "ServiceDesk": "desk",
    "ServiceKitError": "errors",
    "ServiceKitWarning": "errors",
    "ServicePolicy": "policy",
    "SlaEngine": "sla",
    "SlaPolicy": "sla",
    "TableMapping": "importers",
    "Vocabulary": "vocabulary",
    "fold": "sla",
    "format_duration": "timeline",
    "parse_duration": "timeline",
    "read": "document",
    "read_cases": "importers",
    "render": "reports",
    "replay": "whatif",
}
"""Which room each noun comes from; a test compares this with the block that type checkers read."""


if not TYPE_CHECKING:  # a checker reads the block above, and so reports a name that does not exist

    def __getattr__(name):
        """A noun from its room, or a room; kept, so that the next look is an ordinary one."""
        if name in _NOUNS:
            value = getattr(import_module(f"servicekit.{_NOUNS[name]}"), name)
        elif name in __all__:
            value = import_module(f"servicekit.{name}")
        else:
            raise AttributeError(f"module 'servicekit' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted(__all__)
