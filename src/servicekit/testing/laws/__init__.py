"""Laws that calendars, interval sets, SLA clocks and comparisons of policies keep, as functions to call on your own
objects.

Each takes the object and the values to try it with, returns nothing where it holds and raises
:class:`~servicekit.testing.LawBroken` where it does not, with the values that show it. Draw the values from
:mod:`servicekit.testing.strategies`, or name them.

Of calendars (``calendars/``):

* ``elapsed``: open time is additive, signed and bounded; adding it is the inverse.
* ``openings``: next, previous, snap and is_open agree with the open intervals.
* ``check``: :func:`check_open_hours`, all of the above at once; ``open_hours`` says what they ask of an object.
* ``days``: business days are counted alike, whichever way.
* ``algebra``: :func:`check_algebra`; calendars made of calendars are open as the sets of their open times.
* ``explanations``: what is explained is so, and for the most specific reason.
* ``documents``: what is written, resolved or pickled answers as the original.
* ``sources``: :func:`check_day_source`, for a source of holidays of your own.

Of all else:

* ``clocks``: what a verdict may depend on, and what must change nothing; fold and step, explanations, wake-ups.
* ``policies``: :func:`check_replay`, two policies on the same cases; a looser target turns no hit into a miss.
* ``walking``: the engine and :class:`~servicekit.testing.SlowClocks`, which walks, come to the same verdicts.
* ``sets``: the measure of unions, intersections, differences and complements of interval sets.

To add a law, add a function to the file of its subject, name it here, and let :func:`check_open_hours` call it.
"""

from servicekit.testing.laws.broken import LawBroken
from servicekit.testing.laws.calendars.algebra import (
    check_algebra,
    combining_is_that_of_sets,
    complement_twice_is_itself,
    de_morgan_holds,
    measures_add_up,
    shifting_moves_open_time,
    shifts_add_up,
)
from servicekit.testing.laws.calendars.check import check_open_hours
from servicekit.testing.laws.calendars.days import (
    BusinessDates,
    business_day_agrees_with_counting,
    business_days_between_counts,
)
from servicekit.testing.laws.calendars.documents import (
    form_reads_back,
    pickles_answer_alike,
    resolved_answers_alike,
)
from servicekit.testing.laws.calendars.elapsed import (
    add_is_nearest_or_farthest,
    add_undoes_elapsed,
    adds_compose,
    elapsed_is_additive,
    elapsed_is_bounded,
    elapsed_is_signed,
    is_open_agrees_with_elapsed,
    zero_adds_nothing,
)
from servicekit.testing.laws.calendars.explanations import (
    explanation_agrees_with_is_open,
    explanation_follows_its_parts,
    explanation_names_the_layer,
)
from servicekit.testing.laws.calendars.open_hours import OpenHours
from servicekit.testing.laws.calendars.openings import (
    neighbours_agree_with_open_between,
    open_between_agrees_with_elapsed,
    open_between_is_orderly,
    open_between_mirrors,
    snap_lands_on_business,
)
from servicekit.testing.laws.calendars.sources import check_day_source
from servicekit.testing.laws.clocks import (
    closed_verdicts_stay,
    due_is_no_earlier_when_more_is_promised,
    due_moves_by_the_open_time_of_a_pause,
    explanation_partitions_the_clock,
    extra_message_changes_nothing,
    fold_is_iterated_step,
    looser_target_keeps_what_was_met,
    pause_in_closed_time_changes_nothing,
    same_verdicts,
    state_survives_json,
    states_never_change,
    verdict_ignores_the_future,
    wake_ups_miss_nothing,
)
from servicekit.testing.laws.policies import (
    attainment_is_that_of_the_outcomes,
    check_replay,
    every_case_is_counted_once,
    flips_add_up_to_the_difference,
    looser_target_turns_no_hit_into_a_miss,
    same_policy_flips_nothing,
    swapping_mirrors,
)
from servicekit.testing.laws.sets import (
    complement_fills_the_rest,
    membership_is_half_open,
    operations_are_those_of_sets,
    totals_merge,
)
from servicekit.testing.laws.walking import walking_agrees

__all__ = [
    "BusinessDates",
    "LawBroken",
    "OpenHours",
    "add_is_nearest_or_farthest",
    "add_undoes_elapsed",
    "adds_compose",
    "attainment_is_that_of_the_outcomes",
    "business_day_agrees_with_counting",
    "business_days_between_counts",
    "check_algebra",
    "check_day_source",
    "check_open_hours",
    "check_replay",
    "closed_verdicts_stay",
    "combining_is_that_of_sets",
    "complement_fills_the_rest",
    "complement_twice_is_itself",
    "de_morgan_holds",
    "due_is_no_earlier_when_more_is_promised",
    "due_moves_by_the_open_time_of_a_pause",
    "elapsed_is_additive",
    "elapsed_is_bounded",
    "elapsed_is_signed",
    "every_case_is_counted_once",
    "explanation_agrees_with_is_open",
    "explanation_follows_its_parts",
    "explanation_names_the_layer",
    "explanation_partitions_the_clock",
    "extra_message_changes_nothing",
    "flips_add_up_to_the_difference",
    "fold_is_iterated_step",
    "form_reads_back",
    "is_open_agrees_with_elapsed",
    "looser_target_keeps_what_was_met",
    "looser_target_turns_no_hit_into_a_miss",
    "measures_add_up",
    "membership_is_half_open",
    "neighbours_agree_with_open_between",
    "open_between_agrees_with_elapsed",
    "open_between_is_orderly",
    "open_between_mirrors",
    "operations_are_those_of_sets",
    "pause_in_closed_time_changes_nothing",
    "pickles_answer_alike",
    "resolved_answers_alike",
    "same_policy_flips_nothing",
    "same_verdicts",
    "shifting_moves_open_time",
    "shifts_add_up",
    "snap_lands_on_business",
    "state_survives_json",
    "states_never_change",
    "swapping_mirrors",
    "totals_merge",
    "verdict_ignores_the_future",
    "wake_ups_miss_nothing",
    "walking_agrees",
    "zero_adds_nothing",
]
