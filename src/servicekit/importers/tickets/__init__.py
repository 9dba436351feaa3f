"""What the exports of help desks have in common, whatever the product.

``mapping`` holds the documents that their mappings are made of, ``words`` what a status means, ``life`` the events of
one case while they are gathered. For products that export JSON, ``json_source`` turns a source into records, ``look``
reads values out of a record and remembers what was wrong with it, ``changes`` tells a change log as events, and
``json_cases`` puts them together. Nothing here knows a product.
"""

from servicekit.importers.tickets.columns import TableExportMapping
from servicekit.importers.tickets.mapping import FactField, HelpDeskMapping, JsonMapping, StatusMeaning

__all__ = ["FactField", "HelpDeskMapping", "JsonMapping", "StatusMeaning", "TableExportMapping"]
