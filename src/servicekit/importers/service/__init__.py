"""Tables of the service itself: contacts, surveys, evaluations, the time of agents; and the list of all sources.

``service_mapping`` is what the mappings have in common, ``service_row`` reads the cells of a row by one, and
``service_table`` accounts for every row. ``contact_table``, ``answer_table``, ``evaluation_table`` and ``work_table``
are a mapping each with the reader of its rows; ``sources`` names the file and the mapping of every table. To add a
table, give it a file with both, and its place in ``sources``.
"""

from servicekit.importers.service.answer_table import AnswerMapping, read_answers
from servicekit.importers.service.contact_table import ContactMapping, read_contacts
from servicekit.importers.service.evaluation_table import EvaluationMapping, read_evaluations
from servicekit.importers.service.sources import Source, SourceList, Sources, read_sources
from servicekit.importers.service.work_table import WorkMapping, read_work

__all__ = [
    "AnswerMapping",
    "ContactMapping",
    "EvaluationMapping",
    "Source",
    "SourceList",
    "Sources",
    "WorkMapping",
    "read_answers",
    "read_contacts",
    "read_evaluations",
    "read_sources",
    "read_work",
]
