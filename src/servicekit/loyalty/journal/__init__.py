"""The journal as a record to keep: sealed, checked, written out and read in.

What lives here: entries as JSON (``entry_json.py``) and the chain of digests over them (``seal.py``); what an account's
entries must keep to (``audit.py``), and a whole store checked by it (``ledger_check.py``); a journal as lines of text
(``export.py``) and back (``journal_reader.py``); what a command asked for, as a digest (``fingerprint.py``).
"""
