"""Every row of Open2b's error tables by a real request, by `Prefer`, and in the vendor's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from mockserver import files
from mockserver.app import build
from mockserver.contract import read_contract
from mockserver.fixture import read_fixture
from mockserver.jsonbody import MAX_DEPTH
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from tests.appclient import AppClient

CONTRACT = read_contract(files.contracts() / "open2b.yaml")
KEY = "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"
LIMITED = "bW9ja3NlcnZlci1vcGVuMmItbGltaXRlZC1rZXk"
HOLMES, SMITH, IRENE = 37091, 70371, 722
FUTURE = "2999-01-01 00:00:00"
ADDRESS = {
    "firstName": "A",
    "lastName": "B",
    "street1": "S",
    "city": "C",
    "postalCode": "1",
    "country": "GB",
    "email": "a@b.co",
}
PASSWORD = {"value": "I9bV2crS"}


class Trigger(NamedTuple):
    """A request that the shop refuses: who, with which row, how."""

    row: str
    method: str
    request: object
    field: str
    type: str
    description: str
    key: str = KEY


def customer(email: str = "a@b.co", **more: Any) -> dict[str, Any]:
    """What create is asked."""
    return {"customer": {"billingAddress": {**ADDRESS, "email": email}, **more}}


def changes(id: int = HOLMES, **more: Any) -> dict[str, Any]:
    """What update is asked."""
    return {"id": id, "customer": more}


# What create and update have in common: the row, what is wrong with the customer, field, type, description.
SHARED: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("collection-invalid-value", {"collection": 22}, "collection", "InvalidValue", "Collection 22 is not a catalog collection"),
    ("collection-not-found", {"collection": 999999}, "collection", "NotFound", "Collection 999999 does not exist"),
    ("collections-invalid-value-count", {"collections": [*range(101, 199), 22, 54, 22]}, "collections", "InvalidValue", "A customer cannot have more than 100 additional collections"),
    ("collections-invalid-value-kind", {"collections": [22, 8]}, "collections", "InvalidValue", "Collection 8 is not an additional collection"),
    ("collections-malformed", {"collections": [22, 54, 22]}, "collections", "Malformed", "A collection id is repeated"),
    ("collections-not-found", {"collections": [22, 999999]}, "collections", "NotFound", "Collection 999999 does not exist"),
    ("creation-time-invalid-value", {"creationTime": FUTURE}, "creationTime", "InvalidValue", f"Creation time '{FUTURE}' is in the future"),
    ("group-not-found", {"group": 254}, "group", "NotFound", "Customer group 254 does not exist"),
    ("invoice-recipient-malformed", {"invoiceRecipient": "?"}, "invoiceRecipient", "Malformed", "'?' is not a recipient code or email address"),
    ("locale-malformed", {"locale": "1234"}, "locale", "Malformed", "'1234' is not a valid locale code"),
    ("login-time-invalid-value-before-creation", {"creationTime": "2020-05-21 16:49:13", "loginTime": "2020-05-20 00:00:00"}, "loginTime", "InvalidValue", "Login time '2020-05-20 00:00:00' is before the creation time"),
    ("login-time-invalid-value-future", {"loginTime": FUTURE}, "loginTime", "InvalidValue", f"Login time '{FUTURE}' is in the future"),
    ("password-malformed-crypted", {"password": {"value": "abcdef", "cryptedBy": "Open2b"}}, "password", "Malformed", "Password is not a 'Open2b' crypted password"),
    ("password-malformed-length", {"password": {"value": "abc"}}, "password", "Malformed", "Password must have between 6 and 16 characters"),
]  # fmt: skip
NEEDS_PASSWORD = ("canLogin", "InvalidValue", "canLogin can be true only if password is defined")
CODE_TAKEN = ("code", "AlreadyExists", "Code 'TF78123' already exists")
HOLMES_EMAIL = "holmes@inv-london.com"
EMAIL_TAKEN = ("email", "AlreadyExists", f"Email '{HOLMES_EMAIL}' already exists for a customer that can login")

REFUSED = [
    *(Trigger(row, "create", customer(**wrong), *error) for row, wrong, *error in SHARED),
    Trigger("can-login-invalid-value", "create", customer(canLogin=True, password=None), *NEEDS_PASSWORD),
    Trigger("code-already-exists", "create", customer(code="TF78123"), *CODE_TAKEN),
    Trigger("email-already-exists", "create", customer(HOLMES_EMAIL, password=PASSWORD), *EMAIL_TAKEN),
    Trigger("email-invalid-value", "create", customer("abc"), "email", "InvalidValue", "'abc' is not a well formed email address"),
    Trigger("password-missing", "create", customer(canLogin=True), "password", "Missing", "Password is required if customer is active"),
    *(Trigger(row, "update", changes(**wrong), *error) for row, wrong, *error in SHARED),
    Trigger("can-login-invalid-value", "update", changes(IRENE, canLogin=True), *NEEDS_PASSWORD),
    Trigger("cart-not-found", "update", changes(cart="0" * 32), "cart", "NotFound", f"Cart '{'0' * 32}' does not exist"),
    Trigger("code-already-exists", "update", changes(IRENE, code="TF78123"), *CODE_TAKEN),
    Trigger("email-already-exists", "update", changes(SMITH, billingAddress={**ADDRESS, "email": HOLMES_EMAIL}), *EMAIL_TAKEN),
    Trigger("email-invalid-value", "update", changes(billingAddress={**ADDRESS, "email": "abc"}), "email", "InvalidValue", "Email 'abc' is not a well formed email address"),
    Trigger("id-not-found", "update", changes(999999), "id", "NotFound", "Customer '999999' does not exist"),
]  # fmt: skip
REFUSED_EVERYWHERE = [
    Trigger("unknown-unknown-field", "find", {"nickname": 1}, "unknown", "UnknownField", "Field 'nickname' is unknown"),
    Trigger("field-access-denied", "get", {"id": 1, "fields": ["encryptedPassword"]}, "encryptedPassword", "AccessDenied", "Access denied to field encryptedPassword", LIMITED),
    Trigger("field-missing", "create", {"customer": {}}, "billingAddress", "Missing", "BillingAddress is required"),
    Trigger("field-missing-combination", "create", customer(password={"cryptedBy": "Open2b"}), "value", "MissingCombination", "Value is required if CryptedBy is provided"),
    Trigger("field-malformed", "get", {"id": "37091"}, "id", "Malformed", "Id is not syntactically correct"),
    Trigger("field-invalid-value", "find", {"order": ["name"]}, "order", "InvalidValue", "Order is not a valid value"),
    Trigger("field-invalid-combination", "find", {"first": 1, "conditions": {"after": 1}}, "first", "InvalidCombination", "First is not allowed if After is provided"),
    Trigger("method-invalid-value", "delete", {"ids": []}, "commerce.customers.delete", "InvalidValue", "commerce.customers.delete is not available for this installation", LIMITED),
]  # fmt: skip


class Barred(NamedTuple):
    """A request that reaches no method, and the plain text that answers it; past a final colon a library's words follow."""

    row: str
    status: int
    text: str
    http_method: str = "POST"
    path: str = "v13/commerce.customers.delete"
    body: bytes = b'{"ids": [37091]}'
    key: str | None = KEY


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "the body is empty"),
    "space": (b" \n", "the body is empty"),
    "cut": (b'{"ids": [37091]', "not JSON:"),
    "array": (b"[37091]", "it is not an object"),
    "null": (b"null", "it is not an object"),
    "text": (b'"37091"', "it is not an object"),
    "form": (b"ids=37091", "not JSON:"),
    "NaN": (b'{"ids": NaN}', "not JSON:"),
    "repeated key": (b'{"ids": [37091], "ids": [722]}', 'the key "ids" stands twice in one object'),
    "too deep": (b'{"ids": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", f"nested more than {MAX_DEPTH} levels deep"),
}
BARRED = [
    Barred("key-missing", 403, "missing key", key=None),
    Barred("key-malformed", 403, "malformed key", key=""),
    Barred("key-malformed", 403, "malformed key", key="short"),
    Barred("key-malformed", 403, "malformed key", key="not a key at all"),
    Barred("method-unknown", 404, "Not Found", path="v13/commerce.customers.remove"),
    Barred("method-unknown", 404, "Not Found", path="v13/commerce.customers.delete/"),
    Barred("method-unknown", 404, "Not Found", path="v12/commerce.customers.delete"),
    Barred("method-unknown", 404, "Not Found", path="v130/commerce.customers.delete"),
    *(Barred("http-method", 405, "Method Not Allowed", http_method=name) for name in ("GET", "PUT", "DELETE", "OPTIONS")),
    Barred("body-too-large", 413, "The request body is larger than 1048576 bytes", body=b'{"ids": [37091]}' + b" " * 1048576),
    *(Barred("body-unreadable", 400, f"The request body is not a JSON object: {why}", body=body) for body, why in UNREADABLE.values()),
]  # fmt: skip
BARRED_ELSEWHERE = "calls-exceeded"


