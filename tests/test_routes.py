"""From a method and a path to the operation, over several contracts."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from mockserver.contract import read_contract
from mockserver.routes import Route, Routes
from mockserver.vendor import Api

OPERATION: dict[str, Any] = {"summary": "s", "responses": {"200": {"description": "d"}}}
CONTRACTS: dict[str, dict[str, Any]] = {
    "cups": {
        "base": "/shop",
        "paths": {
            "/cups/{id}": {"get": "get_cup", "delete": "break_cup"},
            "/cups/{id}/{part}": {"get": "get_part"},
            "/cups/{id}/handle": {"get": "get_handle"},
            "/cups": {"get": "find_cups", "post": "create_cup"},
            "/cups/best": {"get": "get_best_cup", "head": "check_best_cup"},
            "/cups/{id}.json": {"put": "put_cup"},
        },
        "claims": r"^/(old|v[0-9])/cups",
    },
    "plates": {"base": "/shop/plates", "paths": {"/{id}": {"get": "get_plate"}, "": {"get": "find_plates"}}},
    "forks": {"base": "/old", "paths": {"/forks": {"get": "find_forks"}}},
}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> Routes:
    folder = tmp_path_factory.mktemp("contracts")
    return Routes(_api(folder / f"{name}.yaml", described) for name, described in CONTRACTS.items())


def _api(file: Path, described: dict[str, Any]) -> Api:
    paths: dict[str, Any] = {
        path: {
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in ("id", "part")
                if f"{{{name}}}" in path
            ],
            **{method: {**OPERATION, "operationId": id} for method, id in methods.items()},
        }
        for path, methods in described["paths"].items()
    }
    document = {"openapi": "3.1.1", "servers": [{"url": described["base"]}], "paths": paths}
    if "claims" in described:
        document["x-claims"] = described["claims"]
    file.write_text(json.dumps(document))
    api: Any = SimpleNamespace(contract=read_contract(file))
    return cast(Api, api)


def answer(route: Route | None) -> tuple[str | None, str | None, dict[str, str], set[str]]:
    """The contract, the operation, the path's parameters, the methods that there are instead."""
    if route is None:
        return None, None, {}, set()
    operation = route.operation.id if route.operation else None
    return route.api.contract.api, operation, dict(route.path), set(route.allowed)


@pytest.mark.parametrize(
    ("request_line", "api", "operation", "path"),
    [
        ("GET /shop/cups", "cups", "find_cups", {}),
        ("POST /shop/cups", "cups", "create_cup", {}),
        ("GET /shop/cups/best", "cups", "get_best_cup", {}),
        ("GET /shop/cups/7", "cups", "get_cup", {"id": "7"}),
        ("GET /shop/cups/Best", "cups", "get_cup", {"id": "Best"}),
        ("DELETE /shop/cups/a b+c", "cups", "break_cup", {"id": "a b+c"}),
        ("GET /shop/cups/7/handle", "cups", "get_handle", {"id": "7"}),
        ("GET /shop/cups/7/ear", "cups", "get_part", {"id": "7", "part": "ear"}),
        ("GET /shop/cups/7.json", "cups", "get_cup", {"id": "7.json"}),
        ("HEAD /shop/cups", "cups", "find_cups", {}),
        ("HEAD /shop/cups/7", "cups", "get_cup", {"id": "7"}),
        ("HEAD /shop/cups/best", "cups", "check_best_cup", {}),
        ("GET /shop/plates", "plates", "find_plates", {}),
        ("GET /shop/plates/7", "plates", "get_plate", {"id": "7"}),
        ("GET /old/forks", "forks", "find_forks", {}),
    ],
)
def test_a_request_finds_its_operation(
    routes: Routes, request_line: str, api: str, operation: str, path: dict[str, str]
) -> None:
    assert answer(routes.find(*request_line.split(" ", 1))) == (api, operation, path, set())


@pytest.mark.parametrize(
    ("request_line", "api", "allowed"),
    [
        ("PUT /shop/cups", "cups", {"GET", "HEAD", "POST"}),
        ("POST /shop/cups/7", "cups", {"GET", "HEAD", "DELETE"}),
        ("DELETE /shop/cups/best", "cups", {"GET", "HEAD"}),
        ("get /shop/cups", "cups", {"GET", "HEAD", "POST"}),
        ("OPTIONS /old/forks", "forks", {"GET", "HEAD"}),
    ],
)
def test_another_method_finds_those_that_the_path_has(
    routes: Routes, request_line: str, api: str, allowed: set[str]
) -> None:
    found_api, operation, _, found = answer(routes.find(*request_line.split(" ", 1)))
    assert (found_api, operation, found) == (api, None, allowed)


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/shop", "cups"),
        ("/shop/", "cups"),
        ("/shop/cups/", "cups"),
        ("/shop/cups//handle", "cups"),
        ("/shop/cups/7/handle/", "cups"),
        ("/shop/platesandmore", "cups"),
        ("/shop/plates/", "plates"),
        ("/shop/plates/7/8", "plates"),
        ("/old/spoons", "forks"),
        ("/old/cups/7", "cups"),
        ("/v2/cups", "cups"),
    ],
)
def test_an_unknown_path_belongs_to_whom_it_is_claimed_by_or_to_the_longest_base(
    routes: Routes, path: str, api: str
) -> None:
    assert answer(routes.find("GET", path)) == (api, None, {}, set())


@pytest.mark.parametrize(
    "path", ["/", "", "/sho", "/shops", "/shops/cups", "/v2/plates", "/x/shop/cups", "/vv/cups", "/Shop/cups"]
)
def test_a_path_in_which_nobody_has_a_say_has_no_route(routes: Routes, path: str) -> None:
    assert routes.find("GET", path) is None


def test_a_route_is_the_same_when_it_is_known_again(routes: Routes) -> None:
    for method, path in (("GET", "/shop/cups/7"), ("HEAD", "/shop/cups/7"), ("PUT", "/shop/cups/7"), ("GET", "/old/x")):
        first = routes.find(method, path)
        assert first is not None
        assert routes.find(method, path) is first
    assert routes.find("GET", "/nowhere") is None


def test_only_so_many_routes_are_known_again(routes: Routes) -> None:
    for number in range(200):
        found = routes.find("GET", f"/shop/cups/{number}")
        assert found is not None
        assert found.path == {"id": str(number)}
    assert routes.find("GET", f"/shop/cups/{'a' * 300}") is not None
    assert len(routes._known) == 128
    assert ("GET", "/shop/cups/199") in routes._known
