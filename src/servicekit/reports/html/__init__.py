"""Blocks as one HTML file that needs neither a network nor a script.

``page.py`` makes the file: policy, styles (``report.css``), the switch between languages, the script that sorts
(``report.js``). ``block_html.py`` lays out the blocks, ``table_html.py`` their tables, ``told_html.py`` what they tell:
the only place where texts become HTML.
"""
