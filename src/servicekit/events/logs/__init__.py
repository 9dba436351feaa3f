"""Logs of events: their order, what they tell twice, and their records as JSON values.

Of each subject there are two files: ``case_log`` and ``case_record`` for the events of cases, ``customer_log`` and
``customer_record`` for those of customers, ``service_log`` and ``service_record`` for contacts, surveys, evaluations
and working time. ``field_values`` writes and reads the fields of the latter two. The room above offers them.
"""
