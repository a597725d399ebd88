"""What a recorder put into the database by hand, put into our state by hand too."""

from __future__ import annotations

from typing import Any

from tests.replay.recording import Unreadable, World
from tests.replay.server import Refusal, Server

_STATE = "/__admin/state/spurtcommerce"
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


def put(server: Server, world: World) -> None:
    """Write the records; `now` is the server's time. Raises Unreadable."""
    for table, records in world.records.items():
        if table not in _COLLECTIONS:
            raise Unreadable(f"line {world.number}: there is no table {table}; known: {', '.join(_COLLECTIONS)}")
        for record in records:
            path = f"{_STATE}/{_COLLECTIONS[table]}"
            key = record["id"] if "id" in record else server.ask_json("GET", path)["total"] + 1
            _put(server, f"{path}/{key}", record, world.number)


def _put(server: Server, path: str, record: dict[str, Any], line: int) -> None:
    ours = {_FIELDS.get(name, name): server.now if value == "now" else value for name, value in record.items()}
    try:
        server.ask_json("PUT", path, ours)
    except Refusal as refusal:
        raise Unreadable(f"line {line}: {refusal}") from None
