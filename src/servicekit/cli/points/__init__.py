"""``servicekit points``: a ledger of points on the command line.

``arguments.py`` says what each verb takes, ``verbs.py`` runs it. ``earning.py`` books purchases, ``opening.py`` the
balances of another system, ``questions.py`` answers, ``simulation.py`` compares with another programme; ``store.py``
opens the store, ``answer.py`` prints.
"""
