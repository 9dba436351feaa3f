"""The alerts of the SRE workbook."""

from __future__ import annotations

from servicekit.availability.burn import BurnAlert


def _sre(budget: str, long: str, short: str, severity: str) -> BurnAlert:
    return BurnAlert.model_validate({"budget": budget, "long": long, "short": short, "severity": severity})


SRE_ALERTS: tuple[BurnAlert, ...] = (
    _sre("2%", "1h", "5m", "page"),
    _sre("5%", "6h", "30m", "page"),
    _sre("10%", "24h", "2h", "ticket"),
    _sre("10%", "72h", "6h", "ticket"),
)
"""The four pairs of windows of Google's SRE workbook, chapter 5, "Alerting on SLOs"."""
