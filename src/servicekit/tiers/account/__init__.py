"""The account of one customer or household in a tier programme, day by day; used by the engine, not public.

Days are proleptic ordinals (``date.toordinal``), levels are places in a programme, the lowest 0, and metrics stand in
vectors. What lives here: a programme compiled (``compiled_program.py``, ``window_days.py``); what is kept of an account
(``account.py``) and its sums (``day_sums.py``); how days open and close over it (``days.py``) and events change it
(``intake.py``); and both as JSON (``account_json.py``).
"""
