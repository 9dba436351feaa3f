"""What each command books, or why it is refused; :func:`~servicekit.loyalty.decide` asks it of states alone.

One file for each family of commands. A function takes the draft and the locked states, finds everything that speaks
against the command, and returns it; only then does it post entries, which change the states. To add a command, write
its class in ``command.py``, its function here, and its line in ``decisions/by_command.py``.
"""
