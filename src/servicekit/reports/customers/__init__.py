"""What reports say of customers: blocks for people, plain data for programs.

``tier_blocks`` and ``tier_records`` are for where customers stand, for one of them, and for two programmes;
``segment_blocks`` and ``segment_records`` for who they are, and for lists of whom to contact. ``heat_maps``,
``tier_chart`` and ``points_charts`` draw them.
"""

from servicekit.reports.customers.segment_blocks import SegmentAnswer, segment_blocks
from servicekit.reports.customers.segment_records import segment_record
from servicekit.reports.customers.tier_blocks import MemberTier, TierAnswer, tier_blocks
from servicekit.reports.customers.tier_records import tier_record

__all__ = [
    "MemberTier",
    "SegmentAnswer",
    "TierAnswer",
    "segment_blocks",
    "segment_record",
    "tier_blocks",
    "tier_record",
]
