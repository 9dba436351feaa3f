"""Strategies for what is told of the service itself: contacts, surveys, evaluations and the time of agents.

Some of everything is not recorded, as in real exports; numbers of contacts, cases and customers repeat, so that records
of several kinds belong together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import get_args

from hypothesis import strategies as st

from servicekit.events import (
    Answer,
    Contact,
    ContactOutcome,
    Evaluation,
    Invitation,
    Leg,
    Mark,
    Moment,
    Scale,
    WorkTime,
)
from servicekit.testing.strategies.loyalty.customers import moments
from servicekit.testing.strategies.streams import facts
from servicekit.testing.strategies.time import instants, intervals

SCALES = {"csat": Scale(1, 5), "nps": Scale(0, 10), "ces": Scale(1, 7), "stars": Scale(0, 5, Decimal("0.5"))}
"""The instruments of the answers drawn here, each with its scale."""
AGENTS = ("li.wei", "zhao.min")

_CUSTOMERS = ("m-1", "m-2", "m-3")
_LONGEST = timedelta(hours=30)
_NAMES = st.integers(1, 20).map(str)
_customers = st.none() | st.sampled_from(_CUSTOMERS)
_agents = st.none() | st.sampled_from(AGENTS)
_cases = st.none() | st.just("C-1")
_contacts = st.none() | _NAMES.map("K-{}".format)


def _lengths() -> st.SearchStrategy[timedelta | None]:
    whole = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))
    return st.none() | whole | st.timedeltas(timedelta(), _LONGEST)


def contacts(
    *,
    at: st.SearchStrategy[datetime] = instants(),  # noqa: B008 - a value
    max_legs: int = 3,
    outcomes: Sequence[ContactOutcome] = get_args(ContactOutcome),
) -> st.SearchStrategy[Contact]:
    """Contacts of every outcome, over midnight, too; some of nobody, and with lengths that are not recorded.

    >>> from hypothesis import find
    >>> find(contacts(), lambda contact: contact.outcome == "abandoned").legs
    ()
    """
    queues = st.sampled_from((None, "sales", "support"))
    waited = st.builds(Leg, _lengths(), queue=queues)
    taken = st.builds(Leg, *(_lengths() for _ in range(4)), queues, st.sampled_from(AGENTS))
    return st.builds(
        Contact,
        _NAMES.map("K-{}".format),
        at,
        st.sampled_from(outcomes),
        st.lists(waited | taken, max_size=max_legs).map(tuple),
        _customers,
        _cases,
        facts(),
    )


def invitations(*, at: st.SearchStrategy[Moment] = moments()) -> st.SearchStrategy[Invitation]:  # noqa: B008 - a value
    """Invitations to a survey, of which some bounced.

    >>> from hypothesis import find
    >>> find(invitations(), lambda invitation: invitation.bounced).at
    datetime.date(2025, 1, 1)
    """
    names = _NAMES.map("i-{}".format)
    return st.builds(Invitation, names, at, _customers, _cases, _contacts, st.booleans(), facts())


def answers(
    *,
    at: st.SearchStrategy[Moment] = moments(),  # noqa: B008 - a value
    instruments: Sequence[str] = tuple(SCALES),
) -> st.SearchStrategy[Answer]:
    """Answers to some of :data:`SCALES`, on their scales; some are blank, and some answer one invitation twice.

    >>> from hypothesis import find
    >>> find(answers(instruments=["nps"]), lambda answer: answer.score == 10).scale
    Scale(low=0, high=10, step=1)
    """

    def answer(instrument: str) -> st.SearchStrategy[Answer]:
        scale = SCALES[instrument]
        names, asked = _NAMES.map("a-{}".format), st.none() | _NAMES.map("i-{}".format)
        scores = st.none() | _scores(scale)
        parts = (scores, st.just(scale), _customers, _cases, _contacts, asked, _agents, facts())
        return st.builds(Answer, names, at, st.just(instrument), *parts)

    return st.sampled_from(instruments).flatmap(answer)


def _scores(scale: Scale) -> st.SearchStrategy[int | Decimal]:
    steps = int((scale.high - scale.low) / scale.step)
    return st.integers(0, steps).map(lambda n: scale.low + n * scale.step)


def evaluations(*, at: st.SearchStrategy[Moment] = moments()) -> st.SearchStrategy[Evaluation]:  # noqa: B008 - a value
    """Evaluations of contacts and cases, and of nothing but a course; with marks that do not apply, and without.

    >>> from hypothesis import find
    >>> find(evaluations(), lambda evaluation: bool(evaluation.critical_failures)).critical_failures
    ('greeting',)
    """
    items = ("greeting", "compliance", "solution")
    mark = st.builds(Mark, st.sampled_from(items), st.none() | st.integers(0, 10), st.just(10))
    verdicts = st.sampled_from((None, True, False))
    percent = Scale(0, 100)
    return st.builds(
        Evaluation,
        _NAMES.map("q-{}".format),
        at,
        st.sampled_from(AGENTS),
        st.sampled_from(("calls", "onboarding")),
        st.none() | _scores(percent),
        st.just(percent),
        st.lists(mark, max_size=3, unique_by=lambda each: each.item).map(tuple),
        st.lists(st.sampled_from(items), max_size=2, unique=True).map(tuple),
        verdicts,
        _agents,
        _contacts,
        _cases,
        facts(),
    )


def work_times() -> st.SearchStrategy[WorkTime]:
    """Days and shifts of agents, with times that are not recorded.

    >>> from hypothesis import find
    >>> find(work_times(), lambda work: work.idle is not None).idle
    datetime.timedelta(0)
    """
    days = moments().filter(lambda moment: not isinstance(moment, datetime))
    return st.builds(WorkTime, st.sampled_from(AGENTS), days | intervals(), *(_lengths() for _ in range(4)), facts())
