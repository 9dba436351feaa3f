"""What a programme is written as, and the engine that it compiles to.

The whole (``program.py``), how purchases earn (``earn_rule.py``), how points expire (``expiry.py``, and on which days
``expiry_days.py``); what is wrong with it (``program_check.py``); what it says to members (``member_text.py``, in the
words of ``member_words.py``); the engine of all its versions (``loyalty_engine.py``).
"""
