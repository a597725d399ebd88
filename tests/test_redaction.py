"""Redaction: whatever stands under a secret name is nowhere in what is shown."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, strategies as st

from mockserver import redaction
from mockserver.redaction import REDACTED, Secrets
from mockserver.state.change import Change, Record
from mockserver.state.collection import collection
from mockserver.state.transaction import Ledger, State

SECRET = "hUnt3r-twO"  # noqa: S105
SECRETS = Secrets(frozenset({"password", "apikey"}), frozenset({"authorization", "cookie", "set-cookie", "x-key"}))

names = st.sampled_from(["password", "apiKey", "PASSWORD", "ApiKEY"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-100, 100) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
hidden: st.SearchStrategy[Any] = st.recursive(
    st.just(SECRET), lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(st.text(max_size=3), inner)
)


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """A JSON value that has the secret, as it is or deeper, under a secret name at some depth."""
    body: Any = {**draw(st.dictionaries(st.text(max_size=5), plain, max_size=2)), draw(names): draw(hidden)}
    for _ in range(draw(st.integers(0, 10))):
        if draw(st.booleans()):
            body = [*draw(st.lists(plain, max_size=2)), body]
        else:
            body = {**draw(st.dictionaries(st.text(max_size=5), plain, max_size=2)), draw(st.text(max_size=5)): body}
    return body


@given(body=bodies())
def test_a_secret_at_any_depth_of_json_is_not_shown(body: Any) -> None:
    shown = redaction.show_body(json.dumps(body).encode(), SECRETS)
    assert shown.kind == "json"
    assert SECRET not in json.dumps(shown.value)


@given(body=bodies(), cut=st.integers(1, 20))
def test_a_secret_in_broken_json_is_not_shown(body: Any, cut: int) -> None:
    text = json.dumps(body)
    shown = redaction.show_body(text[: max(0, len(text) - cut)].encode(), SECRETS)
    assert SECRET not in json.dumps(shown.value)


@given(body=plain)
def test_what_is_not_secret_stays(body: Any) -> None:
    assert redaction.redact(body, SECRETS.names) == body


@given(name=names, before=st.text(max_size=9), after=st.text(max_size=9))
def test_a_secret_in_a_query_is_not_shown(name: str, before: str, after: str) -> None:
    target = f"/toys?a={quote(before)}&{name}={SECRET}&b={quote(after)}"
    shown = redaction.show_url(target, SECRETS)
    assert shown == target.replace(SECRET, REDACTED)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/toys", "/toys"),
        ("/toys?", "/toys?"),
        ("/toys?a=1&&b=x=y&c", "/toys?a=1&&b=x=y&c"),
        ("/toys?password", "/toys?password"),
        ("/toys?pass%77ord=x", f"/toys?pass%77ord={REDACTED}"),
        ("/toys?customer[password]=x", f"/toys?customer[password]={REDACTED}"),
        ("/toys?customer.apiKey=x", f"/toys?customer.apiKey={REDACTED}"),
        ("/toys?passwords=x", "/toys?passwords=x"),
    ],
)
def test_a_url_is_shown_but_for_its_secrets(target: str, shown: str) -> None:
    assert redaction.show_url(target, SECRETS) == shown


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ((b"Authorization", b"Bearer abc"), "Bearer [redacted]"),
        ((b"authorization", b"basic abc"), "basic [redacted]"),
        ((b"authorization", b"abc"), "[redacted]"),
        ((b"authorization", b"abc def"), "[redacted]"),
        ((b"Cookie", b"session=abc"), "[redacted]"),
        ((b"Set-Cookie", b"session=abc; Path=/"), "[redacted]"),
        ((b"X-Key", b"abc"), "[redacted]"),
        ((b"X-Keys", b"abc"), "abc"),
        ((b"X-Caf\xe9", b"\xe9"), "\xe9"),
        ((b"Location", b"http://toys.example/in?apiKey=abc&page=1"), "http://toys.example/in?apiKey=[redacted]&page=1"),
        ((b"location", b"/in?page=1&PASS%77ord=abc"), "/in?page=1&PASS%77ord=[redacted]"),
        ((b"Referer", b"http://a/in?password=abc"), "http://a/in?password=[redacted]"),
        ((b"Location", b"http://a/in#password=abc&b=c"), "http://a/in#password=[redacted]&b=c"),
        ((b"Location", b"/in?page=1"), "/in?page=1"),
        ((b"X-Location", b"/in?password=abc"), "/in?password=abc"),
    ],
)
def test_a_header_is_shown_but_for_its_credential(header: tuple[bytes, bytes], shown: str) -> None:
    assert list(redaction.show_headers([header], SECRETS).values()) == [shown]


def test_a_repeated_header_shows_all_values() -> None:
    headers = [(b"Accept", b"a"), (b"accept", b"b"), (b"x-key", b"k"), (b"x-key", b"l")]
    assert redaction.show_headers(headers, SECRETS) == {"accept": "a, b", "x-key": f"{REDACTED}, {REDACTED}"}


@pytest.mark.parametrize(
    "body",
    [
        b"password=" + SECRET.encode(),
        b"PassWord: " + SECRET.encode(),
        b"pass%77ord=" + SECRET.encode(),
        b'{"pass\\u0077ord": "' + SECRET.encode() + b'"',
        b'{"password": "x", "password": "' + SECRET.encode() + b'"}',
        json.dumps({"password": SECRET}).encode("utf-16"),
        b"[" * 300 + json.dumps({"apiKey": SECRET}).encode() + b"]" * 300,
    ],
)
def test_a_body_that_is_not_json_is_withheld_when_it_names_a_secret(body: bytes) -> None:
    assert redaction.show_body(body, SECRETS) == ("withheld", redaction.WITHHELD)


@pytest.mark.parametrize("value", [None, "", {}, []])
def test_nothing_is_hidden_where_there_is_nothing(value: object) -> None:
    assert redaction.redact({"password": value}, SECRETS.names) == {"password": value}


class Maker(Record, frozen=True, kw_only=True, rename="camel"):
    plate_number: str


class Toy(Record, frozen=True, kw_only=True, rename="camel"):
    id: int
    door_code: str
    maker: Maker


class Token(Record, frozen=True, kw_only=True):
    text: str


class Toyshop(State):
    toys = collection(Toy, secret={"door_code"})
    tokens = collection(Token, key="text", secret={"text"})


def test_secret_fields_of_records_are_not_shown_under_either_name() -> None:
    ledger = Ledger()
    Toyshop(ledger, "toyshop")
    toy = Toy(id=1, door_code=SECRET, maker=Maker(plate_number="7"))
    change = redaction.show_change(Change("toyshop.toys", 1, None, toy), ledger.collections)
    shown = {"id": 1, "doorCode": REDACTED, "maker": {"plateNumber": "7"}}
    assert change == {"collection": "toyshop.toys", "key": 1, "before": None, "after": shown}


def test_a_key_that_is_a_secret_is_not_shown() -> None:
    ledger = Ledger()
    Toyshop(ledger, "toyshop")
    change = redaction.show_change(Change("toyshop.tokens", SECRET, Token(text=SECRET), None), ledger.collections)
    assert change == {"collection": "toyshop.tokens", "key": REDACTED, "before": {"text": REDACTED}, "after": None}
