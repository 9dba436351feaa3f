"""The same cases under another policy: two policies and cases in, a comparison out.

What lives here: :func:`replay` judges every case by both policies, and :class:`ReplayRun` does so in a stream
(``replay.py``). Every pair of verdicts is counted in :class:`Transitions` (``transitions.py``), from which all else is
derived: attainment before and after, the difference, and who is better off (:data:`Change`). :class:`Comparison` holds
these counts by metric and group (``comparison.py``, ``line.py``), with the pairs that differ as :class:`Flip`
(``flip.py``). :func:`replay_tiers` (``tier_replay.py``) lets customers live under two tier programmes; a
:class:`TierComparison` (``tier_comparison.py``) says who moves, when, and at what cost. :func:`replay_points`
(``points_replay.py``) books a journal of points anew under two loyalty programmes; a :class:`PointsComparison`
(``points_comparison.py``) says who gains, what it costs and what is owed. ``reports``, a floor above, makes texts and
files of them.

It may import every room up to ``policy``, and not ``desk``. To add a kind of change, name it in
``transitions.py``.
"""

from servicekit.whatif.comparison import Comparison, PolicyName, SidedProblems
from servicekit.whatif.flip import FLIP_COLUMNS, Flip, first_of_each
from servicekit.whatif.line import ComparedLine
from servicekit.whatif.points_comparison import PointsComparison
from servicekit.whatif.points_replay import replay_points
from servicekit.whatif.replay import FLIPS_KEPT, ReplayRun, replay
from servicekit.whatif.tier_comparison import TIER_MOVE_COLUMNS, TierComparison, TierMove, TierSide
from servicekit.whatif.tier_replay import replay_tiers
from servicekit.whatif.transitions import CHANGES, Change, Transitions, Verdict, change

__all__ = [
    "CHANGES",
    "FLIPS_KEPT",
    "FLIP_COLUMNS",
    "TIER_MOVE_COLUMNS",
    "Change",
    "ComparedLine",
    "Comparison",
    "Flip",
    "PointsComparison",
    "PolicyName",
    "ReplayRun",
    "SidedProblems",
    "TierComparison",
    "TierMove",
    "TierSide",
    "Transitions",
    "Verdict",
    "change",
    "first_of_each",
    "replay",
    "replay_points",
    "replay_tiers",
]
