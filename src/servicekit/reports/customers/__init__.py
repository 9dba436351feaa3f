"""What reports say of customers: blocks for people, plain data for programs.

``tier_blocks`` and ``tier_records`` are for where customers stand, for one of them, and for two programmes.
"""

from servicekit.reports.customers.tier_blocks import TierAnswer, tier_blocks
from servicekit.reports.customers.tier_records import tier_record

__all__ = ["TierAnswer", "tier_blocks", "tier_record"]
