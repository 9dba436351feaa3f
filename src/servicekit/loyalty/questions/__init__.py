"""What is asked of a ledger, each question in a file; all of them read the journal by a :class:`LedgerReader`.

To add a question, write a file with the shape of its answer and a function that works it out, and give ``Ledger`` a
method that calls it.
"""
