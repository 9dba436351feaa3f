"""``servicekit points``: a ledger of points on the command line.

``arguments.py`` says what each verb takes, ``verbs.py`` runs it. ``earning.py`` books purchases, ``opening.py`` the
balances of another system, ``questions.py`` answers; ``answer.py`` prints.
"""
