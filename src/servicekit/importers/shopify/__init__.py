"""Shopify's export of orders: several rows per order, of which the first has the totals.

``mapping`` says which column and status means what, ``order_reader`` reads the rows of an order (``order_row``) and
tells discounts and taxes apart (``amounts_of_orders``), and ``orders`` is the export open for reading.
"""

from servicekit.importers.shopify.mapping import ShopifyMapping
from servicekit.importers.shopify.orders import read_shopify

__all__ = ["ShopifyMapping", "read_shopify"]
