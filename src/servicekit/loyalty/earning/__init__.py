"""What purchases earn: pure functions of a purchase and what surrounds it; used by the engine, not public.

What of a purchase counts, and what is left of it after refunds (``basket.py``); an earn rule and its campaigns
(``compiled_rule.py``); what they give, step by step (``earned.py``); how the price goes back (``payment.py``); one
version of a programme (``program_version.py``). To add a setting of earn rules, add it to ``program/earn_rule.py`` and
to ``compiled_rule.py``, and a sentence to ``program/member_words.py``.
"""
