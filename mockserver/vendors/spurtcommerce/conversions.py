"""Parameters as the program converts them: numbers of the path and the query, and `count`, which is JSON.

They are tried in the order in which an operation takes them, and the first that cannot be read is refused [recorded].
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from math import isnan
from typing import Any

from mockserver.call import Call, Refused
from mockserver.vendors.spurtcommerce import body
from mockserver.vendors.spurtcommerce.javascript import to_number

Value = Any
"""A number or a JSON value; a text where nothing is converted; a list where a name is given several times."""


def _number(name: str, value: Value) -> Value:
    """Raises Refused("number-malformed"). What is neither text nor list stays as it is."""
    if isinstance(value, list):
        return [_number(name, item) for item in value]
    if not isinstance(value, str):
        return value
    number = to_number(value)
    if isnan(number) or not value:
        raise Refused("number-malformed", name=name, value=_quoted(value))
    return int(number) if number == number // 1 else number


def _json(name: str, value: Value) -> Value:
    """Raises Refused("json-malformed"). A list is not read."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_no_constant)
    except ValueError:
        raise Refused("json-malformed", name=name, value=_quoted(value)) from None


def _no_constant(name: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_PAGE: Mapping[str, Callable[[str, Value], Value]] = {"limit": _number, "offset": _number, "count": _json}
_QUERIES: Mapping[str, Mapping[str, Callable[[str, Value], Value]]] = {
    "find_customers": _PAGE,
    "find_groups": _PAGE,
    "find_order_products": {**_PAGE, "customerId": _number},
    "find_product_views": {**_PAGE, "customerId": _number},
    "get_vendor_graph": {"vendorId": _number, "duration": _number},
    "find_visits": {"month": _number, "year": _number},
}


def read_query(call: Call) -> dict[str, Value]:
    """The query's values by name. Raises Refused("number-malformed"), Refused("json-malformed")."""
    query = body.read_query(call)
    converters = _QUERIES.get(call.operation.id, {}) if call.operation else {}
    return {**query, **{name: convert(name, query[name]) for name, convert in converters.items() if name in query}}


def read_id(call: Call) -> Value:
    """The number in the path. Raises Refused("number-malformed")."""
    return _number("id", call.path["id"])
