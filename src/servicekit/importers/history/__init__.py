"""A history of changes as a table: one row is one change of one field of a case.

``mapping`` is the document, ``changes`` turns the rows of one case into its events, ``histories`` gathers them and is
the table open for reading. Rows of one case may stand apart, so the whole log is read before the first case comes out.
"""

from servicekit.importers.history.histories import read_history
from servicekit.importers.history.mapping import HistoryMapping

__all__ = ["HistoryMapping", "read_history"]
