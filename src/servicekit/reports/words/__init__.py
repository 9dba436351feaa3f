"""Words of reports: phrases, nouns, and how a language writes numbers, shares and days (:class:`ReportWords`).

A subject keeps its phrases in one file, English beside Chinese (``desk_phrases.py`` and so on); ``languages`` makes the
two languages of them.
"""
