"""Formats and methods: which requests Kounta reads, what it answers with, and what it looks at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    COMPANY,
    CUSTOMERS,
    JAMIE,
    WEBHOOKS,
    basic,
    refused,
)

CUSTOMER = f"{CUSTOMERS}/{JAMIE}"
READABLE = ["companies/me", COMPANY, CUSTOMERS, CUSTOMER, WEBHOOKS]
NOT_ACCEPTABLE = (406, "not_acceptable", "Let the path end in .json, or accept application/json")
WRONG_TYPE = (400, "bad_request", "The header Content-Type must be application/json")
NEW = b'{"first_name": "Ann", "phone": "1"}'

ACCEPTED: list[str | None] = [
    "application/json",
    "*/*",
    "application/*",
    "text/html, application/json;q=0.1",
    "Application/JSON;charset=utf-8",
]
NOT_ACCEPTED: list[str | None] = [None, "", "text/html", "application/xml", "text/*", "application/json;q=0", "json"]


def ask(kounta: AppClient, method: str, path: str, accept: str | None, body: bytes | None = None) -> Any:
    """A request with this Accept header or none."""
    kounta.headers.pop("accept", None)
    headers = {} if accept is None else {"Accept": accept}
    if body is not None:
        headers["Content-Type"] = "application/json"
    return kounta.request(method, path, headers=headers, content=body)


# Accept


@pytest.mark.parametrize("accept", ACCEPTED)
@pytest.mark.parametrize("path", READABLE)
def test_without_an_ending_the_client_must_accept_json(kounta: AppClient, path: str, accept: str | None) -> None:
    reply = ask(kounta, "GET", path, accept)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json"), reply.text


@pytest.mark.parametrize("accept", NOT_ACCEPTED)
@pytest.mark.parametrize("path", READABLE)
def test_a_client_that_does_not_is_refused(kounta: AppClient, path: str, accept: str | None) -> None:
    assert refused(ask(kounta, "GET", path, accept)) == NOT_ACCEPTABLE


@pytest.mark.parametrize("accept", ACCEPTED + NOT_ACCEPTED)
@pytest.mark.parametrize("path", READABLE)
def test_with_an_ending_it_may_accept_whatever_it_likes(kounta: AppClient, path: str, accept: str | None) -> None:
    reply = ask(kounta, "GET", f"{path}.json", accept)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json"), reply.text


@pytest.mark.parametrize("accept", NOT_ACCEPTED)
def test_nothing_is_done_for_who_cannot_be_answered(
    kounta: AppClient, state: Callable[[], object], accept: str | None
) -> None:
    before = state()
    for method, path in (("POST", CUSTOMERS), ("PUT", CUSTOMER), ("GET", f"{CUSTOMERS}?mobile=0412345678")):
        assert refused(ask(kounta, method, path, accept, NEW)) == NOT_ACCEPTABLE
    assert state() == before


@pytest.mark.parametrize(
    "path", [f"{CUSTOMERS}.xml", f"{CUSTOMERS}.JSON", f"{CUSTOMERS}.json/", f"{CUSTOMERS}.json.json"]
)
def test_another_ending_makes_another_path(kounta: AppClient, path: str) -> None:
    assert refused(kounta.get(path)) == (404, "not_found", "Not Found")


# Content-Type


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/json;x"]
)
def test_a_body_is_json_by_its_content_type(kounta: AppClient, ending: str, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert kounta.post(f"{CUSTOMERS}{ending}", content=NEW, headers=headers).status_code == 201
    assert kounta.put(f"{CUSTOMER}{ending}", content=b"{}", headers=headers).status_code == 200


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize(
    "content_type",
    [
        *(None, "", "json", "text/json", "text/plain", "application/xml", "application/x-www-form-urlencoded"),
        *("multipart/form-data", "application/vnd.api+json", "application/jsonp", "*/*", "text/html, application/json"),
    ],
)
def test_any_other_content_type_is_refused(
    kounta: AppClient, state: Callable[[], object], ending: str, content_type: str | None
) -> None:
    before = state()
    headers = {} if content_type is None else {"Content-Type": content_type}
    for method, path in (("POST", CUSTOMERS), ("PUT", CUSTOMER), ("POST", WEBHOOKS)):
        assert refused(kounta.request(method, f"{path}{ending}", content=NEW, headers=headers)) == WRONG_TYPE
    assert state() == before


UNREADABLE = {
    "empty": (b"", "the body is empty"),
    "space": (b" \n", "the body is empty"),
    "array": (b"[]", "it is not an object"),
    "null": (b"null", "it is not an object"),
    "text": (b'"Ann"', "it is not an object"),
    "repeated key": (b'{"phone": "1", "phone": "2"}', 'the key "phone" stands twice in one object'),
}


@pytest.mark.parametrize(("body", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_means_no_one_object_is_refused(kounta: AppClient, body: bytes, reason: str) -> None:
    for method, path in (("POST", CUSTOMERS), ("PUT", CUSTOMER), ("POST", WEBHOOKS)):
        reply = kounta.request(method, path, content=body, headers={"Content-Type": "application/json"})
        assert refused(reply) == (400, "bad_request", f"The request body cannot be read: {reason}")


@pytest.mark.parametrize(
    "body",
    [b'{"phone": "1"', b"phone=1", b"{'phone': '1'}", b'{"phone": NaN}', b'{"phone": "\xff"}', b'{"phone": "\\ud800"}'],
)
def test_a_body_that_is_no_json_is_refused(kounta: AppClient, body: bytes) -> None:
    reply = kounta.put(CUSTOMER, content=body, headers={"Content-Type": "application/json"})
    status, error, text = refused(reply)
    assert (status, error) == (400, "bad_request")
    assert text.startswith("The request body cannot be read: not JSON: ")


@pytest.mark.parametrize("path", READABLE)
def test_a_body_that_nobody_reads_is_not_looked_at(kounta: AppClient, path: str) -> None:
    reply = kounta.request("GET", path, content=b"[", headers={"Content-Type": "?"})
    assert reply.status_code == 200, reply.text


# Methods


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("token", {"POST"}),
        ("companies/me", {"GET", "HEAD"}),
        (COMPANY, {"GET", "HEAD"}),
        (CUSTOMERS, {"GET", "HEAD", "POST"}),
        (CUSTOMER, {"GET", "HEAD", "PUT"}),
        (WEBHOOKS, {"GET", "HEAD", "POST"}),
        (f"{WEBHOOKS}/1", {"GET", "HEAD", "PUT", "DELETE"}),
    ],
)
def test_other_methods_are_refused_and_the_allowed_ones_named(
    kounta: AppClient, state: Callable[[], object], path: str, ending: str, allowed: set[str]
) -> None:
    before = state()
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"} - allowed:
        reply = kounta.request(method, f"{path}{ending}")
        assert reply.status_code == 405, reply.text
        assert {*reply.headers["allow"].split(", ")} == allowed
        if method != "HEAD":
            assert refused(reply) == (405, "method_not_allowed", "Method Not Allowed")
    assert state() == before


@pytest.mark.parametrize(
    "path", [*READABLE, f"{CUSTOMERS}?mobile=0412345678", f"{CUSTOMERS}?email=x", "companies/1", "nowhere"]
)
def test_head_is_get_without_the_body(kounta: AppClient, path: str) -> None:
    read, head = kounta.get(path), kounta.head(path)
    assert (head.status_code, head.content) == (read.status_code, b"")
    told = [{name: text for name, text in reply.headers.items() if "ratelimit" not in name} for reply in (read, head)]
    assert told[0] == told[1]


# What is looked at first


class Stage(NamedTuple):
    """A request with faults at two stages, and the row of the earlier one."""

    name: str
    method: str
    path: str
    body: bytes
    headers: dict[str, str]
    row: str


JSON, NOBODY = {"Content-Type": "application/json"}, {"Authorization": ""}
LARGE = b" " * (1 << 20) + b"["
STAGES = [
    Stage("method before credentials", "DELETE", CUSTOMER, b"", NOBODY, "method-wrong"),
    Stage("credentials before path", "GET", "nowhere", b"", NOBODY, "credentials-missing"),
    Stage("credentials before format", "GET", CUSTOMERS, b"", {**NOBODY, "Accept": "text/html"}, "credentials-missing"),
    Stage("secret before body", "POST", CUSTOMERS, b"[", basic(ADDON[0], "x"), "client-unknown"),
    Stage("path before format", "GET", "nowhere", b"", {"Accept": "text/html"}, "path-unknown"),
    Stage("format before size", "POST", CUSTOMERS, LARGE, {**JSON, "Accept": "text/html"}, "format-not-acceptable"),
    Stage("format before company", "GET", "companies/1", b"", {"Accept": "text/html"}, "format-not-acceptable"),
    Stage("size before type", "POST", CUSTOMERS, LARGE, {}, "body-too-large"),
    Stage("type before JSON", "POST", CUSTOMERS, b"[", {}, "media-type-wrong"),
    Stage("JSON before company", "POST", "companies/1/customers", b"[", JSON, "body-unreadable"),
    Stage("company's form before fields", "POST", "companies/x/customers", b'{"tags": 1}', JSON, "company-not-found"),
    Stage("fields before company", "POST", "companies/1/customers", b'{"tags": 1}', JSON, "field-malformed"),
    Stage("company before customer", "PUT", "companies/1/customers/1", b"{}", JSON, "company-not-found"),
    Stage("fields before customer", "PUT", f"{CUSTOMERS}/1", b'{"tags": 1}', JSON, "field-malformed"),
    Stage("customer before rules", "PUT", f"{CUSTOMERS}/1", b'{"email": "x", "first_name": ""}', JSON, "customer-not-found"),
    Stage("page before lookup", "GET", f"{CUSTOMERS}?start=x&phone=1", b"", {}, "field-malformed"),
    Stage("company before lookup", "GET", "companies/1/customers?phone=1", b"", {}, "company-not-found"),
    Stage("email before first name", "POST", CUSTOMERS, b'{"email": "x"}', JSON, "field-malformed"),
    Stage("first name before contact", "POST", CUSTOMERS, b"{}", JSON, "first-name-missing"),
    Stage("contact before country", "POST", CUSTOMERS, b'{"first_name": "A", "primary_address": {"country": "XX"}}', JSON, "contact-missing"),
    Stage("mobile before country", "POST", CUSTOMERS, b'{"first_name": "A", "mobile": "0412345678", "primary_address": {"country": "XX"}}', JSON, "mobile-already-exists"),
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_fault_of_an_earlier_stage_is_reported_first(kounta: AppClient, sandbox: Sandbox, stage: Stage) -> None:
    kounta.request(stage.method, stage.path, content=stage.body, headers=stage.headers)
    assert next(iter(sandbox.journal)).row == stage.row
