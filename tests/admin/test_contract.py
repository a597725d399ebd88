"""Schemathesis over the admin API's contract, in process: any request, well-formed or not, gets a declared reply."""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import (
    CheckContext,
    CheckFunction,
    content_type_conformance,
    ignored_auth,
    not_a_server_error,
    positive_data_acceptance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.transport import Response
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source
from schemathesis.specs.openapi.schemas import OpenApiSchema

from mockserver.app import build, known_vendors
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import DEFAULT
from tests.appclient import AppClient
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture
from tests.webhooks.bell import bell

with tempfile.TemporaryDirectory() as folder:
    VENDORS = [*known_vendors().values(), bell(Path(folder))]
    WORLD = build(read_fixture("default"), VENDORS, Options(max_wait=0.01))  # whoever waits, waits in vain
ALIKE = [
    "set_faults",
    "add_faults",
    "put_fault",
    "find_requests",
    "count_requests",
    "wait_for_requests",
    "verify_requests",
]
"""Operations whose bodies are fault rules or request patterns, which take long to make up."""

SPARED = [id for id in ALIKE if id not in {"put_fault", "verify_requests"}]


def described(**without: list[str]) -> OpenApiSchema:
    """The contract, to be played without a phase for some of its operations."""
    spared = [
        {"include-operation-id": ids, "phases": {phase: {"enabled": False}}} for phase, ids in without.items() if ids
    ]
    config = schemathesis.Config.from_dict({"operations": spared})
    schema = schemathesis.openapi.from_dict(dict(WORLD.admin[0].contract.document), config=config)
    schema.app = WORLD.app
    return schema


URL = "http://127.0.0.1/__admin"
CLIENT = AppClient(WORLD.app, base_url=URL)

pytestmark = pytest.mark.usefixtures("unwatched")

EXCLUDED: list[CheckFunction] = [
    ignored_auth,  # the token is asked for only by a server that has one; test_access.py has such a server
    positive_data_acceptance,  # it knows nothing of what no schema can say; `refuses_no_valid_data` does
]
DECLARED: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BELL = {"vendor": "bell", "collection": "listeners", "key": "1"}
PLACES = [
    {"vendor": "open2b", "collection": "customers", "key": "37091"},
    {"vendor": "open2b", "collection": "groups", "key": "3"},
    {"vendor": "open2b", "collection": "carts", "key": "none"},
    BELL,
    {"vendor": "sandbox", "collection": "clock", "key": "clock"},
    {"vendor": "sandbox", "collection": "deliveries", "key": "1"},
    {"vendor": "sandbox", "collection": "rate_windows", "key": "new"},
]
REAL = {
    "vendor": "open2b",
    "api": "open2b",
    "operation": "get_customer",
    "error": "key-missing",
    "fixture": "documented",
    "sandbox": "default",
    "snapshot": "kept",
    "method": "POST",
    "url": "/api/v13/commerce.customers.get",
    "urlPath": "/api/v13/commerce.customers.get",
    "urlPathTemplate": "/api/v13/commerce.customers.get",
    "urlPattern": ".*get",
    "urlPathPattern": ".*get",
    "matches": "[a-z]*",
    "doesNotMatch": "[a-z]+",
    "matchesJsonPath": "$.id",
    "expression": "$..id",
    "from": "2026-01-01T00:00:00Z",
    "until": "2099-01-01T00:00:00Z",
}
"""For keys of bodies, texts that mean something here."""
MOST_PEOPLE, GREATEST_SEED = 100_000, 2**53 - 1

settings = hypothesis.settings(
    max_examples=4 * EFFORT, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck)
)


def ids(where: str) -> list[str]:
    """The operations at these paths, but for the one whose reply has no end; test_events.py reads that."""
    return [
        node["operationId"]
        for path, item in WORLD.admin[0].contract.document["paths"].items()
        for node in item.values()
        if isinstance(node, dict)
        and re.search(where, path)
        and node.get("operationId", "stream_events") != "stream_events"
    ]


@pytest.fixture(scope="module")
def schema() -> OpenApiSchema:
    return described(coverage=SPARED, fuzzing=SPARED)


@pytest.fixture(scope="module")
def schema_of_what_is_there() -> OpenApiSchema:
    return described(coverage=ALIKE)


