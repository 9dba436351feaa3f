"""Data frames in, data frames out: business time over whole columns.

What lives here: the functions of business time (``business_time.py`` for frames, ``business_time_arrays.py`` for numpy,
``sql_calendar_table.py`` for SQL alone); the numpy kernel that they share (``open_time_kernel.py``, long columns cut up
by ``array_chunks.py``) and its answers about arrays (``kernel_answers.py``); the queries that add a column
(``column_queries.py``) and how each library is asked one (``library_dispatch.py``); columns to and from frames
(``frame_columns.py``), whose units and extremes are the business of ``whole_microseconds.py``. Whole cases are judged
in ``cases/``, customers placed in ``customers/``. Results become frames in ``results/``.

It may import every room up to ``desk``, and is the only one to know numpy, narwhals and the frame libraries, which come
with ``servicekit-policy[polars]``, ``[duckdb]`` or ``[spark]``. To add an engine whose frames are eager, add the maker
of its columns to ``frame_columns.py``; a lazy one gets its way of running a query in ``library_dispatch.py``.
"""

from servicekit._extras import require

require("numpy", extra="frames")
require("narwhals", extra="frames")

from servicekit.frames.business_time import due, elapsed, is_open  # noqa: E402
from servicekit.frames.business_time_arrays import (  # noqa: E402 - only after the extra is known to be there
    Lengths,
    Stamps,
    due_array,
    elapsed_array,
    is_open_array,
)
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
from servicekit.frames.column_queries import By, Calendars, RowAmount  # noqa: E402
from servicekit.frames.customers import rfm, tiers  # noqa: E402
from servicekit.frames.results import to_frame  # noqa: E402
from servicekit.frames.sql_calendar_table import GridTable  # noqa: E402

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
    "rfm",
    "tiers",
    "to_frame",
]
