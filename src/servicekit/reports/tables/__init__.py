"""Tables by great_tables, with small lines for what changed over time.

``table_of.py`` has :func:`~servicekit.reports.table`, which finds the sheet of what it is given; ``result_sheets.py``
and ``frame_sheet.py`` make sheets; ``sheet.py`` lays them out. What is shown is written here, in Python; great_tables
only lays it out, and every text is escaped. To add a table, write a function that makes its sheet, and name it in
``table_of.py``.
"""