def operation(method: str) -> str:
    """The contract's name for a method of the vendor."""
    return next(operation.id for operation in CONTRACT.operations.values() if operation.path.endswith(f".{method}"))


def error(trigger: Trigger) -> dict[str, Any]:
    """The vendor's form of an error."""
    return {
        "status": "error",
        "error": {"field": trigger.field, "type": trigger.type, "description": trigger.description},
    }


def test_every_row_of_the_contract_has_a_request_that_triggers_it() -> None:
    rows = {(operation.id, row) for operation in CONTRACT.operations.values() for row in operation.own_errors}
    assert {(operation(trigger.method), trigger.row) for trigger in REFUSED} == rows
    barred = {trigger.row for trigger in BARRED} | {BARRED_ELSEWHERE}
    assert {trigger.row for trigger in REFUSED_EVERYWHERE} | barred == CONTRACT.errors.keys()


@pytest.mark.parametrize("trigger", REFUSED + REFUSED_EVERYWHERE, ids=lambda trigger: f"{trigger.method}-{trigger.row}")
def test_a_refused_request_gets_the_error_of_its_row_and_alters_nothing(
    open2b: AppClient, sandbox: Sandbox, state: Callable[[], object], trigger: Trigger
) -> None:
    before = state()
    reply = open2b.post(f"commerce.customers.{trigger.method}", json=trigger.request, headers={"X-Key": trigger.key})
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    assert reply.json() == error(trigger)
    assert list(reply.json()["error"]) == ["field", "type", "description"]
    assert state() == before
    assert next(iter(sandbox.journal)).row == trigger.row


