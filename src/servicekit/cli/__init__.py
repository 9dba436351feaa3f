"""The command line: ``servicekit report | replay | due | hours | check | columns | init``.

What lives here: the arguments (``arguments``), one file per command, and what a terminal asks for (``progress``,
``outfile``, ``documents``, ``words``). The commands that begin from an export alone are in ``first_steps``. A command
only reads files, calls the rooms below and prints; all that it knows, a program can have from those rooms without it.

Exit codes: 0 done; 1 a document or the data cannot be used, or an output cannot be written; 2 wrong usage. A bad row
is reported and does not fail the run, unless ``--strict`` asks for it. Nothing ends in a traceback.

It may import every room. To add a command, add its arguments, one file with a function that returns the exit code,
and a case in ``command``.
"""

from servicekit.cli.command import main

__all__ = ["main"]
