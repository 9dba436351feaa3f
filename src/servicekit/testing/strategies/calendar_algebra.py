"""Strategies for calendars of every form."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from servicekit.calendars import AllOf, AnyCalendar, AnyOf, Calendar, Complement, Difference, Shifted
from servicekit.testing.strategies.calendars import calendars
from servicekit.testing.strategies.time import spans, zone_names
from servicekit.testing.strategies.weeks import MINUTE

_HALF_A_DAY = timedelta(hours=12)


def any_calendars(
    *,
    calendars: st.SearchStrategy[Calendar] = calendars(),  # noqa: B008 - a value
    max_depth: int = 2,
    shifts: st.SearchStrategy[timedelta] = spans(  # noqa: B008 - a value
        min_value=-_HALF_A_DAY, max_value=_HALF_A_DAY, step=MINUTE
    ),
) -> st.SearchStrategy[AnyCalendar]:
    """Calendars of every form: some of ``calendars``, and unions, intersections, differences, complements and shifts.

    An algebra stands in another at most ``max_depth`` deep; with 0 there are only ``calendars``.

    >>> from hypothesis import Phase, find, settings
    >>> few = settings(phases=[Phase.generate], database=None, max_examples=2000)
    >>> form = find(any_calendars(), lambda form: isinstance(form, Shifted), settings=few)
    >>> abs(form.by) <= timedelta(hours=12)
    True
    """
    forms: st.SearchStrategy[AnyCalendar] = calendars
    for _ in range(max_depth):
        some = st.lists(forms, min_size=1, max_size=2).map(tuple)
        zone = st.none() | zone_names()
        forms = st.one_of(
            calendars,
            st.builds(AnyOf, any_of=some, timezone=zone),
            st.builds(AllOf, all_of=some, timezone=zone),
            st.builds(Difference, of=forms, minus=forms, timezone=zone),
            st.builds(Complement, complement=forms, timezone=zone),
            st.builds(Shifted, shifted=forms, by=shifts, timezone=zone),
        )
    return forms
