"""Tiers and RFM of five million purchases, by frames and by hand; run as a program, one of them, timed and weighed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.memory import peak_mb
from servicekit import frames
from servicekit.tiers import TierProgram

__all__ = ["ASKS", "CUSTOMERS", "PURCHASES", "QUESTIONS", "made"]

PURCHASES, CUSTOMERS = 5_000_000, 200_000
AS_OF = date(2025, 9, 30)
FIRST_YEAR = 2021
VIP, SENIOR = 50_000, 200_000
LEVELS = "levels: {normal: {}, vip: {qualify: {spend: 500 USD}}, senior: {qualify: {spend: 2000 USD}}}"
ROLLING = f"{{currency: USD, enrolment: automatic, window: rolling 12 months, downgrade: immediate, {LEVELS}}}"
YEARLY = f"{{currency: USD, enrolment: automatic, validity: next_period_end, {LEVELS}}}"


def made(purchases: int = PURCHASES, customers: int = CUSTOMERS) -> pl.DataFrame:
    """Random purchases of five years in no order; a few customers buy much more often than most."""
    random = np.random.default_rng(5)
    often = random.lognormal(0, 1, customers)
    days = random.integers(date(FIRST_YEAR, 1, 1).toordinal(), date(2026, 1, 1).toordinal(), purchases)
    return pl.DataFrame(
        {
            "customer_id": random.choice(customers, purchases, p=often / often.sum()),
            "at": pl.Series(days - date(1970, 1, 1).toordinal()).cast(pl.Date),
            "amount": (random.lognormal(3.5, 1, purchases) * 100).astype(np.int64),
        }
    )


def _level(spend: pl.Expr) -> pl.Expr:
    return (spend >= VIP).cast(pl.Int8) + (spend >= SENIOR).cast(pl.Int8)


def _answer(customers: pl.LazyFrame) -> pl.DataFrame:
    """The columns of an answer, from the level, its days and the spend of each customer."""
    level = pl.col("level")
    counted = pl.when(level < 2).then(pl.col("spend"))
    needed = pl.when(level == 0).then(VIP).when(level == 1).then(SENIOR)
    names = {0: "normal", 1: "vip", 2: "senior"}
    shown = customers.select(
        "customer_id",
        "since",
        "valid_until",
        tier=level.replace_strict(names, return_dtype=pl.String),
        next_tier=(level + 1).replace_strict(names, default=None, return_dtype=pl.String),
        progress_spend=counted,
        missing_spend=(needed - counted).clip(lower_bound=0),
    )
    return shown.sort("customer_id").collect()


def rolling_by_hand(purchases: pl.DataFrame) -> pl.DataFrame:
    """Each purchase comes in on its day and leaves twelve months later; the running sum gives the level of each day."""
    at = pl.col("at")
    is_leap_day = (at.dt.month() == 2) & (at.dt.day() == 29)
    left = pl.when(is_leap_day).then(at + pl.duration(days=366)).otherwise(at.dt.offset_by("12mo"))
    known = purchases.lazy().filter(at <= AS_OF)
    leaving = known.select("customer_id", at=left.cast(pl.Date), amount=-pl.col("amount")).filter(at <= AS_OF)
    days = pl.concat([known, leaving]).group_by("customer_id", "at").agg(pl.col("amount").sum())
    running = days.sort("customer_id", "at").with_columns(spend=pl.col("amount").cum_sum().over("customer_id"))
    levels = running.with_columns(level=_level(pl.col("spend")))
    moved = pl.col("level") != pl.col("level").shift(1, fill_value=0).over("customer_id")
    customers = levels.with_columns(moved=moved).group_by("customer_id")
    last = customers.agg(pl.col("level", "spend").last(), since=at.filter(pl.col("moved")).last().fill_null(at.first()))
    return _answer(last.with_columns(valid_until=pl.lit(None, pl.Date)))


def yearly_by_hand(purchases: pl.DataFrame) -> pl.DataFrame:
    """What each year reached and when, then year by year: the review of what ended, and who rises."""
    at, reached = pl.col("at"), pl.col("reached")
    rows = purchases.lazy().filter(at <= AS_OF).sort("customer_id", "at").with_columns(year=at.dt.year())
    running = rows.with_columns(spend=pl.col("amount").cum_sum().over("customer_id", "year"))
    years = running.with_columns(reached=_level(pl.col("spend"))).group_by("customer_id", "year")
    spells = years.agg(
        pl.col("reached", "spend").last(), first=at.first(), risen=at.filter(reached == reached.last()).first()
    ).collect()
    state = spells.group_by("customer_id").agg(since=pl.col("first").min())
    state = state.with_columns(level=pl.lit(0, pl.Int8), until=pl.lit(0, pl.Int32), before=pl.lit(0, pl.Int8))
    for year in range(FIRST_YEAR, AS_OF.year + 1):
        now = spells.filter(pl.col("year") == year).select("customer_id", "reached", "risen", "spend")
        state = _year_by_hand(state.select("customer_id", "since", "level", "until", "before"), now, year)
    valid_until = pl.when(pl.col("level") > 0).then(pl.date(pl.col("until"), 12, 31))
    return _answer(state.lazy().with_columns(pl.col("spend").fill_null(0), valid_until=valid_until))


def _year_by_hand(state: pl.DataFrame, now: pl.DataFrame, year: int) -> pl.DataFrame:
    due, level, new_year = pl.col("until") == year - 1, pl.col("level"), date(year, 1, 1)
    reviewed = (
        state.join(now, on="customer_id", how="left")
        .with_columns(pl.col("reached").fill_null(0), evening="level", held_since="since")
        .with_columns(level=pl.when(due).then(pl.min_horizontal("level", "before")).otherwise(level))
        .with_columns(
            since=pl.when(due & (level != pl.col("evening"))).then(new_year).otherwise("since"),
            until=pl.when(due).then(pl.when(level > 0).then(year).otherwise(0)).otherwise("until"),
        )
    )
    rises = pl.col("reached") > level
    is_back = (pl.col("risen") == new_year) & (pl.col("reached") == pl.col("evening"))
    return reviewed.with_columns(
        since=pl.when(rises).then(pl.when(is_back).then("held_since").otherwise("risen")).otherwise("since"),
        until=pl.when(rises).then(year + 1).otherwise("until"),
        level=pl.when(rises).then("reached").otherwise(level),
        before="reached",
    )


def rfm_by_hand(purchases: pl.DataFrame) -> pl.DataFrame:
    """Sums by customer, then the share of customers who are strictly worse."""
    at, customers = pl.col("at"), purchases.lazy().filter(pl.col("at") <= AS_OF).group_by("customer_id")
    values = customers.agg(
        recency_days=(pl.lit(AS_OF) - at.max()).dt.total_days(),
        orders=pl.len().cast(pl.Int64),
        days=at.n_unique().cast(pl.Int64),
        monetary=pl.col("amount").sum(),
    )
    columns = {"r": -pl.col("recency_days"), "f": pl.col("orders"), "m": pl.col("monetary")}
    worse = {name: (value.rank("min") - 1).cast(pl.Int64) for name, value in columns.items()}
    scored = values.with_columns(**{name: 1 + 5 * each // pl.len() for name, each in worse.items()})
    return scored.sort("customer_id").collect()


Ask = Callable[[pl.DataFrame], pl.DataFrame]
OURS, BY_HAND = "frames", "Polars by hand"
_programs = {name: TierProgram.parse(text).compile() for name, text in (("rolling", ROLLING), ("yearly", YEARLY))}
ASKS: Mapping[str, Mapping[str, Ask]] = {
    "tiers, rolling 12 months": {
        OURS: lambda purchases: frames.tiers(purchases, _programs["rolling"], as_of=AS_OF),
        BY_HAND: rolling_by_hand,
    },
    "tiers, calendar years": {
        OURS: lambda purchases: frames.tiers(purchases, _programs["yearly"], as_of=AS_OF),
        BY_HAND: yearly_by_hand,
    },
    "RFM": {
        OURS: lambda purchases: frames.rfm(purchases, as_of=AS_OF, currency="USD"),
        BY_HAND: rfm_by_hand,
    },
}
QUESTIONS = tuple(ASKS)


if __name__ == "__main__":
    question, who, parquet = sys.argv[1:]
    table = pl.read_parquet(Path(parquet))
    ASKS[question][who](table.head(10_000))
    start = time.perf_counter()
    ASKS[question][who](table)
    print(time.perf_counter() - start, peak_mb())
