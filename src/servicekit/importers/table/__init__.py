"""The wide ticket table: one row is one case, with a column for each stamp and each fact.

``mapping`` is the document, ``rows`` turns the cells of a row into events, ``cases`` is the table open for reading.
To read one more kind of stamp, add its column to :class:`CaseColumns` and its event to ``rows``.
"""

from servicekit.importers.table.cases import read_cases
from servicekit.importers.table.mapping import TableMapping

__all__ = ["TableMapping", "read_cases"]
