"""Triggers: what they are as documents (``trigger.py``), and on which days they fire (``trigger_days.py``).

To add a kind, add its class to ``trigger.py`` and to ``Trigger``, and a function of its days, registered for that
class, to ``trigger_days.py``.
"""
