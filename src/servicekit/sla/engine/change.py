"""What becomes of a running clock when its case is promised something else."""

from __future__ import annotations

from servicekit.sla.engine.clock import Clock, Leg
from servicekit.sla.row import ChangeMode

__all__ = ["changed"]


def changed(clock: Clock, leg: Leg, mode: ChangeMode) -> tuple[Leg, ...]:
    """The legs of the clock from now on.

    A clock that was promised nothing until now is counted from its start whatever the mode, unless that is
    ``restart``: there is no older target by which its time could have been kept.
    """
    legs = clock.legs
    if mode == "restart":
        return (leg,)
    if mode == "retroactive" or legs[-1].goal is None:
        return (leg._replace(since=clock.started),)
    if legs[-1].since == leg.since:
        return (*legs[:-1], leg)
    return (*legs, leg)
