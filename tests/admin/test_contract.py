"""Schemathesis over the admin API's contract, in process: any request, well-formed or not, gets a declared reply."""

from __future__ import annotations

import tempfile
from pathlib import Path
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

from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from tests.effort import EFFORT
from tests.webhooks.bell import bell

with tempfile.TemporaryDirectory() as folder:
    WORLD = build(read_fixture("default"), [*known_vendors().values(), bell(Path(folder))])
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
    {"vendor": "bell", "collection": "listeners", "key": "1"},
    {"vendor": "sandbox", "collection": "clock", "key": "clock"},
    {"vendor": "sandbox", "collection": "deliveries", "key": "1"},
    {"vendor": "sandbox", "collection": "rate_windows", "key": "new"},
]

settings = hypothesis.settings(
    max_examples=10 * EFFORT, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
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
        CLIENT.put("/state/bell/listeners/1", json={"url": "http://127.0.0.1:1/"})
        CLIENT.put("/state/bell/things/1", json={"name": "a"})
        known = {**place, "id": _id(case.operation.path), "file": "open2b.yaml"}
        case.path_parameters = {name: known[name] for name in generated}
        case.call_and_validate(base_url=URL, checks=DECLARED)


def _id(path: str) -> int:
    """Of the listener, of the newest delivery to it, or of the newest request."""
    if "subscriptions" in path:
        return 1
    asked = "/webhooks?limit=1" if "webhooks" in path else "/requests?vendor=admin&limit=1"
    [newest] = next(listed for listed in CLIENT.get(asked).json().values() if isinstance(listed, list))
    id: int = newest["id"]
    return id
