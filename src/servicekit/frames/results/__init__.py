"""Results as data frames: the rows that every result has, in columns of exact types.

What lives here: :func:`~servicekit.frames.to_frame` (``result_frame.py``), what each column of each result holds
(``result_columns.py``), and how values become columns (``typed_columns.py``). To add a result, name its columns in
``result_columns.py``; to add a library, add the maker of its frames to ``result_frame.py``.
"""

from servicekit.frames.results.result_frame import to_frame

__all__ = ["to_frame"]
