"""The commands about customers: ``tiers`` says where they stand, ``segments`` who they are and whom to contact.

``purchases`` reads what they bought, for both.
"""
