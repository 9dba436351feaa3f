"""Data frames in, data frames out: business time over whole columns.

What lives here: the numpy kernel that all engines share (``kernel.py``, its columns cut up by ``chunks.py``) and its
answers about arrays (``answers.py``); columns to and from frames (``columns.py``), the questions (``questions.py``) and
the engines' ways of asking them (``engines.py``); the verbs (``calendar.py`` for frames, ``arrays.py`` for numpy,
``grid.py`` for SQL alone). Whole cases are judged in ``cases/``.

It may import every room up to ``desk``, and is the only one to know numpy, narwhals and the frame libraries, which come
with ``servicekit[polars]``, ``[duckdb]`` or ``[spark]``. To add an engine whose frames are eager, add the maker of its
columns to ``columns.py``; a lazy one gets its way of running a question in ``engines.py``.
"""

from servicekit._extras import require

require("numpy", extra="frames")
require("narwhals", extra="frames")

from servicekit.frames.arrays import (  # noqa: E402 - only after the extra is known to be there
    Lengths,
    Stamps,
    due_array,
    elapsed_array,
    is_open_array,
)
from servicekit.frames.calendar import due, elapsed, is_open  # noqa: E402
from servicekit.frames.cases import (  # noqa: E402
    AnyColumns,
    AnyPolicy,
    EventColumns,
    TicketPause,
    WideColumns,
    outcome_problems,
    outcomes,
    outcomes_wide,
)
from servicekit.frames.grid import GridTable  # noqa: E402
from servicekit.frames.questions import By, Calendars, RowAmount  # noqa: E402

__all__ = [
    "AnyColumns",
    "AnyPolicy",
    "By",
    "Calendars",
    "EventColumns",
    "GridTable",
    "Lengths",
    "RowAmount",
    "Stamps",
    "TicketPause",
    "WideColumns",
    "due",
    "due_array",
    "elapsed",
    "elapsed_array",
    "is_open",
    "is_open_array",
    "outcome_problems",
    "outcomes",
    "outcomes_wide",
]
