"""Tiers: who stands where, since when, until when, and why.

What lives here. A programme as a document (:class:`TierProgram`, ``program.py``, its faults in ``program_check.py``):
the :class:`QualificationWindow` (``window.py``), the :class:`Criteria` of each :class:`Level` (``criteria.py``), how it
is lost (:class:`Downgrade`) and what it gives (:class:`Benefits`, ``benefits.py``). The engine made of it
(:class:`TierEngine`, ``engine.py``): a whole history at once (:class:`TierRun`, ``run.py``) or event by event
(:class:`TierState`, ``state.py``), and the answer, a :class:`TierStatus` with its history, progress and picture
(``standing/``). The days of one account are in ``account/``.

It may import ``events``, ``timeline``, ``quantity`` and below; it knows no other subject. To add a standard metric,
name it in ``criteria.py`` and count it in ``account/day_sums.py``; to add a kind of window, see
``account/window_days.py``; to add a benefit, add a field to :class:`Benefits`.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names
from servicekit.tiers.benefits import Benefits
from servicekit.tiers.criteria import Criteria
from servicekit.tiers.program import Downgrade, Level, SpendBasis, TierProgram
from servicekit.tiers.window import QualificationWindow

if TYPE_CHECKING:
    from servicekit.tiers.account.account_json import TierStateError
    from servicekit.tiers.engine import ProgramVersion, TierEngine, TierStep
    from servicekit.tiers.run import TierRun
    from servicekit.tiers.standing.status import Progress, TierChange, TierSpan, TierStatus
    from servicekit.tiers.state import TierState

__all__ = [
    "Benefits",
    "Criteria",
    "Downgrade",
    "Level",
    "ProgramVersion",
    "Progress",
    "QualificationWindow",
    "SpendBasis",
    "TierChange",
    "TierEngine",
    "TierProgram",
    "TierRun",
    "TierSpan",
    "TierState",
    "TierStateError",
    "TierStatus",
    "TierStep",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "account.account_json": "TierStateError",
            "engine": "ProgramVersion TierEngine TierStep",
            "run": "TierRun",
            "state": "TierState",
            "standing.status": "Progress TierChange TierSpan TierStatus",
        },
    )
