"""Where somebody stands, as an answer; offered by ``servicekit.tiers``.

What lives here: the status and its history (``status.py``), made of an account (``view.py``) or of those of a household
(``joint_status.py``), and drawn (``timeline_picture.py``).
"""
