"""Report templates as data: sections (``section.py``), the document (``report_template.py``), and those that come with
the library (``standard_templates.py``, ``standard/``).
"""
