"""The cases of a file in the form of ``loyalty.json``, and what answers each kind that this library serves."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol

from servicekit.events import Activity, CustomerEvent, Enrolled, Purchase, PurchaseLine
from servicekit.quantity import Money
from servicekit.testing import SlowTiers
from servicekit.tiers import TierProgram
from tests.conformance.earn_and_expiry import earn, expiry
from tests.conformance.ledger_answers import booking, ledger
from tests.conformance.liability_answers import liability
from tests.conformance.test_segments import answer_dormant, answer_rfm

Given = Mapping[str, Any]
Seen = dict[str, Any]

BUNDLED = Path(__file__).parent / "vectors" / "loyalty.json"
WHEN = {"period_end": "at_review"}


def is_loyalty_file(path: Path) -> bool:
    """Whether a file has the form of ``vectors/loyalty.json``."""
    found = json.loads(path.read_text("utf-8"))
    return isinstance(found, dict) and "conventions" in found


def cases_of(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cases"]
    return cases


def loyalty_files(given: list[Path]) -> list[Path]:
    """The files of a run, the bundled one first; another of the same content is the same."""
    files = [BUNDLED, *(path for path in given if is_loyalty_file(path))]
    return list({path.read_bytes(): path for path in reversed(files)}.values())[::-1]


def summary(path: Path) -> str:
    """What is asserted of a file and what not, in a line for the terminal."""
    kinds = Counter(case["kind"] for case in cases_of(path))
    served = sum(kinds[kind] for kind in ANSWERS)
    left = [f"{count} {kind}" for kind, count in kinds.most_common() if kind not in ANSWERS]
    return f"{served} asserted; {kinds.total() - served} not served yet ({', '.join(left) or 'none'})"


class Standing(Protocol):
    """What the engine and the slow judge both tell of a customer."""

    @property
    def tier(self) -> str: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def missing(self) -> Mapping[str, Decimal] | Mapping[str, Fraction]: ...


def program_of(given: Given) -> TierProgram:
    """The programme of a case; every metric but spend comes as an activity."""
    downgrade = dict(given.get("downgrade", {"when": "never"}))
    if "grace_days" in downgrade:
        downgrade["grace"] = f"{downgrade.pop('grace_days')}cd"
    downgrade["when"] = WHEN.get(downgrade["when"], downgrade["when"])
    validity = given.get("validity", {"kind": "period_end"})
    metrics = {metric for tier in given["tiers"] for metric in tier.get("min", ())}
    return TierProgram.model_validate(
        {
            "currency": "CNY",
            "window": window_of(given["window"]),
            "validity": f"{validity['months']} months" if validity["kind"] == "months" else validity["kind"],
            "downgrade": downgrade,
            "activities": sorted(metrics - {"spend"}),
            "levels": {tier["name"]: level_of(tier) for tier in given["tiers"]},
        }
    )


def window_of(given: Given) -> str:
    match given["kind"]:
        case "calendar":
            return str(given["unit"])
        case "rolling_days":
            return f"rolling {given['days']} days"
        case "rolling_months":
            return f"rolling {given['months']} months"
        case kind:
            return str(kind)


def level_of(tier: Given) -> Given:
    needs = {name: f"{least} CNY" if name == "spend" else Decimal(least) for name, least in tier.get("min", {}).items()}
    return {"qualify": {tier.get("match", "all"): needs}} if needs else {}


def events_of(given: Given) -> Iterator[CustomerEvent]:
    yield Enrolled("m-1", date.fromisoformat(given["program"]["enrolled_on"]))
    for number, event in enumerate(given["events"]):
        on = date.fromisoformat(event["on"])
        for metric, value in event.items():
            if metric == "spend":
                yield Purchase("m-1", on, f"o-{number}", (PurchaseLine(Money(Decimal(value), "CNY")),))
            elif metric != "on":
                yield Activity("m-1", on, metric, Decimal(value))


def answer_of(status: Standing) -> Seen:
    until = status.valid_until
    missing = {name: str(value) for name, value in status.missing.items()}
    return {
        "tier": status.tier,
        "valid_until": until and until.isoformat(),
        "missing_to_next": missing or None,
    }


def last_day(given: Given) -> date:
    return max(map(date.fromisoformat, (*given["queries"], *(event["on"] for event in given["events"]))))


def tiers(given: Given) -> Seen:
    engine, events = program_of(given["program"]).compile(), list(events_of(given))
    history = engine.fold(events, last_day(given))["m-1"].history
    return {
        "history": [[str(change.on), change.old, change.new, change.kind] for change in history],
        "answers": [answer_of(engine.fold(events, date.fromisoformat(day))["m-1"]) for day in given["queries"]],
    }


def slow_tiers(given: Given) -> Seen:
    """The same of the slow judge."""
    slow, events = SlowTiers(program_of(given["program"])), list(events_of(given))
    history = slow.fold(events, last_day(given))["m-1"].history
    return {
        "history": [[str(on), *change] for on, *change in history],
        "answers": [answer_of(slow.fold(events, date.fromisoformat(day))["m-1"]) for day in given["queries"]],
    }


ANSWERS: dict[str, Callable[[Given], Seen]] = {
    "ledger": ledger,
    "booking": booking,
    "liability": liability,
    "tier": tiers,
    "earn": earn,
    "expiry": expiry,
    "rfm": lambda given: {"scores": answer_rfm(given)},
    "dormant": lambda given: {"status": answer_dormant(given)},
}
"""A function for each kind; the kinds without one are counted as not served yet."""
