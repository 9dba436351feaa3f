"""Laws that calendars, interval sets, SLA clocks, tiers and comparisons of policies keep, as functions to call on your
own objects.

Each takes the object and the values to try it with, returns nothing where it holds and raises
:class:`~servicekit.testing.LawBroken` where it does not, with the values that show it. Draw the values from
:mod:`servicekit.testing.strategies`, or name them.

The door offers the laws that your own calendars, sources and policies should keep; every file offers more.

Of calendars (``calendars/``):

* ``all_open_hours``: :func:`check_open_hours`, the laws of ``elapsed`` and ``openings`` at once; ``open_hours`` says
  what they ask of an object.
* ``elapsed``: open time is additive, signed and bounded; adding it is the inverse.
* ``openings``: next, previous, snap and is_open agree with the open intervals.
* ``days``: business days are counted alike, whichever way.
* ``algebra``: :func:`check_algebra`; calendars made of calendars are open as the sets of their open times.
* ``explanations``: what is explained is so, and for the most specific reason.
* ``documents``: a calendar that was written, resolved or pickled answers as the original.
* ``sources``: :func:`check_day_source`, for a source of holidays of your own.

Of all else:

* ``clocks``: what a verdict may depend on, and what must change nothing; fold and step, explanations, wake-ups.
* ``slow_clocks``: :func:`agrees_with_slow_clocks`, the engine and :class:`~servicekit.testing.SlowClocks` judge alike.
* ``tiers``: :func:`check_tiers`, the engine and :class:`~servicekit.testing.SlowTiers` agree; what changes nothing.
* ``replays``: :func:`check_replay`, two policies on the same cases; a looser target turns no hit into a miss.
* ``tier_replays``: :func:`check_tier_replay`, two tier programmes on one history; the same rules move nobody.
* ``loyalty/``: ``check_earning``, ``check_ledger``, ``check_store``, ``ledger_machine``: how points are earned, booked
  and kept, over any store.
* ``metrics``: ``check_metrics``, parts of the rows make the whole, and every figure is that of a slow judge; service
  levels rise with what is promised, backlogs and cohorts add up.
* ``segments``: scores of customers are in range and rise with their metric; triggers fire once.
* ``statistics``: intervals of shares, of your own, too; quantiles, survival curves and queues.
* ``interval_sets``: the measure of unions, intersections, differences and complements of interval sets.
* ``law_broken``: the exception, and ``demand``, which raises it.

To add a law, add a function to the file of its subject and let the ``check`` of that subject call it; name it in
``__all__`` here if users should call it alone.
"""

from servicekit.testing.laws.calendars.algebra import check_algebra
from servicekit.testing.laws.calendars.all_open_hours import check_open_hours
from servicekit.testing.laws.calendars.explanations import explanation_names_the_layer
from servicekit.testing.laws.calendars.open_hours import OpenHours
from servicekit.testing.laws.calendars.openings import open_between_agrees_with_elapsed
from servicekit.testing.laws.calendars.sources import check_day_source
from servicekit.testing.laws.clocks import (
    closed_verdicts_stay,
    due_is_no_earlier_when_more_is_promised,
    due_moves_by_the_open_time_of_a_pause,
    explanation_partitions_the_clock,
    extra_message_changes_nothing,
    fold_is_iterated_step,
    pause_in_closed_time_changes_nothing,
    state_survives_json,
    states_never_change,
    verdict_ignores_the_future,
    wake_ups_miss_nothing,
)
from servicekit.testing.laws.replays import check_replay, looser_target_turns_no_hit_into_a_miss
from servicekit.testing.laws.slow_clocks import agrees_with_slow_clocks
from servicekit.testing.laws.tier_replays import check_tier_replay
from servicekit.testing.laws.tiers import check_tiers

__all__ = [
    "OpenHours",
    "agrees_with_slow_clocks",
    "check_algebra",
    "check_day_source",
    "check_open_hours",
    "check_replay",
    "check_tier_replay",
    "check_tiers",
    "closed_verdicts_stay",
    "due_is_no_earlier_when_more_is_promised",
    "due_moves_by_the_open_time_of_a_pause",
    "explanation_names_the_layer",
    "explanation_partitions_the_clock",
    "extra_message_changes_nothing",
    "fold_is_iterated_step",
    "looser_target_turns_no_hit_into_a_miss",
    "open_between_agrees_with_elapsed",
    "pause_in_closed_time_changes_nothing",
    "state_survives_json",
    "states_never_change",
    "verdict_ignores_the_future",
    "wake_ups_miss_nothing",
]
