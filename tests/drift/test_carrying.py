"""What our side made up itself is sent from then on in the place of what the recorded program made up, and nothing else is."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from mockserver.drift.carrying import Carried
from mockserver.har import Recorded
from mockserver.recordings import Trace

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def exchange(reply: Any = None, location: str = "") -> Recorded:
    headers = (("Location", location),) if location else ()
    return Recorded(method="GET", url="http://a.example/", reply_headers=headers, reply_body=json.dumps(reply).encode())


@pytest.fixture
def carried() -> Carried:
    carried = Carried({"token"})
    theirs = exchange({"token": "token-of-theirs", "name": "name-of-theirs", "rows": [{"token": "row-of-theirs"}]})
    ours = exchange({"token": "token-of-ours", "name": "name-of-ours", "rows": [{"token": "row-of-ours"}]})
    carried.learn(theirs, ours)
    carried.learn(
        exchange(location="http://app.example/?code=code-of-theirs&state=1"),
        exchange(location="http://app.example/?code=code-of-ours&state=2"),
    )
    keys = [Trace(collection="customers", key=key, kind="created") for key in (7, 123456)]
    carried.learn_keys(keys, [Trace(collection="customers", key=key, kind="created") for key in (9, 654321)])
    return carried


def test_secrets_codes_and_keys_are_learnt(carried: Carried) -> None:
    assert carried == {
        "token-of-theirs": "token-of-ours",
        "row-of-theirs": "row-of-ours",
        "code-of-theirs": "code-of-ours",
        "7": "9",
        "123456": "654321",
    }


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("http://a.example/customers/7/7", "http://a.example/customers/9/9"),
        ("http://a.example/customers/77?id=7&limit=7&token=token-of-theirs", "http://a.example/customers/77?id=9&limit=7&token=token-of-ours"),
        ("http://a.example/x?customerId=7&ids[]=7&page=123456&paid=7", "http://a.example/x?customerId=9&ids%5B%5D=9&page=654321&paid=7"),
        ("http://a.example/x?q=a%20b", "http://a.example/x?q=a%20b"),
    ],
)  # fmt: skip
def test_addresses(carried: Carried, url: str, sent: str) -> None:
    assert carried.request(Recorded(method="GET", url=url)).url == sent


def test_bodies(carried: Carried) -> None:
    body = {
        "id": 7,
        "customer_ids": [7, 8],
        "limit": 7,
        "ok": True,
        "code": "code-of-theirs",
        "none": None,
        "n": {"id": "7"},
    }
    request = Recorded(method="POST", url="http://a.example/", request_body=json.dumps(body).encode())
    assert json.loads(carried.request(request).request_body) == {
        **body,
        "id": 9,
        "customer_ids": [9, 8],
        "code": "code-of-ours",
        "n": {"id": "9"},
    }
    form = urlencode({"id": "7", "token": "token-of-theirs", "limit": "7"}).encode()
    request = Recorded(method="POST", url="http://a.example/", request_headers=FORM, request_body=form)
    assert carried.request(request).request_body == b"id=9&token=token-of-ours&limit=7"


@pytest.mark.parametrize("body", [b'{ "limit":  7 }', b"not json", b"limit=7&&a"])
def test_what_has_nothing_to_be_replaced_is_sent_byte_for_byte(carried: Carried, body: bytes) -> None:
    headers = FORM if b"&" in body else ()
    request = Recorded(method="POST", url="http://a.example/", request_headers=headers, request_body=body)
    assert carried.request(request).request_body == body


def test_credentials(carried: Carried) -> None:
    headers = (("Authorization", "Bearer token-of-theirs"), ("X-Key", "row-of-theirs"), ("X-Page", "7"))
    sent = carried.request(Recorded(method="GET", url="http://a.example/", request_headers=headers))
    assert [value for _, value in sent.request_headers] == ["Bearer token-of-ours", "row-of-ours", "7"]
