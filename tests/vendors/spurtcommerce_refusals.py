"""Requests that Spurtcommerce refuses: one or more for every row of every operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.options import Fidelity
from tests.vendors.spurtcommerce_clients import (
    BOTH,
    JSON,
    LIMITED,
    OPERATIONS,
    PARSED,
    READ,
    SCREENED,
    UNREAD,
    by_framework,
    by_program,
    by_router,
    written,
)


class Trigger(NamedTuple):
    """A request that is refused: with which row, by which operation, how it is sent, and the reply."""

    row: str
    operation: str
    sent: dict[str, Any]
    status: int
    body: str
    method: str
    path: str
    headers: Mapping[str, str] = SCREENED
    fidelities: tuple[Fidelity, ...] = BOTH


CUSTOMER: dict[str, Any] = {
    "customerGroupId": 1,
    "username": "Robin Field",
    "email": "robin@example.com",
    "mobileNumber": "1234567",
    "password": "Passw0rd1",
    "confirmPassword": "Passw0rd1",
    "mailStatus": 0,
    "status": 1,
}
GROUP = {"name": "Platinum", "colorcode": "#e5e4e2", "status": 1}
LOGIN = {"username": "admin@example.com", "password": "Admin-12345"}
_C = "/api/admin-customer"
GOOD: dict[str, tuple[str, Any]] = {
    "get_program": ("/api", None),
    "authenticate_user": ("/api/auth/login", LOGIN),
    "log_out_user": ("/api/auth/logout", None),
    "create_customer": (_C, CUSTOMER),
    "find_customers": (_C, None),
    "get_customer": (f"{_C}/customer-detail/1", None),
    "update_customer": (f"{_C}/1", CUSTOMER),
    "delete_customer": (f"{_C}/1", None),
    "find_recent_customers": (f"{_C}/recent-customerlist", None),
    "count_customers_today": (f"{_C}/today-customercount", None),
    "delete_customers": (f"{_C}/delete-customer", {"customerId": [1, 3]}),
    "export_customers": (f"{_C}/customer-excel-list?customerId=1", None),
    "export_all_customers": (f"{_C}/allcustomer-excel-list", None),
    "count_customers": (f"{_C}/customer-count", None),
    "find_order_products": (f"{_C}/order-product-list", None),
    "find_product_views": (f"{_C}/product-view-log-list", None),
    "get_vendor_graph": (f"{_C}/vendor-graph-list?vendorId=1&duration=1", None),
    "find_visits": (f"{_C}/customer-visit-list", None),
    "create_group": ("/api/customer-group", GROUP),
    "find_groups": ("/api/customer-group", None),
    "update_group": ("/api/customer-group/1", GROUP),
    "delete_group": ("/api/customer-group/1", {"groupId": 1}),
}
"""The path and the JSON body with which each operation does what it is asked to."""

OPEN = {"get_program", "authenticate_user"}
LISTS = {
    "find_customers": "/api/admin-customer",
    "find_groups": "/api/customer-group",
    "find_order_products": f"{_C}/order-product-list",
    "find_product_views": f"{_C}/product-view-log-list",
}


def path_of(operation: str) -> str:
    return GOOD[operation][0].partition("?")[0]


def trigger(row: str, operation: str, status: int, body: str, *, path: str = "", **sent: Any) -> Trigger:
    """A request to an operation, at its good path unless another one is given; `json` is the whole body."""
    headers, fidelities = sent.pop("reply_headers", SCREENED), sent.pop("fidelities", BOTH)
    method = OPERATIONS[operation].method
    return Trigger(row, operation, sent, status, body, method, path or path_of(operation), headers, fidelities)


# Before anybody is asked for: every operation


def by_body(operation: str) -> Iterator[Trigger]:
    """All of them without a token, which nobody has asked for yet."""
    bad = "Unexpected token b in JSON at position 1"
    yield trigger(
        "body-unreadable",
        operation,
        500,
        by_framework("SyntaxError", bad),
        content="{bad",
        headers=JSON,
        by={},
        reply_headers=READ,
    )
    large = by_framework("PayloadTooLargeError", "request entity too large")
    yield trigger("body-too-large", operation, 500, large, content=b" " * ((1 << 20) + 1), by={}, reply_headers=UNREAD)
    field = by_program("Invalid character in remark")
    query = f"{path_of(operation)}?limit=abc&remark=a%3Cb"
    yield trigger("character-refused", operation, 400, field, path=query, by={}, reply_headers=PARSED)
    yield trigger(
        "character-refused",
        operation,
        400,
        field,
        json={"name": "x", "remark": ["a", "b'"]},
        by={},
        reply_headers=PARSED,
    )
    null = by_framework("TypeError", "Cannot read properties of null (reading 'toString')")
    yield trigger("program-failed", operation, 500, null, json={"colorcode": None}, by={}, reply_headers=PARSED)


def by_path(operation: str) -> Iterator[Trigger]:
    """Nor is anybody asked where nobody answers."""
    path = f"{path_of(operation)}/nope/nope"
    unknown, wrong = by_router(OPERATIONS[operation].method, path), by_router("PATCH", path_of(operation))
    html = {**SCREENED, "content-security-policy": "default-src 'none'"}
    yield Trigger("path-unknown", "", {"by": {}}, 404, unknown, OPERATIONS[operation].method, f"{path}?a=1", html)
    yield Trigger("method-wrong", "", {"by": {}}, 404, wrong, "PATCH", f"{path_of(operation)}?a=1", html)


# Who asks

WRONG = [{}, *({"Authorization": text} for text in ("", "text", "bearer U2FsdGVkX19hYmM=", "Basic YTpi", "Bearer  U2FsdGVkX19hYmM=", "Bearer U2FsdGVkX19hYmM="))]  # fmt: skip


def by_sender(operation: str) -> Iterator[Trigger]:
    """Before numbers and rules for bodies are looked at. The path is told with the query as it was written."""
    if operation in OPEN:
        return
    empty = by_framework("TypeError", "Cannot read properties of undefined (reading 'salt')")
    for text in ("Bearer", "Bearer "):
        yield trigger("token-empty", operation, 500, empty, by={"Authorization": text})
    path = f"{path_of(operation)}?limit=abc&a=b%20c"
    if "x-permission" in OPERATIONS[operation].extra:
        told = f"Access is denied for request on {OPERATIONS[operation].method} {path}"
        for headers in [*WRONG, LIMITED]:
            yield trigger(
                "access-denied", operation, 403, by_framework("AccessDeniedError", told), path=path, by=headers
            )
    else:
        told = by_framework("AuthorizationRequiredError", "Unauthorized")
        for headers in WRONG:
            yield trigger("unauthorized", operation, 401, told, path=path, by=headers)


# Numbers


def malformed(name: str, value: str, kind: str = "number") -> str:
    error = {"number": "ParamNormalizationError", "JSON": "ParameterParseJsonError"}[kind]
    told = f"Given parameter {name} is invalid. Value ({written(value)}) cannot be parsed into {kind}."
    return by_framework(error, told)


def by_number() -> Iterator[Trigger]:
    """In the path before the body's rules, in the query in the operation's order."""
    for operation in ("get_customer", "update_customer", "delete_customer", "update_group"):
        for text, told in (("abc", "abc"), ("{id}", "{id}"), ("1%C3%A9", "1é")):
            path = f"{path_of(operation).removesuffix('1')}{text}"
            yield trigger("number-malformed", operation, 400, malformed("id", told), path=path)
    numbers = {
        **{operation: ["limit", "offset"] for operation in LISTS},
        "get_vendor_graph": ["vendorId", "duration"],
        "find_visits": ["month", "year"],
    }
    for operation in ("find_order_products", "find_product_views"):
        numbers[operation] = [*numbers[operation], "customerId"]
    for operation, names in numbers.items():
        for name in names:
            for text in ("abc", "", "1,2"):
                path = f"{path_of(operation)}?{name}={text}"
                yield trigger("number-malformed", operation, 400, malformed(name, text), path=path)
        first = f"{path_of(operation)}?{names[1]}=x&{names[0]}=y"
        yield trigger("number-malformed", operation, 400, malformed(names[0], "y"), path=first)
    for operation, path in LISTS.items():
        for text in ("abc", "", "True"):
            told = malformed("count", text, "JSON")
            yield trigger("json-malformed", operation, 400, told, path=f"{path}?count={text}")


# The database


def by_database() -> Iterator[Trigger]:
    failed = "QueryFailedError"
    syntax = (
        "ER_PARSE_ERROR: You have an error in your SQL syntax; check the manual for the right syntax to use near '{}'"
    )
    for operation, path in LISTS.items():
        for query, near in (("limit=1.5", "1.5"), ("limit=1&offset=-1", "-1")):
            told = by_framework(failed, syntax.format(near))
            yield trigger("query-failed", operation, 500, told, path=f"{path}?{query}")
    unknown = by_framework(failed, "ER_BAD_FIELD_ERROR: Unknown column 'Gold' in 'WHERE'")
    yield trigger("query-failed", "find_customers", 500, unknown, path="/api/admin-customer?customerGroup=Gold")
    month = by_framework(failed, "ER_BAD_FIELD_ERROR: Unknown column 'vendorOrders.created_date' in 'WHERE'")
    yield trigger("query-failed", "get_vendor_graph", 500, month, path=f"{_C}/vendor-graph-list?vendorId=1&duration=3")
    columns = {"customerGroupId": "customer_group_id", "mailStatus": "mail_status", "status": "is_active"}
    for operation in ("create_customer", "update_customer", "create_group", "update_group"):
        good = GOOD[operation][1]
        for field in columns.keys() & good.keys():
            wrong = f"Incorrect integer value: 'active' for column `{columns[field]}` at row 1"
            told = by_framework(failed, f"ER_TRUNCATED_WRONG_VALUE_FOR_FIELD: {wrong}")
            yield trigger("query-failed", operation, 500, told, json={**good, field: "active"})
    nameless = by_framework(failed, "ER_NO_DEFAULT_FOR_FIELD: Field 'name' doesn't have a default value")
    yield trigger("query-failed", "create_group", 500, nameless, json=[])
