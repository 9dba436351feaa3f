"""What ``servicekit.statistics`` answers to the groups of ``vectors/kpi.json`` that it serves, in their form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from servicekit.statistics import (
    ErlangA,
    ErlangC,
    Estimate,
    KaplanMeier,
    clopper_pearson,
    erlang_b,
    erlang_b_lines,
    erlang_b_traffic,
    newcombe,
    nps_interval,
    quantile,
    wilson,
)
from servicekit.statistics.erlang import Staffing

Given = Mapping[str, Any]
Seen = dict[str, Any]


def limits(found: Estimate | None) -> Seen:
    assert found is not None
    return {"low": found.low, "high": found.high}


def wilson_limits(given: Given) -> Seen:
    return limits(wilson(given["x"], given["n"], given["confidence"]))


def clopper_pearson_limits(given: Given) -> Seen:
    return limits(clopper_pearson(given["x"], given["n"], given["confidence"]))


def newcombe_difference(given: Given) -> Seen:
    found = newcombe((given["x1"], given["n1"]), (given["x2"], given["n2"]), given["confidence"])
    assert found is not None
    return {"diff": found.value, **limits(found)}


def nps_limits(given: Given) -> Seen:
    """The file's ``centre`` is that of the interval before it is cut at -100 or 100: three answers are added."""
    counts = given["promoters"], given["passives"], given["detractors"]
    found = nps_interval(*counts, confidence=given["confidence"])
    assert given["method"] == "adjusted_wald_3"
    assert found is not None
    return {"nps": found.value, "centre": 100 * (counts[0] - counts[2]) / (sum(counts) + 3), **limits(found)}


def erlang_b_answers(given: Given) -> Seen:
    match given:
        case {"lines": lines, "traffic": traffic}:
            return {"blocking": erlang_b(lines, traffic)}
        case {"lines": lines, "blocking": blocking}:
            return {"traffic": erlang_b_traffic(lines, blocking)}
        case {"traffic": traffic, "blocking": blocking}:
            lines = erlang_b_lines(traffic, blocking)
            return {"lines": lines, "blocking_at_lines": erlang_b(lines, traffic)}
        case _:
            raise AssertionError(given)


def erlang_c_answers(given: Given) -> Seen:
    queue = ErlangC(given["calls"], given["period_s"], given["aht_s"], given["agents"])
    return {
        "traffic": queue.traffic,
        "p_wait": queue.p_wait,
        "immediate": 1 - queue.p_wait,
        "service_level": queue.service_level(given["target_s"]),
        "asa_s": queue.mean_wait,
        "occupancy": queue.occupancy,
        "stable": queue.is_stable,
    }


def erlang_c_staffing(given: Given) -> Seen:
    if "shrinkage" in given:
        found = Staffing(ErlangC(100, 1800, 180, given["agents"]), 0.8, 20)
        return {
            "scheduled": found.scheduled(given["shrinkage"]),
            "naive_float_ceil": ceil(given["agents"] / (1 - float(given["shrinkage"]))),
        }
    queue = ErlangC(given["calls"], given["period_s"], given["aht_s"], 0)
    found = queue.staffing(given["service_level"], given["target_s"], max_occupancy=given["max_occupancy"])
    return {"agents": found.agents}


def erlang_a_answers(given: Given) -> Seen:
    """One case of the group has the figures of Erlang C for the same queue."""
    if "target_s" in given:
        return erlang_c_answers(given)
    service = given["service_min"] if "service_min" in given else 1 / given["service_rate"]
    patience = given["patience_min"] if "patience_min" in given else 1 / given["abandon_rate"]
    queue = ErlangA(given["arrivals_per_min"], 1, service, given["agents"], patience)
    figures = {name: getattr(queue, name) for name in ("p_wait", "p_abandon", "mean_wait", "mean_queue", "occupancy")}
    return {**figures, "time_unit": "same as the rates (minutes here)"}


def kaplan_meier_answers(given: Given) -> Seen:
    found = KaplanMeier.of(given["durations"], map(bool, given["observed"]))
    names = {"t": "time", "at_risk": "at_risk", "events": "events", "survival": "survival", "greenwood_se": "error"}
    curve = [{name: getattr(step, ours) for name, ours in names.items()} for step in found.steps]
    quantiles = {name: found.quantile(q) for name, q in (("median", 0.5), ("p90", 0.9))}
    return {"curve": curve, **{name: each and each.value for name, each in quantiles.items()}}


def quantile_answers(given: Given) -> Seen:
    return {
        "linear": quantile(given["values"], given["q"], "linear"),
        "nearest_rank": quantile(given["values"], given["q"], "nearest_rank"),
    }


STATISTICS_ANSWERS: Mapping[str, Callable[[Given], Seen]] = {
    "wilson": wilson_limits,
    "clopper_pearson": clopper_pearson_limits,
    "newcombe_diff": newcombe_difference,
    "nps_ci": nps_limits,
    "erlang_b": erlang_b_answers,
    "erlang_c": erlang_c_answers,
    "erlang_c_staffing": erlang_c_staffing,
    "erlang_a": erlang_a_answers,
    "kaplan_meier": kaplan_meier_answers,
    "quantile": quantile_answers,
}
