"""What a calendar document says when it is asked what only its engine answers (fault F4)."""

from __future__ import annotations

import copy
import pickle

import pytest

from servicekit.calendars import Calendar

DESK = Calendar(timezone="UTC", weekly={"mon": "09:00-17:00"})


@pytest.mark.parametrize("name", ["elapsed", "due", "is_open", "explain"])
def test_a_document_that_is_asked_shows_the_call(name: str) -> None:
    for document in (DESK, DESK | DESK):
        with pytest.raises(AttributeError, match=rf"no attribute '{name}'.*calendar\.compile\(\)\.{name}"):
            getattr(document, name)


def test_other_names_are_refused_as_ever() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'elapsd'$"):
        getattr(DESK, "elapsd")  # noqa: B009 - a checker would report the plain form
    assert pickle.loads(pickle.dumps(DESK)) == copy.deepcopy(DESK) == DESK
    assert not hasattr(DESK, "_time")
