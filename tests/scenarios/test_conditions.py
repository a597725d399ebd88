"""Criteria: simple conditions with their whole grammar, regular expressions, JSONPaths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from mockserver.marks import Mark
from mockserver.scenarios.comparing import ABSENT
from mockserver.scenarios.conditions import BrokenCondition, Condition, Kind, read_condition
from mockserver.scenarios.expressions import BrokenExpression, Exchange, Scope

MARK = Mark(Path("a.arazzo.yaml"), 3, 5)
BODY = {
    "items": [{"id": 5, "name": "It's Ann", "tags": []}, {"id": 6, "name": "Bob"}],
    "total": "12",
    "none": None,
    "no": False,
    "zero": 0,
    "empty": "",
}
SCOPE = Scope(
    inputs={"strict": True, "name": "ann", "odd": "a\"b'c", "holder": {"odd": "a\"b'c"}},
    steps={"make": {"id": 5}},
    exchange=Exchange(url="u", method="GET", status=404, headers={"content-type": "Application/JSON"}, body=BODY),
)


def condition(text: str, kind: Kind = "simple", context: str | None = None) -> Condition:
    return read_condition(text, MARK, kind, context)


@pytest.mark.parametrize(
    "text",
    [
        "$statusCode == 404",
        "$statusCode != 200",
        "$statusCode >= 400 && $statusCode < 500",
        "$statusCode > 403.9",
        "$statusCode <= 4.04e2",
        "$statusCode == 200 || $statusCode == 404",
        "true || false && false",
        "!(false || $statusCode == 200)",
        "!$response.body#/no",
        "!!true",
        "($statusCode)==404",
        "{$statusCode == 404}",
        "$method == 'get'",
        "$response.header.Content-Type == 'application/json'",
        "'b' > 'A'",
        "$response.body#/items/0/id == $steps.make.outputs.id",
        "$response.body#/items/0/name == 'it''s ann'",
        "$response.body.items[0].name == 'It''s Ann'",
        "$response.body['items'][1]['id'] == 6",
        "$response.body.items[1].name == '{$inputs.name}' || true",
        "$response.body#/total == 12",
        "12.0 == $response.body#/total",
        "$response.body#/none == null",
        "$response.body#/gone == null",
        "null == $response.body.gone.further",
        "$response.body#/gone != 'a'",
        "$response.body#/items",
        "$response.body#/items/0/tags",
        "$response.body#/items/0/tags == $response.body#/items/0/tags",
        "$response.body#/items/0 == $response.body.items[0]",
        "$inputs.strict == true",
        "-1 < 0",
    ],
)
def test_a_simple_condition_holds(text: str) -> None:
    verdict = condition(text).holds(SCOPE)
    assert verdict.ok, verdict.explanation


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("$statusCode == 200", "$statusCode (404) does not equal 200"),
        ("$statusCode != 404", "$statusCode (404) does not differ from 404"),
        ("$statusCode < 404", "$statusCode (404) is not less than 404"),
        ("$statusCode <= 403", "$statusCode (404) is not at most 403"),
        ("$statusCode > 404", "$statusCode (404) is not more than 404"),
        ("$statusCode >= 405", "$statusCode (404) is not at least 405"),
        ("$statusCode == 404 && $method == 'PUT'", "$method ('GET') does not equal 'PUT'"),
        ("$statusCode == 1 || $statusCode == 2", "$statusCode (404) does not equal 1; $statusCode (404) does not equal 2"),
        ("$response.body#/gone == 'a'", "$response.body#/gone (there is no 'gone' at the top; there are: items, total, none, no, zero, empty) does not equal 'a'"),
        ("$response.body.items[5].id == 1", "$response.body.items[5].id (nothing) does not equal 1"),
        ("$response.body#/no", "$response.body#/no (false) counts as false"),
        ("$response.body#/zero", "$response.body#/zero (0) counts as false"),
        ("$response.body#/empty", "$response.body#/empty ('') counts as false"),
        ("$response.body#/none", "$response.body#/none (null) counts as false"),
        ("!$inputs.strict", "$inputs.strict (true) counts as true"),
        ("!(1 == 1)", "1 equals 1"),
        ("$response.body#/gone < 5", "is not less than 5"),
        ("$response.body#/items < 5", "is not less than 5"),
        ("$response.body#/no == 0", "$response.body#/no (false) does not equal 0"),
        ("$inputs.strict == 'true'", "$inputs.strict (true) does not equal 'true'"),
        ("'abc' == 5", "'abc' does not equal 5"),
        ("$response.body#/gone == false", "does not equal false"),
    ],
)  # fmt: skip
def test_one_that_does_not_hold_tells_both_values(text: str, says: str) -> None:
    verdict = condition(text).holds(SCOPE)
    assert not verdict.ok
    assert says in verdict.explanation


def test_what_was_compared_is_there_as_values_too() -> None:
    compared = condition("$statusCode == 404 && $response.body#/gone == $steps.make.outputs.id").holds(SCOPE).compared
    assert [
        (each.left, each.left_value, each.operator, each.right, each.right_value, each.ok) for each in compared
    ] == [
        ("$statusCode", 404, "==", "404", 404, True),
        ("$response.body#/gone", ABSENT, "==", "$steps.make.outputs.id", 5, False),
    ]
    assert repr(ABSENT) == "nothing"


def test_a_long_value_is_not_told_whole() -> None:
    scope = Scope(exchange=Exchange(url="u", method="GET", body={"a": "x" * 1000}))
    explanation = condition("$response.body == 5").holds(scope).explanation
    assert len(explanation) < 300
    assert "…" in explanation


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("$statusCode = 200", 12, "is equal is written =="),
        ("$statusCode & 1", 12, "and is written &&"),
        ("$statusCode | 1", 12, "or is written ||"),
        ('$method == "GET"', 11, "texts stand in single quotes, as in 'Ann'"),
        ("$method == 'GET", 11, "the text has no end; a single quote inside of it is doubled"),
        ("$method == GET", 11, "'GET' is no value; a text stands in single quotes"),
        ("$method ==", 10, "a value is missing here"),
        ("", 0, "a value is missing here"),
        ("(1 == 1", 7, "a parenthesis is not closed (at the end)"),
        ("1 == 1)", 6, "there is more than one condition here; join them with && or ||"),
        ("1 == 1 and 2 == 2", 7, "there is more than one condition here"),
        ("1 < 2 < 3", 6, "there is more than one condition here"),
        ("$response.body[x]", 15, "between brackets stands a number from 0 on"),
        ("$response.body[-1]", 15, "between brackets stands a number from 0 on"),
        ("$response.body[1", 16, "a bracket is not closed"),
        ("$response.body.[1]", 15, "behind a dot stands a property's name"),
        ("$inptus.a == 1", 0, "there is no $inptus (did you mean '$inputs'?)"),
        ("1 == $ a", 5, "an expression is written as in $response.body#/id"),
        ("(" * 60 + "1" + ")" * 60, 50, "nested too deeply"),
        ("!" * 60 + "1", 50, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_would_be_right(text: str, column: int, says: str) -> None:
    with pytest.raises(BrokenCondition) as broken:
        condition(text)
    assert says in str(broken.value)
    assert broken.value.column == column


@pytest.mark.parametrize(
    ("kind", "text", "context", "ok"),
    [
        ("regex", "^It", "$response.body#/items/0/name", True),
        ("regex", "ann$", "$response.body#/items/0/name", False),
        ("regex", "/ANN$/i", "$response.body#/items/0/name", True),
        ("regex", "^404$", "$statusCode", True),
        ("regex", "(?<first>I)t", "$response.body#/items/0/name", True),
        ("regex", "(?i)^it's {$inputs.name}$", "$response.body#/items/0/name", True),
        ("regex", "{$inputs.odd}", "$inputs.odd", True),
        ("regex", '"id":5', "$response.body#/items/0", True),
        ("regex", ".*", "$response.body#/none", False),
        ("regex", ".*", "$response.body#/gone", False),
        ("jsonpath", "$.items[?@.id == 5]", "$response.body", True),
        ("jsonpath", "$.items[?@.id == 7]", "$response.body", False),
        ("jsonpath", "$[?count(@.items[*]) > 0]", "$response.body", True),
        ("jsonpath", "$[?count(@.gone[*]) > 0]", "$response.body", False),
        ("jsonpath", "$[?@.total == 1000000]", "$response.body", False),
        ("jsonpath", "$.items[?@.id == {$steps.make.outputs.id}]", "$response.body", True),
        ("jsonpath", "$.items[?@.name == 'It\\'s Ann']", "$response.body", True),
        ("jsonpath", "$[?count(@.tags[*]) == 0]", "$response.body#/items", True),
        ("jsonpath", "$..[?@ == {$inputs.odd}]", "$inputs.holder", True),
        ("jsonpath", "$..[?@ == '{$inputs.odd}']", "$inputs.holder", True),
        ("jsonpath", '$..[?@ == "{$inputs.odd}"]', "$inputs.holder", True),
        ("jsonpath", "$..[?@ == '{$inputs.strict}']", "$inputs.holder", False),
        ("jsonpath", "$..[?@ == 'a\\\\' || @ == {$inputs.odd}]", "$inputs.holder", True),
        ("jsonpath", "$.none", "$response.body", True),
        ("jsonpath", "$.gone", "$response.body", False),
        ("jsonpath", "$", "$response.body#/total", False),
        ("jsonpath", "$[?@.a == {$inputs.gone}]", "$response.body", False),
    ],
)
def test_regular_expressions_and_jsonpaths_look_at_their_context(
    kind: Kind, text: str, context: str, ok: object
) -> None:
    verdict = condition(text, kind, context).holds(SCOPE)
    assert verdict.ok is ok
    assert verdict.explanation


@pytest.mark.parametrize(
    ("kind", "text", "context", "says"),
    [
        ("regex", "[x", "$response.body", "'[x' is no regular expression: unterminated character set"),
        ("regex", "x", None, "a regex needs a context to look at, such as $response.body"),
        ("jsonpath", "$", None, "a jsonpath needs a context"),
        ("jsonpath", "items", "$response.body", "a JSONPath begins with $"),
        ("jsonpath", "$.items.length > 0", "$response.body", "is no JSONPath of RFC 9535: unexpected token '>'; a comparison stands in a filter"),
        ("jsonpath", "$[?@.a =~ /x/]", "$response.body", "is no JSONPath of RFC 9535"),
    ],
)  # fmt: skip
def test_those_that_cannot_be_read_are_refused(kind: Kind, text: str, context: str | None, says: str) -> None:
    with pytest.raises(BrokenCondition) as broken:
        condition(text, kind, context)
    assert says in str(broken.value)


def test_a_context_that_is_no_expression_is_refused() -> None:
    with pytest.raises(BrokenExpression):
        condition("x", "regex", "$response.bod")


def test_a_condition_names_its_expressions() -> None:
    found = condition("!($statusCode == 1) || $inputs.a[0] == '{$inputs.b}'").expressions
    assert [each.text for each in found] == ["$statusCode", "$inputs.a", "$inputs.b"]
    found = condition("^{$inputs.a}$", "regex", "$response.body").expressions
    assert [each.text for each in found] == ["$response.body", "$inputs.a"]


@given(st.text(alphabet="$stausCode.body#/0'\"()!=&|<>[] 19ax{}?@*\\"))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in ("simple", "regex", "jsonpath"):
        try:
            verdict = condition(text, kind, "$response.body").holds(SCOPE)
        except (BrokenCondition, BrokenExpression):
            continue
        assert verdict.explanation


# Against what the same says in Python

LITERALS: dict[str, Any] = {"1": 1, "2.5": 2.5, "'a'": "a", "'B'": "b", "true": True, "false": False, "null": None}
ORDER = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}


def compared(left: str, operator: str, right: str) -> bool:
    a, b = LITERALS[left], LITERALS[right]
    same = a == b and isinstance(a, bool) == isinstance(b, bool)
    if operator in ("==", "!="):
        return same is (operator == "==")
    alike = (isinstance(a, str) and isinstance(b, str)) or all(type(each) in (int, float) for each in (a, b))
    return alike and ORDER[operator](a, b)


comparisons = st.tuples(
    st.sampled_from(list(LITERALS)), st.sampled_from(["==", "!=", *ORDER]), st.sampled_from(list(LITERALS))
).map(lambda each: (" ".join(each), compared(*each), 3))
"""A text, whether it holds, and how tightly it binds."""


def joined(sign: str, tightness: int) -> Any:
    def join(pair: tuple[Any, Any]) -> Any:
        texts = [f"({text})" if bound < tightness else text for text, _, bound in pair]
        held = [ok for _, ok, _ in pair]
        return f" {sign} ".join(texts), all(held) if sign == "&&" else any(held), tightness

    return join


def negated(one: tuple[str, bool, int]) -> tuple[str, bool, int]:
    text, ok, bound = one
    return (f"!{text}" if bound == 2 else f"!({text})"), not ok, 2


@given(
    st.recursive(
        comparisons,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(joined("&&", 1)),
            st.tuples(inner, inner).map(joined("||", 0)),
            inner.map(negated),
        ),
        max_leaves=8,
    )
)
def test_operators_bind_and_compare_as_the_specification_says(case: tuple[str, bool, int]) -> None:
    text, expected, _ = case
    assert condition(text).holds(Scope()).ok is expected
