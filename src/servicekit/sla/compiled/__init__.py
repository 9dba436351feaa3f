"""An SLA policy made ready for cases; nothing here knows a case.

What lives here. All editions of a policy (``compiled_sla.py``), and one of them (``edition.py``): its target table
(``target_table.py``), the targets themselves and the arithmetic of due moments (``compiled_target.py``), its pauses
(``compiled_pauses.py``), and clocks that conditions start and stop (``condition_clock.py``).
"""