@pytest.mark.parametrize("barred", BARRED, ids=lambda barred: barred.row)
def test_a_request_that_reaches_no_method_gets_plain_text_and_alters_nothing(
    open2b: AppClient, sandbox: Sandbox, state: Callable[[], object], barred: Barred
) -> None:
    before = state()
    del open2b.headers["x-key"]
    headers = {} if barred.key is None else {"X-Key": barred.key}
    url = f"http://127.0.0.1/@{sandbox.name}/api/{barred.path}"
    reply = open2b.request(barred.http_method, url, content=barred.body, headers=headers)
    assert reply.status_code == barred.status
    assert reply.text == barred.text or (barred.text.endswith(":") and reply.text.startswith(barred.text))
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers.get("allow") == ("POST" if barred.status == 405 else None)
    assert state() == before
    assert next(iter(sandbox.journal)).row == barred.row


def test_the_call_past_the_limit_is_refused_where_limits_are_enforced() -> None:
    world = build(read_fixture("documented"), options=Options(rate_limits="enforce"))
    headers = {"X-Key": KEY}
    with AppClient(world.app, base_url="http://127.0.0.1/api/v13/", headers=headers) as client:
        for _ in range(1000):
            reply = client.post("commerce.customers.count", content=b"{}")
            assert reply.status_code == 200, reply.text
        reply = client.post("commerce.customers.delete", content=b'{"ids": [37091]}')
        assert (reply.status_code, reply.text) == (429, "More than 1000 calls in 300 seconds")
        assert reply.headers["content-type"] == "text/plain; charset=utf-8"
        other = client.post("commerce.customers.get", content=b'{"id": 37091}', headers={"X-Key": LIMITED})
        assert other.json()["customer"]["id"] == HOLMES


def rows_by_preference() -> Iterator[Any]:
    for operation in CONTRACT.document["paths"].items():
        path, described = operation[0], operation[1]["post"]
        for row in [*CONTRACT.document["x-errors"], *described["x-errors"]]:
            yield pytest.param(path.removeprefix("/"), row, id=f"{described['operationId']}-{row['id']}")


@pytest.mark.parametrize(("path", "row"), [*rows_by_preference()])
def test_every_row_comes_on_demand_in_the_vendors_form(open2b: AppClient, path: str, row: dict[str, Any]) -> None:
    reply = open2b.post(path, content=b"not even JSON", headers={"Prefer": f"error={row['id']}"})
    example = row.get("example", {})
    message = row["message"].format(**example)
    assert reply.status_code == row.get("status", 200)
    if "type" in row:
        about = {"field": row["field"].format(**example), "type": row["type"], "description": message}
        assert reply.json() == {"status": "error", "error": about}
    else:
        assert reply.text == message
    assert "{" not in message


@pytest.mark.parametrize(
    "preference", ['error="id-not-found"', "respond-async, Error=id-not-found", "wait=1; error=id-not-found"]
)
def test_a_preference_may_be_quoted_and_stand_among_others(open2b: AppClient, preference: str) -> None:
    reply = open2b.post("commerce.customers.update", json=changes(group=1), headers={"Prefer": preference})
    assert reply.json()["error"]["description"] == "Customer '999999' does not exist"


