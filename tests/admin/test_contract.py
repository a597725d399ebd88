"""Schemathesis over the admin API's contract, in process: any request, well-formed or not, gets a declared reply."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from schemathesis.checks import (
    CheckFunction,
    content_type_conformance,
    ignored_auth,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from mockserver.app import build
from mockserver.fixture import read_fixture

WORLD = build(read_fixture("default"))
SCHEMA = schemathesis.openapi.from_dict(dict(WORLD.admin[0].contract.document))
SCHEMA.app = WORLD.app
URL = "http://127.0.0.1/__admin"
CLIENT = TestClient(WORLD.app, base_url=URL)

EXCLUDED: list[CheckFunction] = [
    ignored_auth,  # the token is asked for only by a server that has one; test_access.py has such a server
]
DECLARED: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PLACES = [
    {"vendor": "open2b", "collection": "customers", "key": "37091"},
    {"vendor": "open2b", "collection": "groups", "key": "3"},
    {"vendor": "open2b", "collection": "carts", "key": "none"},
    {"vendor": "sandbox", "collection": "clock", "key": "clock"},
    {"vendor": "sandbox", "collection": "rate_windows", "key": "new"},
]

settings = hypothesis.settings(
    max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)


@SCHEMA.parametrize()
@settings
def test_every_request_gets_a_declared_reply(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(base_url=URL, excluded_checks=EXCLUDED)


@SCHEMA.include(path_regex=r"\{").parametrize()
@settings
def test_every_request_about_something_that_is_there_gets_a_declared_reply(case: schemathesis.Case[Any]) -> None:
    """The names in the path are real here, which the generator cannot guess."""
    generated = case.path_parameters
    for place in PLACES if "vendor" in generated else PLACES[:1]:
        CLIENT.put("/clock", json={"action": "advance", "durationMillis": 1})
        newest = CLIENT.get("/requests", params={"vendor": "admin", "limit": 1}).json()["requests"][0]
        known = {**place, "id": newest["id"], "file": "open2b.yaml"}
        case.path_parameters = {name: known[name] for name in generated}
        case.call_and_validate(base_url=URL, checks=DECLARED)
