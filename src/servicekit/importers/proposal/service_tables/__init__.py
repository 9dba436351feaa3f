"""Mappings for tables of the service that nobody has described yet: contacts, answers, evaluations, working time,
outages.

``guessed_columns`` tells which column is what, by the words in ``service_words``; ``scores`` which scale scores are on;
``service_proposal`` makes a mapping of that and tries it. To teach it a language, add words to ``service_words``.
"""

from servicekit.importers.proposal.service_tables.service_proposal import propose_service
from servicekit.importers.proposal.service_tables.service_words import ServiceName

__all__ = ["ServiceName", "propose_service"]
