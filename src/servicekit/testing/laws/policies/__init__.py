"""Laws of policies at work.

* ``replays``: :func:`check_replay`, two policies on the same cases; a looser target turns no hit into a miss.

To add a law, add a function to the file of its subject and name it here and in the map above this one.
"""

from servicekit.testing.laws.policies.replays import (
    attainment_is_that_of_the_outcomes,
    check_replay,
    every_case_is_counted_once,
    flips_add_up_to_the_difference,
    looser_target_turns_no_hit_into_a_miss,
    same_policy_flips_nothing,
    swapping_mirrors,
)

__all__ = [
    "attainment_is_that_of_the_outcomes",
    "check_replay",
    "every_case_is_counted_once",
    "flips_add_up_to_the_difference",
    "looser_target_turns_no_hit_into_a_miss",
    "same_policy_flips_nothing",
    "swapping_mirrors",
]
