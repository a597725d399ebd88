"""Parameters in queries, paths and headers: read by the types of the contract, refused in the vendor's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.appclient import AppClient
from tests.dispatch.cups import client
from tests.dispatch.toys import Make, default


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("size=2", {"size": 2}),
        ("size=2&full=true", {"size": 2, "full": True}),
        ("size=2&full=false", {"size": 2, "full": False}),
        ("size=1&colours=red&colours=blue", {"size": 1, "colours": ["red", "blue"]}),
        ("size=1&colours=red", {"size": 1, "colours": ["red"]}),
        ("size=1&size=2", {"size": 2}),
    ],
)
def test_query_parameters_have_the_types_of_the_contract(shelf: AppClient, query: str, asked: dict[str, Any]) -> None:
    assert shelf.get(f"/cups/v1/cups?{query}").json()["asked"] == asked


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "query size: required"),
        ("full=true", "query size: required"),
        ("size=0", "query size: minimum"),
        ("size=two", "query size: type"),
        ("size=", "query size: type"),
        ("size=1.5", "query size: type"),
        ("size=%D9%A1", "query size: type"),
        ("size=1&full=yes", "query full: type"),
        ("size=1&colours=red&colours=green", "query colours: enum"),
        ("size=1&shape=round", "query shape: additionalProperties"),
    ],
)
def test_wrong_query_parameters_are_the_vendors_to_refuse(shelf: AppClient, query: str, text: str) -> None:
    reply = shelf.get(f"/cups/v1/cups?{query}")
    assert (reply.status_code, reply.json()) == (400, {"row": "field-wrong", "text": text})


def test_unknown_query_parameters_are_findings_where_the_vendor_ignores_them(make: Make) -> None:
    world = make(contract={"x-unknown-parameters": "ignore"})
    with client(world) as shop:
        assert shop.get("/cups/v1/cups?size=1&shape=round").json()["asked"]["size"] == 1
        assert shop.get("/cups/v1/cups?size=0&shape=round").json()["text"] == "query size: minimum"
    refused, answered = default(world).journal
    for exchange in (refused, answered):
        assert [(finding.id, finding.message) for finding in exchange.findings] == [
            ("unknown-parameter", "the vendor ignores ?shape")
        ]


@pytest.mark.parametrize(
    ("id", "reply"),
    [
        ("1", {"cups": [{"id": 1, "name": "tall"}]}),
        ("3", {"row": "cup-missing", "text": "no cup 3"}),
        ("0", {"row": "field-wrong", "text": "path id: minimum"}),
        ("x", {"row": "field-wrong", "text": "path id: type"}),
    ],
)
def test_path_parameters_have_the_types_of_the_contract(shelf: AppClient, id: str, reply: dict[str, Any]) -> None:
    assert shelf.get(f"/cups/v1/cups/{id}").json() == reply


# Headers


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {}),
        ({"X-Spouts": "2"}, {"X-Spouts": 2}),
        ({"X-SPOUTS": "2", "x-lid": "true"}, {"X-Spouts": 2, "X-Lid": True}),
        ({"X-Lid": "false"}, {"X-Lid": False}),
        ({"X-Lid": "false", "X-Handle": "1"}, {"X-Lid": False}),
    ],
)
def test_header_parameters_have_the_names_and_types_of_the_contract(
    kitchen: AppClient, headers: dict[str, str], fields: dict[str, Any]
) -> None:
    assert kitchen.get("/pots/v1/pots", headers=headers).json()["fields"] == fields


@pytest.mark.parametrize(
    ("method", "path", "headers", "text"),
    [
        ("GET", "/pots", {"X-Spouts": "0"}, "header X-Spouts: minimum"),
        ("GET", "/pots", {"X-Spouts": "two"}, "header X-Spouts: type"),
        ("GET", "/pots", {"X-Spouts": ""}, "header X-Spouts: type"),
        ("GET", "/pots", {"X-Spouts": "1, 2"}, "header X-Spouts: type"),
        ("GET", "/pots", {"X-Lid": "True"}, "header X-Lid: type"),
        ("GET", "/pots", {"X-Lid": "yes", "X-Spouts": "no"}, "header X-Spouts: type"),
        ("DELETE", "/pots/7", {}, "header X-Reason: required"),
        ("DELETE", "/pots/7", {"X-Reason": "it"}, "header X-Reason: minLength"),
    ],
)
def test_wrong_header_parameters_are_the_vendors_to_refuse(
    kitchen: AppClient, method: str, path: str, headers: dict[str, str], text: str
) -> None:
    reply = kitchen.request(method, f"/pots/v1{path}", headers=headers)
    assert (reply.status_code, reply.json()) == (400, {"row": "field-wrong", "text": text})
