"""Queries that are known again: the same values, which nobody can alter, and no more of them than a few."""

from __future__ import annotations

import pytest

from mockserver.parameters import Parameters
from mockserver.schema import Document

DECLARED = [
    {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1}},
    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
]


@pytest.fixture
def parameters() -> Parameters:
    return Parameters(DECLARED, "query", Document({}))


@pytest.mark.parametrize("text", ["page=2&tag=a&tag=b", "page=0", "page=&x=1", ""])
def test_a_query_that_is_known_says_the_same(parameters: Parameters, text: str) -> None:
    values, violations = parameters.read_query(text)
    fresh, found = Parameters(DECLARED, "query", Document({})).read_query(text)
    again = parameters.read_query(text)
    assert again == (values, violations) == (fresh, found)


def test_what_one_call_does_with_its_values_no_other_call_sees(parameters: Parameters) -> None:
    parameters.read_query("page=2")[0]["page"] = 3
    assert parameters.read_query("page=2")[0] == {"page": 2}


def test_few_and_short_ones_are_known(parameters: Parameters) -> None:
    for page in range(200):
        parameters.read_query(f"page={page}")
    parameters.read_query(f"tag={'a' * 300}")
    assert list(parameters._known) == [f"page={page}" for page in range(72, 200)]
