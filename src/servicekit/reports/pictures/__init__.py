"""Pictures of reports as SVG: drawn in ``currentColor``, so that they can be read on light and on dark pages.

``picture`` is the frame of all; ``hour_map`` draws counts by weekday and hour, ``control_picture`` a control chart.
"""
