"""Bodies: which are read, and how the rest is refused."""

from __future__ import annotations

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.dispatch.cups import names
from tests.dispatch.toys import JSON


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_read_as_json(shelf: AppClient, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert shelf.post("/cups/v1/cups", content=b'{"name": "mug"}', headers=headers).json() == {"id": 3, "name": "mug"}


@pytest.mark.parametrize(("content_type", "given"), [("text/xml; charset=utf-8", "text/xml"), (None, "nothing")])
def test_a_body_of_another_content_type_or_of_none_is_refused(
    shelf: AppClient, content_type: str | None, given: str
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    reply = shelf.post("/cups/v1/cups", content=b'{"name": "mug"}', headers=headers)
    assert (reply.status_code, reply.json()["text"]) == (415, f"{given} is none of application/json")


def test_a_missing_body_needs_no_content_type(shelf: AppClient) -> None:
    assert shelf.post("/cups/v1/cups").json()["text"] == "unreadable: the body is empty"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "unreadable: the body is empty"),
        (b"{}", "body name: required"),
        (b'{"name": "mug", "shape": 1}', "body shape: additionalProperties"),
        (b'{"name": "mug", "size": "1"}', "body size: type"),
        (b'{"name": "beaker"}', "beaker is too long"),
        (b'{"size": "1", "name": "beaker"}', "body size: type"),
        (b"[]", "body : type"),
    ],
)
def test_a_wrong_body_is_the_vendors_to_refuse(shelf: AppClient, sandbox: Sandbox, body: bytes, text: str) -> None:
    assert shelf.post("/cups/v1/cups", content=body, headers=JSON).json()["text"] == text
    assert names(sandbox) == ["tall", "small"]


def test_a_body_that_is_not_required_may_be_absent(shelf: AppClient, sandbox: Sandbox) -> None:
    shelf.post("/cups/v1/mischief/raise")
    assert next(iter(sandbox.journal)).row is None