def test_an_unknown_row_is_a_problem_that_names_the_known_ones(open2b: AppClient, state: Callable[[], object]) -> None:
    before = state()
    reply = open2b.post(
        "commerce.customers.update", json=changes(group=1), headers={"Prefer": "error=password-missing"}
    )
    assert (reply.status_code, reply.headers["content-type"]) == (400, "application/problem+json")
    assert reply.json()["known"] == list(CONTRACT.operations["update_customer"].errors)
    assert "password-missing" in reply.json()["detail"]
    assert state() == before


@pytest.mark.parametrize("preference", ["", "respond-async", "return=minimal, wait=10", "errors=id-not-found"])
def test_other_preferences_are_left_alone(open2b: AppClient, preference: str) -> None:
    reply = open2b.post("commerce.customers.get", json={"id": 1}, headers={"Prefer": preference})
    assert reply.json() == {"status": "ok", "customer": None}


def test_a_preference_does_not_make_up_for_a_missing_key(open2b: AppClient) -> None:
    del open2b.headers["x-key"]
    reply = open2b.post("commerce.customers.get", json={"id": 1}, headers={"Prefer": "error=field-missing"})
    assert (reply.status_code, reply.text) == (403, "missing key")


# What each row of a table needs to go wrong, in the order in which the vendor prints the rows.
ABSENT = object()
_BOTH: list[tuple[str, dict[str, Any]]] = [
    ("collection-invalid-value", {"collection": 22}),
    ("collection-not-found", {"collection": 999999}),
    ("collections-invalid-value-count", {"collections": [8, 999999, *range(1, 100), 1]}),
    ("collections-invalid-value-kind", {"collections": [999999, 999999, 8]}),
    ("collections-malformed", {"collections": [999999, 22, 22]}),
    ("collections-not-found", {"collections": [999999]}),
    ("creation-time-invalid-value", {"creationTime": FUTURE}),
    ("code-already-exists", {"code": "TF78123"}),
    ("email-already-exists", {"email": HOLMES_EMAIL, "password": PASSWORD}),
    ("email-invalid-value", {"email": "abc"}),
    ("group-not-found", {"group": 254}),
    ("invoice-recipient-malformed", {"invoiceRecipient": "?"}),
    ("locale-malformed", {"locale": "1234"}),
    ("login-time-invalid-value-before-creation", {"loginTime": "1990-01-01 00:00:00"}),
    ("login-time-invalid-value-future", {"loginTime": FUTURE}),
    ("password-malformed-crypted", {"password": {"value": "abcdef", "cryptedBy": "Open2b"}}),
    ("password-malformed-length", {"password": {"value": "abc"}}),
]
_LOGIN = ("can-login-invalid-value", {"canLogin": True, "password": None})
IN_ORDER: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "create": [_LOGIN, *_BOTH, ("password-missing", {"canLogin": True, "password": ABSENT})],
    "update": [_LOGIN, ("cart-not-found", {"cart": "0" * 32}), *_BOTH],
}


def two_faults() -> Iterator[Any]:
    """Every two rows of a table whose faults can stand in one request; the first one is to be reported."""
    for method, faults in IN_ORDER.items():
        for at, (row, first) in enumerate(faults):
            for other, second in faults[at + 1 :]:
                if all(first[name] == second[name] for name in first.keys() & second.keys()):
                    yield pytest.param(method, row, {**first, **second}, id=f"{method}-{row}-{other}")


@pytest.mark.parametrize(("method", "row", "faults"), [*two_faults()])
def test_of_two_faults_the_one_printed_first_is_reported(
    open2b: AppClient, sandbox: Sandbox, method: str, row: str, faults: dict[str, Any]
) -> None:
    given = {name: value for name, value in faults.items() if name != "email" and value is not ABSENT}
    given["billingAddress"] = {**ADDRESS, "email": faults.get("email", "a@b.co")}
    request = {"customer": given} if method == "create" else {"customer": given, "id": IRENE}
    assert open2b.post(f"commerce.customers.{method}", json=request).json()["status"] == "error"
    assert next(iter(sandbox.journal)).row == row


def test_the_order_of_the_tables_is_the_order_of_the_contract() -> None:
    """But for `id`, which stands in the middle of update's table and needs to be known before anything else."""
    for method, faults in IN_ORDER.items():
        printed = [row for row in CONTRACT.operations[operation(method)].own_errors if row != "id-not-found"]
        assert [row for row, _ in faults] == printed


class Stage(NamedTuple):
    """A request with faults at two stages, and the row of the earlier one."""

    name: str
    http_method: str
    method: str
    body: bytes
    headers: dict[str, str]
    row: str


