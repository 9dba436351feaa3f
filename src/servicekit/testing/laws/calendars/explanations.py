"""Laws of explanations: they tell what is so, and why."""

from __future__ import annotations

from datetime import datetime

from servicekit.calendars import AllOf, AnyOf, CompiledCalendar, Complement, Difference, Explanation, Shifted
from servicekit.testing.laws.law_broken import demand
from servicekit.testing.slow import SlowCalendar


def explanation_agrees_with_is_open(hours: CompiledCalendar, moment: datetime) -> None:
    """``explain(t).is_open`` is ``is_open(t)``; a break or a closure is closed, an opening open.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}, breaks={"mon-fri": "12:00-13:00"})
    >>> explanation_agrees_with_is_open(desk.compile(), datetime(2026, 1, 5, 12, tzinfo=UTC))

    Raises:
        LawBroken: it is not.
    """
    told, is_open = hours.explain(moment), hours.is_open(moment)
    demand(told.is_open == is_open, "explain(t).is_open == is_open(t)", t=moment, explanation=told)
    demand(not told.is_open or told.layer not in ("break", "closure"), "breaks are closed", t=moment, explanation=told)
    demand(told.is_open or told.layer != "opening", "openings are open", t=moment, explanation=told)
    explanation_follows_its_parts(hours, moment)


def explanation_follows_its_parts(hours: CompiledCalendar, moment: datetime) -> None:
    """A calendar made of calendars is open by what it says of its parts; other calendars have none.

    Raises:
        LawBroken: it is not, or parts are missing.
    """
    told, form = hours.explain(moment), hours.calendar
    states = [part.is_open for part in told.parts]
    match form:
        case AnyOf():
            expected, count = any(states), len(form.any_of)
        case AllOf():
            expected, count = all(states), len(form.all_of)
        case Difference():
            expected, count = states == [True, False], 2
        case Complement():
            expected, count = states == [False], 1
        case Shifted():
            expected, count = states == [True], 1
        case _:
            expected, count = told.is_open, 0
    demand(len(states) == count, "every part of an algebra is explained", t=moment, explanation=told)
    demand(told.is_open == expected, "an algebra is open by what it says of its parts", t=moment, explanation=told)


def explanation_names_the_layer(hours: CompiledCalendar, slow: SlowCalendar, moment: datetime) -> Explanation:
    """``explain(t).layer`` is the most specific layer that speaks about ``t``, as the slow calendar finds it.

    >>> from datetime import UTC
    >>> from servicekit.calendars import Calendar
    >>> desk = Calendar(timezone="UTC", weekly={"mon-fri": "09:00-17:00"}, extra_holidays={"2026-01-05": "move"})
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> explanation_names_the_layer(desk.compile(), SlowCalendar(desk), noon).reason
    'move'

    Raises:
        LawBroken: it is another.
    """
    told, layer = hours.explain(moment), slow.layer(moment)
    demand(told.layer == layer, "explain(t) names the deciding layer", t=moment, explanation=told, expected=layer)
    return told
