"""Key figures in the form of ``kpi.json``: for each group of cases, the answers to an input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from servicekit.events import Answer, Scale
from servicekit.kpi import (
    Abandonment,
    AnyMetric,
    Backlog,
    Ces,
    CostPerContact,
    Csat,
    FirstContactResolution,
    HandlingTime,
    Measurement,
    MetricTarget,
    Nps,
    Occupancy,
    PromisesKept,
    ReopenRate,
    Results,
    Retention,
    Scorecard,
    ServiceLevel,
    States,
    TrainingPass,
    Utilisation,
)
from servicekit.quantity.exact import rounded

Given = Mapping[str, Any]
Row = dict[str, Any]

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND = 1_000_000


def results(metric: AnyMetric, data: Mapping[str, list[Any]], as_of: datetime | None = None, **card: Any) -> Results:
    return Scorecard(metrics={"m": metric}, **card).compile().measure(data, as_of=as_of)


def measured(metric: AnyMetric, **data: list[Any]) -> Measurement:
    return results(metric, data)["m"]


def told(found: Measurement) -> dict[str, Any]:
    return {"value": found.value, "n": found.n, "low": found.low, "high": found.high}


def answers(instrument: str, scores: list[int | None], low: int, high: int) -> list[Answer]:
    scale = Scale(low, high)
    return [Answer(f"a-{n}", NINE, instrument, score, scale) for n, score in enumerate(scores)]


def nps(given: Given) -> dict[str, Any]:
    if "scores" in given:
        try:
            answers("nps", given["scores"], 0, 10)
        except ValueError as error:
            return {"error": type(error).__name__}
    counts = [given[name] for name in ("promoters", "passives", "detractors")]
    scores = [score for score, n in zip((10, 8, 3), counts, strict=True) for _ in range(n)]
    found, n = measured(Nps(), answer=answers("nps", scores, 0, 10)), sum(counts)
    plus, minus = counts[0] / n, counts[2] / n
    return {"nps": found.value, "variance_unit": plus + minus - (plus - minus) ** 2}


def csat(given: Given) -> dict[str, Any]:
    if given["method"] == "binary":
        scores = [1] * given["good"] + [0] * given["bad"]
        return told(measured(Csat(method="binary", low=0, high=1), answer=answers("csat", scores, 0, 1)))
    low, high = given["scale"]
    found = measured(
        Csat(method=given["method"], low=low, high=high), answer=answers("csat", given["scores"], low, high)
    )
    return {**told(found), "response_rate": found.n / (found.n + found.left_out.get("unanswered", 0))}


def ces(given: Given) -> dict[str, Any]:
    scores = [int(score) for score, n in given["counts"].items() for _ in range(n)]
    ends = {"easy_from": min(given.get("easy", [6])), "hard_to": max(given.get("hard", [3]))}
    return told(measured(Ces(method=given["method"], low=1, high=7, **ends), answer=answers("ces", scores, 1, 7)))


def contacts(outcome: str, wait_s: int, n: int) -> list[Row]:
    return [{"outcome": outcome, "wait_us": wait_s * SECOND}] * n


def service_level(given: Given) -> dict[str, Any]:
    """Abandons within the threshold are short ones, which wait 3 s, and others, which wait 10 s."""
    short, abandoned_in = given.get("short_abandoned", 0), given.get("abandoned_in", 0)
    rows = contacts("answered", 20, given["answered_in"])
    rows += contacts("answered", 21, given["answered"] - given["answered_in"])
    rows += contacts("abandoned", 3, short) + contacts("abandoned", 10, abandoned_in - short)
    rows += contacts("abandoned", 60, given["abandoned"] - abandoned_in) + contacts(
        "flowed_out", 5, given.get("flow_outs", 0)
    )
    return told(measured(ServiceLevel(within="20s", variant=given["method"], short="5s"), contact=rows))


def abandonment(given: Given) -> dict[str, Any]:
    rows = contacts("answered", 9, given["offered"] - given["abandoned"]) + contacts("abandoned", 3, given["short"])
    rows += contacts("abandoned", 60, given["abandoned"] - given["short"])
    return told(measured(Abandonment(short="5s"), contact=rows))


def aht(given: Given) -> dict[str, Any]:
    rows = [
        {"outcome": "answered", "handled_us": group["seconds"] * SECOND // group["handled"], "queue": place}
        for place, group in enumerate(given["groups"])
        for _ in range(group["handled"])
    ]
    engine = Scorecard(metrics={"aht": HandlingTime(per="contact")}).compile()
    found = engine.measure({"contact": rows}, by=["queue"])
    means = [each.value or 0 for each in found if each.group]
    return {"value": (found["aht"].value or 0) / SECOND, "wrong_mean_of_means": sum(means) / len(means) / SECOND}


def work(given: Given) -> dict[str, Any]:
    row = {
        "handling_us": given["handle_s"],
        "idle_us": given.get("idle_s", given.get("available_s")),
        "paid_us": given.get("paid_s"),
    }
    occupancy = measured(Occupancy(), work=[row]).value
    return {"value": occupancy, "occupancy": occupancy, "utilisation": measured(Utilisation(), work=[row]).value}


def fcr(given: Given) -> dict[str, Any]:
    rows = [
        {
            "customer_id": each["customer"],
            "issue_type": each["issue"],
            "opened_at": _utc(each["created"]),
            "resolved_at": each["resolved"] and _utc(each["resolved"]),
            "reopenings": int(each["reopened"]),
        }
        for each in given["tickets"]
    ]
    window = timedelta(days=given["window_days"])
    metric = FirstContactResolution(of="case", by="customer_and_issue", within=window, per="contact")
    found = results(metric, {"case": rows}, _utc(given["as_of"]))["m"]
    seen = {"first_contacts": found.denominator, "resolved_first": found.numerator, "value": found.value}
    return seen | {"immature": found.left_out.get("immature", 0)}


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def sla_attainment(given: Given) -> dict[str, Any]:
    met, missed = given["met"], given["n"] - given["met"]
    rows = [
        {"metric": "resolution", "outcome": name} for name, n in (("met", met), ("missed", missed)) for _ in range(n)
    ]
    target = {"m": MetricTarget(at_least=str(given["target"]))}
    found = results(PromisesKept(metric="resolution", convention="promised"), {"outcome": rows}, targets=target)
    status = found.status("m")
    return {
        **told(found["m"]),
        "meets_point": status in ("met", "met_not_proven"),
        "meets_with_confidence": status == "met",
    }


def backlog(given: Given) -> dict[str, Any]:
    found = Backlog(**given)
    return {"closing": found.closing, "net_flow": found.net_flow, "clearance_rate": float(found.clearance_rate or 0)}


def rates(given: Given) -> dict[str, Any]:
    match given:
        case {"reopened_tickets": again, "resolved": n}:
            rows = [{"first_resolved_at": NINE, "reopenings": int(place < again)} for place in range(n)]
            return told(measured(ReopenRate(), case=rows))
        case {"cost": cost, "contacts": n}:
            paid = [{"at": date(2026, 1, 5), "amount": Decimal(cost)}]
            found = measured(CostPerContact(), cost=paid, contact=contacts("answered", 0, n))
            return {"value": f"{rounded(found.exact or Fraction(0), 2, 'half_even')}"}
        case _:
            rows = [{"form": "f", "passed": place < given["passed"]} for place in range(given["n"])]
            target = {"m": MetricTarget(at_least=str(given["target"]))}
            found = results(TrainingPass(form="f"), {"evaluation": rows}, targets=target)
            return {**told(found["m"]), "meets": found.status("m") in ("met", "met_not_proven")}


def churn(given: Given) -> dict[str, Any]:
    if "lost" in given:
        found = Retention(given["start"], given["lost"], given["new"])
    else:
        found = Retention.between(start=given["start"], end=given["end"], joined=given["new"])
    values = {"churn": found.churn.value, "retention": found.retention.value}
    return {name: None if value is None else float(value) for name, value in values.items()} | {"end": found.end}


def merge(given: Given) -> dict[str, Any]:
    """Each part is measured by itself and told as bytes; the states are added in both orders."""
    engine = Scorecard(metrics={"nps": Nps()}).compile()
    parts = []
    for counts in given["parts"]:
        scores = [score for score, name in ((9, "p"), (7, "n"), (0, "d")) for _ in range(counts[name])]
        parts.append(States.from_bytes(engine.states({"answer": answers("nps", scores, 0, 10)}).to_bytes()))
    forward, backward = parts[0], parts[-1]
    for part in parts[1:]:
        forward |= part
    for part in reversed(parts[:-1]):
        backward |= part
    assert forward == backward
    found = engine.finish(forward)["nps"]
    return {"nps": found.value, "n": found.n}


KPI_ANSWERS: Mapping[str, Callable[[Given], dict[str, Any]]] = {
    "nps": nps,
    "csat": csat,
    "ces": ces,
    "service_level": service_level,
    "abandonment": abandonment,
    "aht": aht,
    "occupancy": work,
    "utilisation": work,
    "fcr": fcr,
    "sla_attainment": sla_attainment,
    "backlog": backlog,
    "rates": rates,
    "churn": churn,
    "merge": merge,
}
"""The answers by group; of ``rates``, two are of the size of teams and samples, which nothing here serves."""

NOT_SERVED = ("rates/qa_sample_exact_multiple", "rates/tickets_cap")
