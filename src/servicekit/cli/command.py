"""The front door: from arguments to an exit code, whatever happens in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING

from servicekit.cli.arguments import UsageError, parser
from servicekit.cli.words import for_a_shell, of_the_system, tell
from servicekit.errors import PolicyError, ServiceKitError, ServiceKitWarning, shown

if TYPE_CHECKING:
    from argparse import Namespace
    from types import FrameType


_FAULT, _USAGE, _INTERRUPTED, _SIGNALLED = 1, 2, 130, 128
_ENDING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; ``argv`` are the arguments behind the program's name.

    >>> main(["hours", "no-such-file.yaml", "hotline", "--from", "2026-02-14"])
    1

    Raises:
        SystemExit: argparse has printed its help or a usage error, or the process was told to end.
    """
    _occupy_closed_descriptors()
    arguments = parser().parse_args(argv)
    _never_fail_on_a_character()
    with _ended_in_order(), warnings.catch_warnings(record=True) as caught:
        # Python makes None of a stream that the shell has closed: `>&-`
        code = _say("the output is closed", code=_FAULT) if sys.stdout is None else _guarded(arguments)
    # One line each, without the line of source code that Python would add.
    return _say(*dict.fromkeys(f"warning: {warning.message}" for warning in caught), code=code)


def _occupy_closed_descriptors() -> None:
    """Let no file that is opened later become what standard output or standard error was: ``--outcomes /dev/stderr``
    would write over it."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # which takes the lowest number that is free


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let TERM and HUP leave every ``with`` block, where they would end the process at once.

    One that is ignored (``nohup``) or that the calling program handles itself is left alone.
    """
    in_main = threading.current_thread() is threading.main_thread()
    taken = [number for number in _ENDING if in_main and signal.getsignal(number) is signal.SIG_DFL]

    told = False

    def end(number: int, _: FrameType | None) -> None:
        nonlocal told
        if not told:  # a second one does not disturb the leaving
            told = True
            raise SystemExit(_SIGNALLED + number)

    for each in taken:
        signal.signal(each, end)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


def _guarded(arguments: Namespace) -> int:
    _speak_utf_8_in_pages(arguments)
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _say(f"usage: {error}", code=_USAGE)
    except PolicyError as error:
        return _say(*shown(error.problems), code=_FAULT)
    except BrokenPipeError:
        _give_up_stdout()
        return _say("the output was closed before the end", code=_FAULT)
    except OSError as error:
        _give_up_stdout()
        return _say(of_the_system(error), code=_FAULT)
    except (ServiceKitError, ServiceKitWarning) as error:
        return _say(*for_a_shell(str(error)).splitlines(), code=_FAULT)
    except KeyboardInterrupt:
        return _say("interrupted", code=_INTERRUPTED)


def _run(arguments: Namespace) -> int:
    # Each command is imported only when it is run: `servicekit --help` should not load pydantic.
    match arguments.command:
        case "report":
            from servicekit.cli.reports.report import report as command
        case "replay":
            from servicekit.cli.reports.replay import replay as command
        case "tiers" | "segments" | "points" | "scorecard" | "metrics":
            return _run_by_subject(arguments)
        case "due":
            from servicekit.cli.due import due as command
        case "hours":
            from servicekit.cli.hours import hours as command
        case "columns":
            from servicekit.cli.first_steps.columns import columns as command
        case "init":
            from servicekit.cli.first_steps.init import init as command
        case _:
            from servicekit.cli.check import check as command
    return command(arguments)


def _run_by_subject(arguments: Namespace) -> int:
    if arguments.command == "tiers":
        from servicekit.cli.customers.tiers import tiers as command
    elif arguments.command == "points":
        from servicekit.cli.points.verbs import points as command
    elif arguments.command == "scorecard":
        from servicekit.cli.figures.scorecard import scorecard as command
    elif arguments.command == "metrics":
        from servicekit.cli.figures.definitions import metrics as command
    else:
        from servicekit.cli.customers.segments import segments as command
    return command(arguments)


def _say(*lines: str, code: int) -> int:
    tell(sys.stderr, *(f"servicekit: {line}" for line in lines))
    return code


def _never_fail_on_a_character() -> None:
    """A terminal that cannot show a character shows its code instead."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _speak_utf_8_in_pages(arguments: Namespace) -> None:
    """What goes into files and mails is in UTF-8, whatever the terminal takes: an HTML file says so itself."""
    if getattr(arguments, "format", "") in ("html", "email", "csv") and isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")


def _give_up_stdout() -> None:
    """Where it is stdout that failed: what is still buffered would fail once more at the interpreter's end."""
    with suppress(OSError):
        sys.stdout.flush()
        return
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
