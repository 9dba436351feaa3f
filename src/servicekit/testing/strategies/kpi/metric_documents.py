"""Strategies for metrics: of every kind in full, over the rows of ``table_rows.py``, and those of the field by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from servicekit.kpi import (
    STANDARD,
    DurationMetric,
    MeanMetric,
    Metric,
    NetMetric,
    Population,
    QuantileMetric,
    RatioMetric,
    StandardMetric,
    SumMetric,
    Term,
    WithinMetric,
)
from servicekit.kpi.metric import negated
from servicekit.rules import All, Any_, Compare, Condition, DatePart, Exists, where

_LENGTHS = ("wait_us", "handled_us")
_QUANTILES = st.sampled_from(("0.1", "0.25", "0.5", "0.9"))
_KEEPS = st.sampled_from(("values", "bins"))
_CONTACTS = (
    where(outcome="answered"),
    where(channel=["chat", "phone"], outcome=["answered", "abandoned"]),
    Compare(field="wait_us", op="le", value=20_000_000),
    Compare(field="transfers", op="ge", value=1),
    Compare(field="channel", op="ne", value="bot"),
    Exists(field="customer_id", op="exists"),
    DatePart(field="at", op="weekday", one_of=("sat", "sun"), timezone="Asia/Shanghai"),
    DatePart(field="at", op="hour", one_of=(0, 1, 12, 13), timezone="America/New_York"),
)


def contact_conditions() -> st.SearchStrategy[Condition]:
    """Conditions on rows of contacts: single ones, and some that are made of several.

    >>> from hypothesis import find
    >>> find(contact_conditions(), lambda condition: isinstance(condition, All)).to_dict()
    {'all': [{'outcome': 'answered'}, {'outcome': 'answered'}]}
    """
    one: st.SearchStrategy[Condition] = st.sampled_from(_CONTACTS)
    return st.recursive(
        one,
        lambda parts: st.one_of(
            parts.map(negated),
            st.tuples(parts, parts).map(lambda both: All(all=both)),
            st.tuples(parts, parts).map(lambda both: Any_(any=both)),
        ),
        max_leaves=3,
    )


def metrics() -> st.SearchStrategy[Metric]:
    """Metrics of all seven kinds that read contacts, and beside them cases, cost and work.

    >>> from hypothesis import find
    >>> find(metrics(), lambda metric: metric.kind == "net").unit
    'points'
    """
    contacts = _contacts()
    column = st.sampled_from(_LENGTHS)
    ends = st.sampled_from((20_000_000, 60_000_000))
    plus = ends.map(lambda limit: Compare(field="wait_us", op="ge", value=limit))
    minus = ends.map(lambda limit: Compare(field="wait_us", op="lt", value=min(limit, 20_000_000)))
    quantile = {"q": _QUANTILES, "method": st.sampled_from(("linear", "nearest_rank"))}
    return st.one_of(
        st.builds(RatioMetric, of=contact_conditions(), **contacts),
        st.builds(RatioMetric, of=contact_conditions(), per=_terms(), scale=st.just(1000), **contacts),
        st.builds(RatioMetric, distinct=st.sampled_from(("customer_id", "channel")), per=_terms(), **contacts),
        st.builds(RatioMetric, column=column, per=_terms(), unit=st.just("rate"), **contacts),
        st.builds(MeanMetric, column=column, unit=st.just("duration"), **contacts),
        st.builds(NetMetric, plus=plus, minus=minus, **contacts),
        st.builds(SumMetric, column=st.none() | column, **contacts),
        st.builds(QuantileMetric, column=column, unit=st.just("duration"), keep=_KEEPS, **quantile, **contacts),
        st.builds(DurationMetric, length=column, ended=contact_conditions(), q=_QUANTILES, keep=_KEEPS, **contacts),
        _case_durations(),
        within_metrics(),
    )


def _contacts() -> dict[str, Any]:
    return {
        "table": st.just("contact"),
        "where": st.just(where()) | contact_conditions(),
        "leave_out": st.dictionaries(st.sampled_from(("first", "second")), contact_conditions(), max_size=2),
    }


def _terms() -> st.SearchStrategy[Term]:
    work = st.lists(st.sampled_from(("paid_us", "idle_us")), unique=True).map(tuple)
    return st.one_of(
        st.builds(Term, table=st.just("contact"), where=contact_conditions()),
        st.builds(Term, table=st.just("work"), columns=work, where=st.just(where()) | st.just(where(channel="chat"))),
    )


def _case_durations() -> st.SearchStrategy[DurationMetric]:
    ends = st.sampled_from(("resolved_at", "first_response_at"))
    cases = {"table": st.just("case"), "start": st.just("opened_at"), "end": ends, "clock": st.just("wall")}
    return st.builds(DurationMetric, until=st.sampled_from((None, "cancelled_at")), q=_QUANTILES, keep=_KEEPS, **cases)


def within_metrics() -> st.SearchStrategy[WithinMetric]:
    """Metrics that look at what follows a contact: another one, or one of some kind.

    >>> from hypothesis import find
    >>> find(within_metrics(), lambda metric: metric.per == "episode").within
    datetime.timedelta(0)
    """
    followers = st.builds(Population, table=st.just("contact"), where=contact_conditions())
    keys = st.sampled_from((("customer_id",), ("customer_id", "channel")))
    told = {
        "at": st.just("at"),
        "key": keys,
        "within": st.sampled_from(("0d", "12h", "1d", "3d")),
        "counts": st.sampled_from(("followed", "not_followed")),
        "of": st.just(where()) | contact_conditions(),
        **_contacts(),
    }
    return st.one_of(
        st.builds(WithinMetric, per=st.sampled_from(("row", "episode", "first")), **told),
        st.builds(WithinMetric, follower=followers, per=st.sampled_from(("row", "first")), **told),
    )


_SETTINGS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    "csat": {
        "method": ("top_box", "top2", "binary", "passed", "mean", "mean100"),
        "low": (1,),
        "high": (5,),
        "pass_from": (4,),
    },
    "nps": {"interval": ("adjusted_wald", "mover"), "half_marks": (False, True)},
    "ces": {"method": ("mean", "agree", "index"), "low": (1,), "high": (7,), "easy_from": (5, 6), "hard_to": (3,)},
    "first_response": {"q": ("0.5", "0.9"), "clock": ("wall",)},
    "next_response": {"q": ("0.5",), "method": ("linear", "nearest_rank")},
    "resolution_time": {"q": ("0.5",), "clock": ("wall",), "reading": ("first", "last")},
    "first_contact_resolution": {
        "of": ("contact", "case"),
        "by": ("customer", "customer_and_issue"),
        "within": ("1d", "7d"),
        "per": ("contact", "episode"),
    },
    "resolution_rate": {"view": ("cohort", "flow")},
    "transfer_rate": {"of": ("contact", "case")},
    "escalation_rate": {"of": (where(issue_type="complaint"),)},
    "promises_kept": {"metric": ("resolution",), "convention": ("all_labelled", "promised", "stopped")},
    "service_level": {
        "within": ("20s",),
        "variant": (
            "abandoned_in_counts_as_met",
            "answered_only",
            "all_abandons_count_against",
            "abandons_within_threshold_ignored",
            "short_abandons_count_as_met",
            "short_abandons_removed",
            "genesys_no_abandons",
            "genesys_flowouts",
        ),
        "short": ("5s",),
    },
    "handling_time": {"per": ("contact", "leg")},
    "abandonment": {"short": (None, "5s")},
    "patience": {"q": ("0.25", "0.5")},
    "deflection": {"self_service": (("bot",),), "within": ("1d",)},
    "self_service": {"self_service": (("bot",),)},
    "complaint_rate": {"issue_types": (("complaint",),), "per": ("cases", "orders")},
    "repurchase": {"within": ("1d", "3d")},
    "quality_score": {"form": ("calls",)},
    "quality_coverage": {"form": ("calls",)},
    "training_pass": {"form": ("course",)},
}
"""Settings of the metrics that have any that must be said."""


def standard_metrics() -> st.SearchStrategy[StandardMetric]:
    """Metrics of the field, by every variant, for all rows or for those of one channel.

    >>> from hypothesis import find
    >>> find(standard_metrics(), lambda metric: metric.kind == "patience").definition().kind
    'duration'
    """
    return st.sampled_from(sorted(STANDARD)).flatmap(_of_the_field)


def _of_the_field(name: str) -> st.SearchStrategy[StandardMetric]:
    make: Callable[..., StandardMetric] = STANDARD[name]
    settings = {setting: st.sampled_from(values) for setting, values in _SETTINGS.get(name, {}).items()}
    meant = [where()] if name == "cost_per_contact" else [where(), where(channel="chat")]  # costs have no channel
    return st.builds(make, where=st.sampled_from(meant), **settings)
