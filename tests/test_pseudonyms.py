"""Recordings without secrets: none is left, which ones were the same still shows, and all else is as it was."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, strategies as st

from mockserver.contract import Contract
from mockserver.har import Recorded, har_text
from mockserver.pseudonyms import Pseudonyms, is_pseudonym
from mockserver.world import World

SECRET, OTHER = "correct-horse-battery", "staple-of-nothing"


def posted(body: object = None, **more: object) -> Recorded:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Recorded(method="POST", url="http://shop.example.com/v1/token", request_body=content, **more)  # type: ignore[arg-type]


@pytest.fixture
def contract(world: World) -> Contract:
    return world.api("kounta").contract


def hidden(contract: Contract, *recorded: Recorded) -> list[Recorded]:
    pseudonyms = Pseudonyms(contract)
    return [pseudonyms.recorded(each) for each in recorded]


def test_every_working_credential_of_every_vendor_is_hidden(world: World) -> None:
    for api in world.apis:
        for credential in api.dialect.credentials(world.sandboxes.default.subjects[api.vendor]):
            headers = tuple((name.upper(), value) for name, value in credential.headers.items())
            (shown,) = hidden(api.contract, posted(request_headers=headers))
            for (_, value), (_, kept) in zip(shown.request_headers, headers, strict=True):
                secret = kept.rpartition(" ")[2]
                assert secret not in value
                assert is_pseudonym(value.rpartition(" ")[2]), value


def test_the_same_secret_has_the_same_number_and_another_one_another(contract: Contract) -> None:
    first, second = hidden(
        contract,
        posted({"client_secret": SECRET}, reply_body=json.dumps({"access_token": OTHER}).encode()),
        posted({"client_secret": SECRET}, request_headers=(("Authorization", f"Bearer {OTHER}"),)),
    )
    assert json.loads(first.request_body) == json.loads(second.request_body) == {"client_secret": "[redacted-1]"}
    assert json.loads(first.reply_body) == {"access_token": "[redacted-2]"}
    assert second.request_headers == (("Authorization", "Bearer [redacted-2]"),)


def test_a_secret_is_hidden_wherever_else_it_occurs_later(contract: Contract) -> None:
    address = f"http://user:pass-word@shop.example.com/{SECRET}?next={SECRET}&a=1#access_token={SECRET}"
    later = Recorded(method="GET", url=address, request_headers=(("X-Other", SECRET), ("Referer", address)))
    _, shown = hidden(contract, posted({"client_secret": SECRET}), later)
    expected = "http://%5Bredacted-2%5D@shop.example.com/[redacted-1]?next=[redacted-1]&a=1#access_token=[redacted-1]"
    assert shown.url == expected
    assert shown.request_headers == (("X-Other", "[redacted-1]"), ("Referer", expected))


def test_a_form_and_a_redirect_are_hidden_too(contract: Contract) -> None:
    form = urlencode({"grant_type": "refresh_token", "refresh_token": SECRET, "client_id": "abc"}).encode()
    kind = (("content-type", "application/x-www-form-urlencoded; charset=utf-8"),)
    location = (("Location", f"http://app.example.com/back?state=1&refresh_token={SECRET}"),)
    (shown,) = hidden(contract, posted(form, request_headers=kind, reply_headers=location))
    assert shown.request_body == b"grant_type=refresh_token&refresh_token=%5Bredacted-1%5D&client_id=abc"
    assert shown.reply_headers == (("Location", "http://app.example.com/back?state=1&refresh_token=[redacted-1]"),)


def test_a_word_of_the_contract_is_no_secret_and_the_shape_stays(world: World) -> None:
    password = {"value": SECRET, "cryptedBy": "Open2b"}
    (shown,) = hidden(world.api("open2b").contract, posted({"customer": {"password": password, "code": ""}}))
    expected = {"customer": {"password": {"value": "[redacted-1]", "cryptedBy": "Open2b"}, "code": ""}}
    assert json.loads(shown.request_body) == expected


def test_json_that_is_called_a_form_as_curl_does_is_hidden_as_json(world: World) -> None:
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    body = {"email": "a@example.com", "password": SECRET}
    (shown,) = hidden(world.api("open2b").contract, posted(body, request_headers=form))
    assert json.loads(shown.request_body) == {"email": "a@example.com", "password": "[redacted-1]"}


def test_what_cannot_be_read_is_withheld_if_it_speaks_of_a_secret(contract: Contract) -> None:
    broken, harmless = hidden(contract, posted(b'{"client_secret": "abc'), posted(b"<p>nothing</p>\xff"))
    assert broken.request_body == b"[withheld: not JSON, and it may hold a secret]"
    assert harmless.request_body == b"<p>nothing</p>\xff"


def test_a_short_secret_hides_nothing_else_and_what_is_hidden_stays_so(contract: Contract) -> None:
    before = posted({"client_secret": "1", "page": "1", "access_token": "", "refresh_token": "[redacted-7]"})
    (shown,) = hidden(contract, before)
    expected = {"client_secret": "[redacted-1]", "page": "1", "access_token": "", "refresh_token": "[redacted-7]"}
    assert json.loads(shown.request_body) == expected


@given(text=st.text("abcXYZ", min_size=12), place=st.sampled_from(["json", "form", "query", "header", "later"]))
def test_no_secret_is_left_anywhere(world: World, text: str, place: str) -> None:
    contract = world.api("kounta").contract
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    recorded = {
        "json": [posted([{"a": {"Client_Secret": {"deep": [text]}}}])],
        "form": [posted(f"client_secret={text}".encode(), request_headers=form)],
        "query": [Recorded(method="GET", url=f"http://h/?a=b&client_secret={text}")],
        "header": [posted(reply_headers=(("set-cookie", text),))],
        "later": [posted({"client_secret": text}), posted([text], reply_body=json.dumps(text).encode())],
    }[place]
    assert text not in har_text(hidden(contract, *recorded))


def test_a_body_without_secrets_stays_byte_for_byte(contract: Contract) -> None:
    body = b'{"b" : 1.50,\n "a": "\\u00e9"}'
    assert hidden(contract, posted(body))[0].request_body == body
