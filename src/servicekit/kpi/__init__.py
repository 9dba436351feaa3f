"""Key figures."""

from servicekit.kpi.catalogue import *
from servicekit.kpi.scorecard import Scorecard