STAGES = [
    Stage("HTTP method before key", "GET", "find", b"", {"X-Key": ""}, "http-method"),
    Stage("HTTP method before body", "PUT", "find", b"[]", {}, "http-method"),
    Stage("key before method", "POST", "remove", b"{}", {"X-Key": ""}, "key-malformed"),
    Stage("key before body", "POST", "find", b"[]", {"X-Key": "?"}, "key-malformed"),
    Stage("method before body", "POST", "remove", b"[]", {}, "method-unknown"),
    Stage("licence before body", "POST", "delete", b"[]", {"X-Key": LIMITED}, "method-invalid-value"),
    Stage("size before JSON", "POST", "find", b"[" * 1048577, {}, "body-too-large"),
    Stage("JSON before fields", "POST", "find", b'{"nickname": 1', {}, "body-unreadable"),
    Stage("unknown before missing", "POST", "create", b'{"customer": {"nickname": 1}}', {}, "unknown-unknown-field"),
    Stage("inner unknown before outer missing", "POST", "update", b'{"customer": {"nickname": 1}}', {}, "unknown-unknown-field"),
    Stage("unknown before malformed", "POST", "get", b'{"id": "x", "nickname": 1}', {}, "unknown-unknown-field"),
    Stage("missing before malformed", "POST", "update", b'{"id": "x"}', {}, "field-missing"),
    Stage("missing before invalid value", "POST", "authenticate", b'{"email": "a@b.co", "fields": ["x"]}', {}, "field-missing"),
    Stage("malformed before rights", "POST", "get", b'{"id": "x", "fields": ["encryptedPassword"]}', {"X-Key": LIMITED}, "field-malformed"),
    Stage("malformed time before the table", "POST", "update", b'{"id": 37091, "customer": {"collection": 22, "loginTime": "2020-02-30 00:00:00"}}', {}, "field-malformed"),
    Stage("combination before the table", "POST", "update", b'{"id": 37091, "customer": {"collection": 22, "password": {"cryptedBy": null}}}', {}, "field-missing"),
    Stage("malformed before unknown customer", "POST", "update", b'{"id": 999999, "customer": {"group": "x"}}', {}, "field-malformed"),
    Stage("rights before unknown customer", "POST", "update", b'{"id": 999999, "customer": {"password": null}}', {"X-Key": LIMITED}, "field-access-denied"),
    Stage("unknown customer before the table", "POST", "update", b'{"id": 999999, "customer": {"group": 254, "canLogin": true}}', {}, "id-not-found"),
    Stage("rights before the table", "POST", "create", b'{"customer": {"billingAddress": %s, "password": null, "canLogin": true}}', {"X-Key": LIMITED}, "field-access-denied"),
]  # fmt: skip
ADDRESS_TEXT = (
    b'{"firstName":"A","lastName":"B","street1":"S","city":"C","postalCode":"1","country":"GB","email":"a@b.co"}'
)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_fault_of_an_earlier_stage_is_reported_first(open2b: AppClient, sandbox: Sandbox, stage: Stage) -> None:
    body = stage.body.replace(b"%s", ADDRESS_TEXT)
    open2b.request(stage.http_method, f"commerce.customers.{stage.method}", content=body, headers=stage.headers)
    assert next(iter(sandbox.journal)).row == stage.row


def test_a_body_as_deep_as_can_be_read_is_judged_like_any_other(open2b: AppClient) -> None:
    body = b'{"ids": ' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}"
    reply = open2b.post("commerce.customers.delete", content=body)
    assert reply.json()["error"]["description"] == "Ids is not syntactically correct"


@pytest.mark.parametrize(
    ("request_body", "field"),
    [
        ({"customer": {"locale": 5, "billingAddress": ADDRESS}}, "locale"),
        ({"customer": {"group": 0, "wishList": [0], "billingAddress": ADDRESS}}, "group"),
        ({"customer": {"wishList": [0], "group": 0, "billingAddress": ADDRESS}}, "group"),
        ({"customer": {"billingAddress": {**ADDRESS, "city": "", "street1": ""}, "code": 5}}, "code"),
        ({"customer": {"billingAddress": {**ADDRESS, "city": "", "street1": ""}}}, "street1"),
        ({"customer": {"billingAddress": {"email": 5}}}, "firstName"),
    ],
)
def test_of_two_wrong_values_the_one_printed_first_is_reported(
    open2b: AppClient, request_body: dict[str, Any], field: str
) -> None:
    assert open2b.post("commerce.customers.create", json=request_body).json()["error"]["field"] == field
