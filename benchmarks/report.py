"""The tables at the end of a run."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.budgets import Budget, Figures, Key, Row
from benchmarks.questions import Addition

__all__ = ["answer_lines", "budget_lines", "figure_lines", "machine"]

_PACKAGES = (
    "servicekit-policy",
    "pydantic",
    "holidays",
    "PyYAML",
    "businesstimedelta",
    "business-duration",
    "SimpleSLACalc",
    "pendulum",
    "pandas",
    "numpy",
    "scipy",
    "lifetimes",
    "polars",
    "duckdb",
    "pyarrow",
    "pyspark",
    "json-logic-qubit",
    "rule-engine",
    "cel-python",
    "zen-engine",
    "pytest-benchmark",
)
_OURS = "servicekit, UTC datetimes"
_MEGABYTES = "peak MB"
"""What questions about memory have in their names; their figures are not seconds."""


def machine() -> dict[str, str]:
    """What the figures were measured with; the load is that of the last minute."""
    cores = os.cpu_count() or 1
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    packages = ", ".join(f"{name} {_version(name)}" for name in _PACKAGES)
    return {
        "processor": f"{_processor()}, {cores} cores, load {load}",
        "python": f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}",
        "packages": packages,
    }


def figure_lines(figures: Figures) -> Iterator[str]:
    """Every figure, by question; ``x``: how much longer than servicekit with UTC datetimes, best rounds."""
    yield f"{'':44}{'best':>12}{'median':>12}{'a second':>14}{'x':>10}"
    for question in dict.fromkeys(question for question, _ in figures):
        yield question
        ours = figures.get((question, _OURS))
        for who, figure in ((who, figure) for (asked, who), figure in figures.items() if asked == question):
            if _MEGABYTES in question:
                yield f"  {who:42}{figure.best:>9,.0f} MB{figure.median:>9,.0f} MB"
                continue
            times = f"{figure.best / ours.best:,.2f}" if ours else ""
            rate = f"{1 / figure.median:,.0f}"
            yield f"  {who:42}{_time(figure.best):>12}{_time(figure.median):>12}{rate:>14}{times:>10}"


def answer_lines(questions: Mapping[str, Addition], answers: Mapping[Key, datetime]) -> Iterator[str]:
    """The answers side by side, one column a library; ``!`` where they are not the one worked out by hand."""
    found: dict[str, dict[str, set[datetime]]] = {}
    for (name, who), answer in answers.items():
        found.setdefault(who.partition(",")[0], {}).setdefault(name, set()).add(answer)
    yield _columns("", "due", found)
    for name, question in questions.items():
        yield _columns(name, _weekday(question.answer), (_cell(by[name], question.answer) for by in found.values()))
    right = (sum(by[name] == {question.answer} for name, question in questions.items()) for by in found.values())
    yield _columns("right", "", (f"{count} of {len(questions)}" for count in right))


def budget_lines(rows: Iterable[Row]) -> Iterator[str]:
    """Each budget with what was measured, and the verdict."""
    yield f"{'':66}{'budget':>14}{'best':>12}{'median':>12}"
    for row in rows:
        limit = f"{'<=' if row.budget.is_ceiling else '>='} {_amount(row.budget, row.budget.limit)}"
        best, median = (_amount(row.budget, value) for value in (row.best, row.median))
        yield f"{row.budget.what:66}{limit:>14}{best:>12}{median:>12}  {row.verdict}"


def _columns(name: str, due: str, cells: Iterable[str]) -> str:
    return f"{name:16}{due:>12}" + "".join(f"{cell:>20}" for cell in cells)


def _cell(answers: set[datetime], right: datetime) -> str:
    return " / ".join(map(_weekday, sorted(answers))) + ("" if answers == {right} else " !")


def _weekday(reading: datetime) -> str:
    return f"{reading:%a %H:%M}"


def _amount(budget: Budget, value: float) -> str:
    match budget.unit:
        case "seconds":
            return _time(value)
        case "megabytes":
            return f"{value:,.0f} MB"
        case "calls":
            return f"{value / 1000:,.0f} k/s"
        case "times" | "multiple":
            return f"{value:,.0f} x" if value >= 10 else f"{value:.2f} x"


def _time(seconds: float) -> str:
    for unit, size in (("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:,.2f} {unit}"
    return f"{seconds * 1e9:,.0f} ns"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
