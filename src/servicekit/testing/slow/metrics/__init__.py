"""The slow metrics: for each group, every row is gone through again, and nothing adds up by parts.

``slow_metrics.py`` says what each kind comes to, but for whether rows are followed: ``followed_rows.py`` tells that;
``asked_rows.py`` which rows of a group count, ``condition_words.py`` what conditions say of one;
``slow_measurement.py`` is the answer. To teach it a kind, read what its document says, not the engine.
"""

from servicekit.testing.slow.metrics.asked_rows import SlowGroup
from servicekit.testing.slow.metrics.condition_words import Row, holds
from servicekit.testing.slow.metrics.slow_measurement import SlowMeasurement
from servicekit.testing.slow.metrics.slow_metrics import SlowMetrics

__all__ = ["Row", "SlowGroup", "SlowMeasurement", "SlowMetrics", "holds"]
