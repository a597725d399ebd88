"""Runtime expressions: what they look like, and what they come to."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mockserver.scenarios import durations
from mockserver.scenarios.expressions import (
    BrokenExpression,
    Exchange,
    Expression,
    Scope,
    Undefined,
    expressions_in,
    parse,
    text_of,
    value,
)

EXCHANGE = Exchange(
    url="http://127.0.0.1/v1/customers/7?fields=all",
    method="POST",
    request_headers={"accept": "application/json"},
    request_path={"id": 7},
    request_query={"fields": "all"},
    request_body={"name": "Ann", "tags": ["a", "b"]},
    status=201,
    headers={"location": "/v1/customers/7"},
    body={"data": [{"id": 7, "a/b": {"m~n": True}}], "": "empty", "none": None},
)
SCOPE = Scope(
    inputs={"email": "ann@example.com", "x.y": {"z": [1, {"deep": 2}]}, "count": 3},
    steps={"sign-up": {"id": 7, "list": [{"name": "Ann"}]}},
    workflows={"first": {"inputs": {"a": 1}, "outputs": {"token": "t"}}},
    outputs={"done": True},
    sources={"shop": "contracts/shop.yaml"},
    components={"parameters": {"page": {"value": 2}}},
    exchange=EXCHANGE,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$url", EXCHANGE.url),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.header.Accept", "application/json"),
        ("$request.path.id", 7),
        ("$request.query.fields", "all"),
        ("$request.body", EXCHANGE.request_body),
        ("$request.body#/tags/1", "b"),
        ("$response.header.LOCATION", "/v1/customers/7"),
        ("$response.body#/data/0/id", 7),
        ("$response.body#/data/0/a~1b/m~0n", True),
        ("$response.body#/none", None),
        ("$response.body#/", "empty"),
        ("$response.body#", EXCHANGE.body),
        ("$inputs.email", "ann@example.com"),
        ("$inputs.x.y.z.1.deep", 2),
        ("$inputs.x.y#/z/0", 1),
        ("$steps.sign-up.outputs.id", 7),
        ("$steps.sign-up.outputs.list#/0/name", "Ann"),
        ("$steps.sign-up.outputs.list.0.name", "Ann"),
        ("$workflows.first.inputs.a", 1),
        ("$workflows.first.outputs.token", "t"),
        ("$outputs.done", True),
        ("$sourceDescriptions.shop.url", "contracts/shop.yaml"),
        ("$components.parameters.page", {"value": 2}),
        ("id {$steps.sign-up.outputs.id}, {$inputs.email}!", "id 7, ann@example.com!"),
        ("{$outputs.done}", "true"),
        ('{"a": "{$inputs.email}"}', '{"a": "ann@example.com"}'),
        ("$5.00", "$5.00"),
        ("costs $5", "costs $5"),
        ("$2b$10$abc", "$2b$10$abc"),
        ("{5} and {name}", "{5} and {name}"),
        ({"a": ["$inputs.count", {"b": "{$inputs.count}"}], "$inputs.count": 1}, {"a": [3, {"b": "3"}], "$inputs.count": 1}),
        (("$statusCode", 5, None, True), [201, 5, None, True]),
        (parse("$statusCode"), 201),
    ],
)  # fmt: skip
def test_a_value_is_worked_out_with_its_type(text: Any, expected: Any) -> None:
    found = value(text, SCOPE)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$inputs.nobody", "$inputs.nobody: there is no 'nobody'; there are: email, x.y, count"),
        ("$inputs.x.y.q", "$inputs.x.y.q: there is no 'q'; there are: z"),
        ("$inputs.count.a", "$inputs.count.a: there is no 'a'; there are: none"),
        ("$steps.gone.outputs.id", "there is no 'gone'; there are: sign-up"),
        ("$steps.sign-up.outputs.list.5", "there is no '5'"),
        ("$response.header.X-Gone", "there is no X-Gone; there are: location"),
        ("$request.path.gone", "there is no gone; there are: id"),
        ("$response.body#/data/1", "leads to nothing: there is no '1' at /data, where a list of 1 is"),
        ("$response.body#/data/0/id/x", "there is no 'x' at /data/0/id, where 7 is"),
        ("$response.body#/nobody", "there is no 'nobody' at the top; there are: data, , none"),
        ("in a text {$inputs.nobody}", "there is no 'nobody'"),
    ],
)
def test_what_leads_nowhere_says_where_it_ended(text: str, says: str) -> None:
    with pytest.raises(Undefined) as undefined:
        value(text, SCOPE)
    assert says in str(undefined.value)


def test_before_the_first_request_there_is_no_exchange() -> None:
    with pytest.raises(Undefined, match="there was no request yet"):
        value("$statusCode", Scope())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$inptus.a", "there is no $inptus (did you mean '$inputs'?); known: $url, "),
        ("$inputs", "$inputs is not whole; it is written $inputs.NAME"),
        ("$steps.a.id", "it is written $steps.ID.outputs.NAME"),
        ("$steps.a.outputs", "it is written $steps.ID.outputs.NAME"),
        ("$workflows.a.steps.b", "it is written $workflows.ID.outputs.NAME or "),
        ("$sourceDescriptions.a", "it is written $sourceDescriptions.NAME.url"),
        ("$components.a", "it is written $components.KIND.NAME"),
        ("$statusCode.a", "nothing follows behind $statusCode"),
        ("$url#/a", "nothing follows behind $url"),
        ("$response.headers.a", "there is no $response.headers.a (did you mean 'header'?); known: $response.header, $response.body"),
        ("$response.query.a", "there is no $response.query.a; known: $response.header"),
        ("$request", "there is no $request"),
        ("$response.header", "it is written $response.header.NAME"),
        ("$response.body.data.id", "a JSON pointer leads, as in $response.body#/data/id"),
        ("$response.body#data", "behind # stands a JSON pointer, which begins with /"),
        ("$inputs.a and more", "inside of a text it stands in braces: {$inputs."),
        ("a {$inptus.a}", "there is no $inptus"),
    ],
)  # fmt: skip
def test_what_is_no_expression_says_what_would_be_right(text: str, says: str) -> None:
    with pytest.raises(BrokenExpression) as broken:
        value(text, SCOPE)
    assert says in str(broken.value)


def test_a_text_that_does_not_begin_like_an_expression_is_none() -> None:
    with pytest.raises(BrokenExpression, match="is no runtime expression"):
        parse("inputs.a")


def test_all_expressions_of_a_value_are_found() -> None:
    found = expressions_in({"a": "$inputs.a", "b": ["x{$url}y{$steps.s.outputs.o#/0}", 5]})
    assert found == [
        Expression("$inputs.a", "inputs", ("a",)),
        Expression("$url", "url"),
        Expression("$steps.s.outputs.o#/0", "steps", ("s", "outputs", "o"), "/0"),
    ]


@given(st.text())
def test_any_text_is_a_value_or_says_what_is_wrong(text: str) -> None:
    with suppress(BrokenExpression, Undefined):
        assert isinstance(text_of(value(text, SCOPE)), str)


# Lengths of time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("90s", timedelta(seconds=90)),
        ("1.5m", timedelta(seconds=90)),
        ("1h", timedelta(hours=1)),
        ("2d", timedelta(days=2)),
        ("PT1H", timedelta(hours=1)),
        ("PT1H30M0.5S", timedelta(hours=1, minutes=30, milliseconds=500)),
        ("P1W2DT3M", timedelta(weeks=1, days=2, minutes=3)),
    ],
)
def test_lengths_of_time_have_a_unit(text: str, expected: timedelta) -> None:
    assert durations.read(text) == expected


@pytest.mark.parametrize("text", ["", "5", "5 s", "-5s", "P", "PT", "1h30m", "P1M", "PT1.5H", 5, None, "9" * 30 + "d"])
def test_anything_else_is_no_length_of_time(text: Any) -> None:
    with pytest.raises(durations.BrokenDuration):
        durations.read(text)
