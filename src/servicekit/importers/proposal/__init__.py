"""A mapping for an export that nobody has described yet: what the file tells, and what a person must confirm.

``sample`` looks at the file, ``products`` tells the export of a help desk, ``column_roles`` which column is what (by
the words in ``words``), ``stamp_formats`` how stamps are written. ``table_mapping`` makes a mapping of that,
``proposal`` tries it on the export, and ``commented`` writes it down with remarks. Tables of purchases have
``purchase_mapping``, those of the service ``service_tables``, which is loaded when it
is asked for. To teach it a language, add words to
``words``.
"""

from servicekit.importers.proposal.proposal import Proposal, propose
from servicekit.importers.proposal.purchase_mapping import propose_purchases

__all__ = ["Proposal", "propose", "propose_purchases"]
