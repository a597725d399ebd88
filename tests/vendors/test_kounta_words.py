"""Whatever is wrong with a request, and whatever of it an error repeats, the error has neither `invalid` nor `expired`.

A known client takes these words for a token that is to be renewed, and asks again without end. That no row of the error
table has them, but for the two that mean it, is the affair of `test_kounta_errors`.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, example, given, settings, strategies as st

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    COMPANY,
    CUSTOMERS,
    JAMIE,
    WEBHOOKS,
    basic,
    bearer,
    refused,
)

HAZARD = re.compile("invalid|expired", re.IGNORECASE | re.ASCII)
JSON = {"Content-Type": "application/json"}
HOOK = {"topic": "customers/updated", "address": "https://hooks.example.com/kounta"}

# With the letters that lower and upper case take for an i, too.
WORDS = ["invalid", "expired", "INVALID", "Expired", "reinvalidated", "\u0130nvalid", "\u0131nvalid", "exp\u0131red"]
HARMLESS = [
    "unusable",
    "lapsed",
    "unusable",
    "lapsed",
    "reunusableated",
    "\u0130nvalid",
    "\u0131nvalid",
    "exp\u0131red",
]

words = pytest.mark.parametrize(("word", "harmless"), [*zip(WORDS, HARMLESS, strict=True)])


@words
def test_an_id_that_a_path_names_is_repeated_in_other_words(kounta: AppClient, word: str, harmless: str) -> None:
    for path, what in (("companies", "Company"), (CUSTOMERS, "Customer"), (WEBHOOKS, "Webhook")):
        reply = kounta.get(f"{path}/{quote(word)}")
        assert refused(reply) == (404, "not_found", f"{what} {harmless} Not Found")


@words
def test_a_name_that_a_body_has_is_repeated_in_other_words(kounta: AppClient, word: str, harmless: str) -> None:
    for wrong in ({"headers": {word: "1"}}, {"filter": {word: 1}}, {"filter": {"attributes": [word]}}):
        reply = kounta.post(WEBHOOKS, json={**HOOK, **wrong})
        status, error, text = refused(reply)
        assert (status, error, text.partition(" ")[0]) == (400, "bad_request", harmless)


def test_a_key_that_stands_twice_is_repeated_in_other_words(kounta: AppClient) -> None:
    reply = kounta.post(CUSTOMERS, content=b'{"Invalid": 1, "Invalid": 2}', headers=JSON)
    text = 'The request body cannot be read: the key "unusable" stands twice in one object'
    assert refused(reply) == (400, "bad_request", text)


def test_what_is_no_error_is_repeated_as_it_is(kounta: AppClient) -> None:
    customer = {"first_name": "Invalid", "last_name": "Expired", "email": "invalid@expired.example.com"}
    shown = kounta.post(CUSTOMERS, json=customer).json()
    assert {name: shown[name] for name in customer} == customer


KEYS = st.sampled_from(
    [
        *("first_name", "last_name", "email", "mobile", "tags", "image", "reference_id", "accepts_marketing"),
        *("primary_address", "address", "lines", "zone", "country", "topic", "format", "headers", "filter"),
        *("attributes", "site_ids", "grant_type", "client_id", "client_secret", "refresh_token", "code", *WORDS),
    ]
)
TEXTS = st.sampled_from([*WORDS, "", " ", "a@b.co", "AU", "name", "X-A", "customers/created"]) | st.text(max_size=300)
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | TEXTS, inner, max_size=4),
    max_leaves=8,
)
CUSTOMER = {"first_name": "Ann", "email": "a@b.co"}
OBJECTS = st.builds(
    lambda base, odd: {**base, **odd},
    st.sampled_from([{}, CUSTOMER, HOOK, {"grant_type": "refresh_token"}]),
    st.dictionaries(KEYS, VALUES, max_size=3),
)
BODIES = st.binary(max_size=40) | (OBJECTS | VALUES).map(json.dumps).map(str.encode)
IDS = st.sampled_from(["5678", str(JAMIE), "1"]) | TEXTS.filter(bool).map(lambda text: quote(text, safe=""))
PATHS = st.one_of(
    st.sampled_from(["token", "companies/me", "companies", "../authorize"]),
    st.builds("companies/{}".format, IDS),
    st.builds("{}/{}".format, st.sampled_from([CUSTOMERS, WEBHOOKS, COMPANY, "companies"]), IDS),
    st.sampled_from([CUSTOMERS, WEBHOOKS]),
)
QUERY_KEYS = st.sampled_from(["start", "reference_id", "email", "mobile", "phone", "first_name", "client_id", *WORDS])
ASCII = st.sampled_from([word for word in WORDS if word.isascii()])
HEADERS = st.fixed_dictionaries(
    {
        "Content-Type": st.sampled_from(["application/json"] * 3 + ["application/x-www-form-urlencoded"]) | ASCII,
        "Authorization": st.sampled_from(
            [
                *[each["Authorization"] for each in (basic(*ADDON), bearer(ADDON_BEARER), bearer("invalid"))] * 2,
                *[each["Authorization"] for each in (basic("invalid", "expired"), basic(ADDON[0], "invalid"))],
                *("invalid", "Bearer", "Bearer in valid", "Basic invalid", "Basic expired="),
            ]
        ),
    },
    optional={"Accept": st.just("application/json") | ASCII, "X-Page": ASCII},
)
NAMED = ["GET", "POST", "POST", "PUT", "PUT", "DELETE", "PATCH", "INVALID"]


def is_harmless(reply: Response) -> bool:
    """Whether the words stand in nothing but a success, or in a refused token's error."""
    if reply.status_code < 400 or not HAZARD.search(reply.text):
        return True
    return reply.status_code == 401 and reply.json()["error"] in ("invalid_token", "expired_token")


@pytest.mark.usefixtures("unwatched")
def test_no_odd_request_brings_the_words_into_an_error(kounta: AppClient, sandbox: Sandbox) -> None:
    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        method=st.sampled_from(NAMED),
        path=PATHS,
        query=st.dictionaries(QUERY_KEYS, TEXTS, max_size=2),
        headers=HEADERS,
        body=BODIES,
    )
    @example("PUT", f"{WEBHOOKS}/1", {}, {**JSON, **basic(*ADDON)}, b'{"headers": {"\xc4\xb0nvalid": "1"}}')
    def play(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> None:
        sandbox.reset()
        assert kounta.post(WEBHOOKS, json=HOOK).json()["id"] == 1
        url = f"http://127.0.0.1/@{sandbox.name}/v1/{path}".replace("v1/../", "")
        reply = kounta.request(method, url, params=query, headers=headers, content=body)
        assert reply.status_code < 500, reply.text
        assert is_harmless(reply), reply.text

    play()
