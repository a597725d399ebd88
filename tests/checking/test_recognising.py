"""An error row is known again from the reply alone, for every row of every contract."""

from __future__ import annotations

from itertools import chain
from typing import Any

import msgspec
import pytest

from mockserver.app import apis_of, known_vendors
from mockserver.contract import Operation
from mockserver.recognising import recognise
from mockserver.rows import ErrorRow
from mockserver.vendor import Api

APIS = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
ROWS = [
    pytest.param(api, operation, row, id=f"{api.name}-{operation.id}-{row.id}")
    for api in APIS
    for operation in api.contract.operations.values()
    for row in operation.errors.values()
    if row.id in operation.own_errors or operation is next(iter(api.contract.operations.values()))
]


def _body(api: Api, row: ErrorRow) -> Any:
    """What the vendor's reply says, as a client reads it."""
    body = api.dialect.refuse(row, row.example).body
    return body if isinstance(body, str) else msgspec.json.decode(msgspec.json.encode(body))


@pytest.mark.parametrize(("api", "operation", "row"), ROWS)
def test_a_row_is_known_again_from_its_example(api: Api, operation: Operation, row: ErrorRow) -> None:
    body = _body(api, row)
    known = recognise(operation.errors.values(), row.status, body)
    assert known is not None
    assert known is row or (known.message, known.detail) == (row.message, row.detail), (
        "told apart by nothing in a reply"
    )


def test_words_are_taken_for_no_row_of_another_status() -> None:
    for api in APIS:
        rows = [*api.contract.rows().values()]
        for row in rows:
            assert recognise(rows, 418, _body(api, row)) is None


ROW = ErrorRow("gone", "Thing {thing} is gone", "documented", status=404, detail={"error": "not_found"})


@pytest.mark.parametrize(
    ("status", "body", "known"),
    [
        (404, {"error": "not_found", "message": "Thing 5 is gone"}, True),
        (404, {"errors": [{"error": "not_found", "text": "Thing \n is gone", "more": 1}]}, True),
        (404, {"text": "Thing  is gone"}, True),
        (404, {"text": " Thing 5 is gone"}, False),
        (404, "Thing 5 is gone", True),
        (404, "<p>\n Thing 5 is gone\n</p>", True),
        (404, "<html><p>Thing &lt;b&gt; is gone</p></html>", True),
        (404, {"message": "Thing 5 is gone, it says"}, False),
        (404, {"message": ["Nothing"]}, False),
        (404, None, False),
        (400, {"error": "not_found", "message": "Thing 5 is gone"}, False),
    ],
)
def test_a_row_is_known_by_its_status_and_words(status: int, body: Any, *, known: bool) -> None:
    assert (recognise([ROW], status, body) is ROW) is known


def test_of_two_rows_with_the_same_words_the_rest_of_the_reply_decides() -> None:
    rows = [ErrorRow(f"{field}-bad", "It is bad", "inferred", detail={"field": field}) for field in ("a", "b")]
    assert recognise(rows, 200, {"field": "b", "text": "It is bad"}) is rows[1]


def test_of_two_rows_that_fit_the_one_with_more_words_is_meant() -> None:
    rows = [ErrorRow(id, message, "inferred", status=400) for id, message in (("a", "{x} is bad"), ("b", "It is bad"))]
    assert recognise(rows, 400, {"text": "It is bad"}) is rows[1]
    assert recognise(rows, 400, {"text": "That is bad"}) is rows[0]


def test_words_in_a_success_that_has_no_field_of_an_error_are_no_row() -> None:
    rows = [ErrorRow("a", "{x} is bad", "inferred", status=200, detail={"type": "Bad"})]
    assert recognise(chain(rows), 200, {"note": "My back is bad"}) is None


def test_words_that_anybody_may_say_are_a_row_only_in_its_form() -> None:
    rows = [ErrorRow("failed", "{reason}", "inferred", status=500, detail={"name": "TypeError"})]
    assert recognise(rows, 500, {"message": "boom"}) is None
    assert recognise(rows, 500, {"name": "RangeError", "message": "boom"}) is rows[0]
