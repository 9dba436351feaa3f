"""Key figures."""

from servicekit.kpi.scorecard import Scorecard as Scorecard
