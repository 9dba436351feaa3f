"""The CDNOW sample as histories: 2,357 customers, who joined in early 1997 and were watched until September."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from servicekit.events import Purchase
from servicekit.kpi.clv import PurchaseHistories
from servicekit.segments import summarise
from tests.segments.cdnow import purchases

END = date(1997, 9, 30)


def sample(shared_data: Path) -> list[Purchase]:
    """All purchases of the sample, through June 1998."""
    return list(purchases(shared_data / "cdnow" / "CDNOW_sample.txt.gz"))


def histories(bought: list[Purchase]) -> PurchaseHistories:
    """What was known at ``END``, by customer id; the mean spend is that of the days after the first."""
    before = [each for each in bought if each.at <= END]
    summaries = summarise(before, END, currency="USD")
    days: defaultdict[str, defaultdict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in before:
        days[each.customer_id][each.at] += each.net.amount
    names = sorted(summaries, key=int)
    repeats = ([amount for day, amount in days[name].items() if day > min(days[name])] for name in names)
    spend = [float(sum(amounts) / len(amounts)) if amounts else 0.0 for amounts in repeats]
    known = PurchaseHistories.of([summaries[name] for name in names], END)
    return PurchaseHistories(known.frequency, known.recency, known.age, spend)


def later_days(bought: list[Purchase]) -> np.ndarray:
    """On how many days each customer bought in the 39 weeks after ``END``, by customer id."""
    days: defaultdict[str, set[date]] = defaultdict(set)
    for each in bought:
        days[each.customer_id] |= {each.at} if each.at > END else set()
    return np.array([len(days[name]) for name in sorted(days, key=int)])