def play(schema: OpenApiSchema, id: str, check: Callable[[schemathesis.Case[Any]], None]) -> None:
    """All requests of all phases for one operation.

    Schemathesis' own way makes them up while pytest looks what tests there are, in each worker.
    """
    test = build_operation_test(
        config=schema.config,
        operation=schema.find_operation_by_id(id),
        test_func=check,
        explicit_settings=settings,
        given_kwargs={},
        feedback=FeedbackSources(constants_value_source=make_constants_value_source(schema)),
    )
    test()


@pytest.mark.parametrize("id", ids(""))
def test_every_request_gets_a_declared_reply(schema: OpenApiSchema, id: str) -> None:
    play(schema, id, check)


def check(case: schemathesis.Case[Any]) -> None:
    spare_people(case.body)
    case.call_and_validate(base_url=URL, excluded_checks=EXCLUDED, additional_checks=[refuses_no_valid_data])


def spare_people(body: Any) -> None:
    """Whoever wants to have other people drawn, or thousands of them, gets the same three."""
    if isinstance(body, dict) and isinstance(body.get("customers"), int) and 0 <= body["customers"] <= MOST_PEOPLE:
        body["customers"] = 3
    if isinstance(body, dict) and isinstance(body.get("seed"), int) and abs(body["seed"]) <= GREATEST_SEED:
        body["seed"] = 7


def refuses_no_valid_data(ctx: CheckContext, response: Response, case: schemathesis.Case[Any]) -> bool | None:
    """What a schema allows is refused only by a row that says `state: true`: no schema can say that."""
    try:
        accepted: bool | None = positive_data_acceptance(ctx, response, case)
    except AssertionError:
        row = WORLD.admin[0].contract.rows().get(response.json().get("row"))
        if row is not None and row.detail.get("state"):
            return None
        raise
    return accepted


@pytest.mark.parametrize("id", ids(r"\{|^/(sandboxes|faults|verify|requests/)"))
def test_every_request_about_what_is_there_gets_a_declared_reply(
    schema_of_what_is_there: OpenApiSchema, id: str
) -> None:
    play(schema_of_what_is_there, id, check_what_is_there)


def check_what_is_there(case: schemathesis.Case[Any]) -> None:
    """The names in path and body are real here, which the generator cannot guess."""
    known = {**place(case), **make(case.operation.path), "file": "open2b.yaml"}
    case.path_parameters = {name: known[name] for name in case.path_parameters}
    case.body = meant(case.body)
    spare_people(case.body)
    case.call_and_validate(base_url=URL, checks=DECLARED)


def place(case: schemathesis.Case[Any]) -> dict[str, str]:
    """Some record, and always the same for the same request."""
    if "misbehaviour" in case.operation.path:
        return BELL
    return PLACES[zlib.crc32(repr((case.query, case.body)).encode()) % len(PLACES)]


def meant(value: Any) -> Any:
    """A value with real names instead of made-up ones."""
    if isinstance(value, dict):
        return {
            name: REAL[name] if name in REAL and isinstance(inner, str) else meant(inner)
            for name, inner in value.items()
        }
    return [meant(inner) for inner in value] if isinstance(value, list) else value


def make(path: str) -> dict[str, Any]:
    """Make what a path is about; its name in the path."""
    if path.startswith("/sandboxes"):
        WORLD.sandboxes.get("mine") or WORLD.sandboxes.create("mine")
        return {"name": "mine"}
    if path.startswith("/snapshots"):
        CLIENT.put("/snapshots/kept")
        return {"name": "kept"}
    if path.startswith("/faults"):
        CLIENT.post("/faults", json={"id": "flaky", "then": {"status": 503}})
        return {"id": "flaky"}
    if path.startswith("/scenarios"):
        CLIENT.post("/faults", json={"scenarioName": "outage", "newScenarioState": "down", "then": {}})
        return {"name": "outage"}
    CLIENT.put("/state/bell/listeners/1", json={"url": "http://127.0.0.1:1/"})
    if "webhooks" in path:
        CLIENT.put("/state/bell/things/1", json={"name": "a"})
    return {"id": _id(path)}


def _id(path: str) -> int:
    """Of the listener, of the newest delivery to it, or of the newest request."""
    sandbox = WORLD.sandboxes.get(DEFAULT)
    assert sandbox is not None
    if "subscriptions" in path:
        return 1
    if "webhooks" in path:
        return next(iter(sandbox.webhooks.outbox.newest_first())).id
    return next(iter(sandbox.journal)).id
