"""What a recorder put into the program's database by hand, put into our state by hand too."""

from __future__ import annotations

from typing import Any

from mockserver.recordings import Stage
from mockserver.vendors.spurtcommerce.recorded_lines import World
from mockserver.vendors.spurtcommerce.times import time_text

_COLLECTIONS = {
    "customer": "customers",
    "customer_group": "groups",
    "product": "products",
    "product_image": "product_images",
    "order": "orders",
    "order_product": "order_products",
    "product_view_log": "product_views",
    "login_log": "visits",
    "vendor": "sellers",
    "vendor_product": "seller_products",
    "vendor_orders": "seller_orders",
}
"""Our collection for each of the program's tables."""

_FIELDS = {"default": "is_default", "vendor": "seller", "sub_order_status": "status"}
"""Our name for a column, where it is not the same one."""


def put(stage: Stage, world: World) -> None:
    """Write the records; `now` is the stage's time. Raises ValueError."""
    for table, records in world.records.items():
        if table not in _COLLECTIONS:
            raise ValueError(f"there is no table {table}; known: {', '.join(_COLLECTIONS)}")
        for record in records:
            stage.put(_COLLECTIONS[table], _ours(stage, record), record.get("id"))


def _ours(stage: Stage, record: dict[str, Any]) -> dict[str, Any]:
    now = time_text(stage.now.timestamp())
    return {_FIELDS.get(name, name): now if value == "now" else value for name, value in record.items()}
