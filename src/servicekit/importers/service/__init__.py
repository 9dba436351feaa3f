"""Tables of the service itself: contacts, surveys, evaluations, the time of agents, outages; and all sources.

``service_mapping`` is what the mappings have in common, ``service_row`` reads the cells of a row by one, and
``service_table`` accounts for every row. ``contact_table``, ``answer_table``, ``evaluation_table``, ``work_table`` and
``outage_table`` are a mapping each with the reader of its rows; ``sources`` names the file and the mapping of every
table. To add a table, give it a file with both, and its place in ``sources``. The room above offers them, each when it
is asked for.
"""
