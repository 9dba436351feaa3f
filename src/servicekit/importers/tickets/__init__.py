"""What the exports of help desks have in common, whatever the product.

``mapping`` holds the documents that their mappings are made of, ``columns`` the part for tables, ``statuses`` what a
status means, ``case_builder`` collects the events of one case. For products that export JSON, ``json_source`` turns a
source into records, ``envelopes`` takes off what tools wrap around them, ``json_value`` reads values out of a record,
``change_log`` turns a change log into events, and ``json_cases`` puts them together. Nothing here knows a product.
"""

from servicekit.importers.tickets.column_mapping import TableExportMapping
from servicekit.importers.tickets.mapping import HelpDeskMapping, JsonMapping

__all__ = ["HelpDeskMapping", "JsonMapping", "TableExportMapping"]
