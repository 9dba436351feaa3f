"""Reports of a period: a template filled with what the desk knows (``period_report.py``), told section by section.

``period_blocks`` goes through the sections; each kind has its blocks in a file of its name, and
that on availability in ``uptime/``.
"""
