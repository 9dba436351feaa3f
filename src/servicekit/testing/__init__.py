"""Testing tools: what checks this library, for checking what is built on it.

What lives here: Hypothesis strategies for its objects (:mod:`~servicekit.testing.strategies`), the laws they keep as
functions (:mod:`~servicekit.testing.laws`), and a calendar, clocks and tiers that are slow and easy to believe
(:class:`SlowCalendar`, :class:`SlowClocks`, :class:`SlowTiers`).

    from servicekit.testing import laws, strategies as sks

It may import every room but ``importers``, ``reports`` and ``cli``, and needs the extra ``testing``. To add a law or a
strategy, see the maps of those two packages.
"""

from servicekit._extras import require

require("hypothesis", extra="testing")

from servicekit.testing import laws, strategies  # noqa: E402 - only after the extra is known to be there
from servicekit.testing.laws.law_broken import LawBroken  # noqa: E402
from servicekit.testing.slow import SlowCalendar, SlowClocks, SlowOutcome, SlowStatus, SlowTiers  # noqa: E402

__all__ = [
    "LawBroken",
    "SlowCalendar",
    "SlowClocks",
    "SlowOutcome",
    "SlowStatus",
    "SlowTiers",
    "laws",
    "strategies",
]
