"""Statistics: how sure a number is, for shares, scores, means and durations; and queues. Plain numbers in and out.

What lives here. Every interval is an :class:`Estimate` (``estimate.py``), and :func:`difference` compares two of them.
Shares (``proportion.py``): :func:`wilson`, :func:`clopper_pearson`, :func:`newcombe`, :func:`newcombe_paired`; net
promoter scores (``nps.py``); means and rates (``mean.py``): :func:`t_interval`, :func:`garwood`; quantiles by named
type (``quantiles.py``); the bootstrap, seeded, of rows or of clusters (``resamples.py``); durations that are not over
(``survival.py``): :class:`KaplanMeier`. Tests of significance, the size of a sample and the check of a split
(``significance.py``); control charts with run rules (``control.py``); queues (``erlang.py``): Erlang B, C and A. What
all of them rest on, tails and quantiles of distributions, is in ``distributions/``.

Of nothing there is no number: what has no cases is None, never 0 and never NaN. Limits hold the value and never leave
its range.

It uses the standard library alone, and knows no other room. To add an interval, return an :class:`Estimate` by
``bounded``; to add a run rule, add its name and its test to ``control.py``.
"""

from typing import TYPE_CHECKING

from servicekit._lazy_names import lazy_names

if TYPE_CHECKING:
    from servicekit.statistics.control import (
        NELSON,
        WESTERN_ELECTRIC,
        ChartPoint,
        ControlChart,
        RunRule,
        c_chart,
        individuals_chart,
        p_chart,
        u_chart,
    )
    from servicekit.statistics.erlang import ErlangA, ErlangC, erlang_b, erlang_b_lines, erlang_b_traffic
    from servicekit.statistics.estimate import Estimate, difference
    from servicekit.statistics.mean import garwood, t_interval
    from servicekit.statistics.nps import NetMethod, nps_interval
    from servicekit.statistics.proportion import Counted, clopper_pearson, newcombe, newcombe_paired, wilson
    from servicekit.statistics.quantiles import QuantileKind, quantile, quantile_interval
    from servicekit.statistics.resamples import bootstrap, bootstrap_clusters
    from servicekit.statistics.significance import (
        Significance,
        mcnemar,
        sample_ratio,
        sample_size,
        statistical_power,
        two_proportions,
    )
    from servicekit.statistics.survival import KaplanMeier, SurvivalStep

__all__ = [
    "NELSON",
    "WESTERN_ELECTRIC",
    "ChartPoint",
    "ControlChart",
    "Counted",
    "ErlangA",
    "ErlangC",
    "Estimate",
    "KaplanMeier",
    "NetMethod",
    "QuantileKind",
    "RunRule",
    "Significance",
    "SurvivalStep",
    "bootstrap",
    "bootstrap_clusters",
    "c_chart",
    "clopper_pearson",
    "difference",
    "erlang_b",
    "erlang_b_lines",
    "erlang_b_traffic",
    "garwood",
    "individuals_chart",
    "mcnemar",
    "newcombe",
    "newcombe_paired",
    "nps_interval",
    "p_chart",
    "quantile",
    "quantile_interval",
    "sample_ratio",
    "sample_size",
    "statistical_power",
    "t_interval",
    "two_proportions",
    "u_chart",
    "wilson",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "control": "NELSON WESTERN_ELECTRIC ChartPoint ControlChart RunRule "
            "c_chart individuals_chart p_chart u_chart",
            "erlang": "ErlangA ErlangC erlang_b erlang_b_lines erlang_b_traffic",
            "estimate": "Estimate difference",
            "mean": "garwood t_interval",
            "nps": "NetMethod nps_interval",
            "proportion": "Counted clopper_pearson newcombe newcombe_paired wilson",
            "quantiles": "QuantileKind quantile quantile_interval",
            "resamples": "bootstrap bootstrap_clusters",
            "significance": "Significance mcnemar sample_ratio sample_size statistical_power two_proportions",
            "survival": "KaplanMeier SurvivalStep",
        },
    )
