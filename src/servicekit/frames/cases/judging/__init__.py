"""From a log to outcomes: plain cases by the column, all others event by event.

What lives here. Which cases are plain (``plain.py``); what rows say (``signals.py``), the clocks that start and end by
it (``clocks.py``), their pauses (``pauses.py``), lengths and due moments (``measure.py``), and their verdicts
(``reckoned.py``); and the way to the engine for the rest (``folded.py``). To widen what is plain, let ``plain.py``
admit it; the tests hold every outcome against the engine's.
"""
