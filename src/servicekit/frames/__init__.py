"""Data frames in, data frames out: business time over whole columns.

What lives here: the numpy kernel that all engines share (``kernel.py``), columns to and from it (``columns.py``), the
questions (``questions.py``), the engines' ways of running them (``engines.py``), and the verbs (``calendar.py`` for
frames, ``arrays.py`` for numpy, ``grid.py`` for SQL alone). Numpy, narwhals and the frame libraries are guests of this
room and of no other; install them with ``servicekit[frames]`` and your engine.

It may import everything up to ``desk``. To add an engine, add its maker to ``columns.py`` or its runner to
``engines.py``.
"""

from servicekit._extras import require

require("numpy", extra="frames")
require("narwhals", extra="frames")

from servicekit.frames.arrays import due_array, elapsed_array, is_open_array  # noqa: E402 - guests are asked for first
from servicekit.frames.calendar import due, elapsed, is_open  # noqa: E402
from servicekit.frames.grid import GridTable  # noqa: E402

__all__ = ["GridTable", "due", "due_array", "elapsed", "elapsed_array", "is_open", "is_open_array"]
