"""The commands about customers: ``tiers`` says where they stand.

``purchases`` reads what they bought, for each of the commands.
"""
