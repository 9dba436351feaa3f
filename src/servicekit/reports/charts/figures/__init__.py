"""Charts of key figures: trends, control charts, groups beside each other, distributions, cohorts, survival, staffing.

``value_axis.py`` has the axes by their units, and the colours, which stay apart for colour-blind people.
"""
