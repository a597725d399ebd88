"""Recorded sessions with a company at Kounta, played to a fresh fake that was prepared from the recording alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st
from msgspec.structs import replace

from mockserver.world import World
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.vendors.recorded_sessions import Recorder, Step, assert_agrees, assert_any_session_agrees, recorded

JAMIE = 389427
SOME = [JAMIE, 400001, 400002, 400003, 400026, 400050]
NOBODY = 399999
COMPANY = "companies/5678"
CALLBACK = "http://127.0.0.1:8901/callback"
CLIENT = {
    "client_id": "bW9ja3NlcnZlci1rb3VudGEtYWRkb24taWQ",
    "client_secret": "bW9ja3NlcnZlci1rb3VudGEtYWRkb24tc2VjcmV0",
}
REFRESH_TOKEN = "6d6f636b7365727665722d6b6f756e74612d7274"  # noqa: S105  the fixture's


@pytest.fixture
def till(world: World) -> Iterator[Recorder]:
    with recorded(world, "kounta") as recorder:
        yield recorder


def customer(id: int) -> str:
    return f"{COMPANY}/customers/{id}.json"


def test_the_customers_of_pages_that_nobody_asked_for_are_there(till: Recorder) -> None:
    first = till.ask("GET", f"{COMPANY}/customers.json")
    assert "start=" in first.headers["x-next-page"]
    assert till.ask("GET", f"{COMPANY}/customers.json", headers={"X-Page": "2"}).json()
    assert_agrees(till)


def test_a_customer_whom_nobody_made_is_altered_and_found(till: Recorder) -> None:
    assert till.ask("PUT", customer(400003), {"first_name": "Zoe"}).status_code == 200
    assert till.json("GET", customer(400003))["first_name"] == "Zoe"
    found = till.ask("GET", f"{COMPANY}/customers.json", query={"email": "JMcDonald@kounta.kom"})
    assert found.headers["location"].endswith(f"/customers/{JAMIE}.json")
    assert till.ask("GET", customer(NOBODY)).status_code == 404
    assert_agrees(till)


def test_a_new_customer_has_the_id_that_location_tells(till: Recorder) -> None:
    made = till.ask("POST", f"{COMPANY}/customers", {"first_name": "Kim", "phone": "1"})
    assert made.status_code == 201
    assert till.json("GET", made.headers["location"])["id"] == made.json()["id"]
    taken = {"first_name": "Lee", "mobile": "0412345678"}
    assert till.ask("POST", f"{COMPANY}/customers", taken).status_code == 400
    assert_agrees(till)


def test_each_application_has_its_own_names_and_webhooks(till: Recorder) -> None:
    other = till.credentials[1].headers
    assert till.json("GET", customer(JAMIE))["reference_id"] == "ABC123"
    assert till.json("GET", customer(JAMIE), headers=other)["reference_id"] == "OTHER-77"
    assert till.json("PUT", customer(JAMIE), {"reference_id": "R9"}, headers=other)["reference_id"] == "R9"
    assert till.json("GET", customer(JAMIE))["reference_id"] == "ABC123"
    hook = {"topic": "customers/created", "address": "http://127.0.0.1:9/a"}
    id = till.json("POST", f"{COMPANY}/webhooks.json", hook, headers=other)["id"]
    assert till.json("GET", f"{COMPANY}/webhooks.json") == []
    assert till.ask("DELETE", f"{COMPANY}/webhooks/{id}.json", headers=other).status_code == 204
    assert_agrees(till)


@pytest.mark.parametrize(
    ("grant", "redacted"), [("authorization_code", False), ("authorization_code", True), ("refresh_token", False)]
)
def test_tokens_work_in_the_fake_too(till: Recorder, grant: str, *, redacted: bool) -> None:
    """A refresh token that is left out of the recording works where the recording shows how it was got."""
    with_tokens(grant)(till, [])
    assert till.tape[-2].status == 200
    assert till.tape[-1].status == 401
    assert_agrees(till, redacted=redacted)


def test_a_webhook_that_was_there_before_is_altered_and_removed(till: Recorder) -> None:
    hook = {"topic": "customers/updated", "address": "http://127.0.0.1:9/a", "headers": {"X-A": "b"}}
    id = till.json("POST", f"{COMPANY}/webhooks.json", hook)["id"]
    till.tape.clear()
    assert till.json("GET", f"{COMPANY}/webhooks.json")[0]["id"] == id
    assert till.ask("PUT", f"{COMPANY}/webhooks/{id}.json", {"address": "http://127.0.0.1:9/b"}).status_code == 200
    assert till.ask("DELETE", f"{COMPANY}/webhooks/{id}.json").status_code == 204
    assert till.ask("GET", f"{COMPANY}/webhooks/{id}.json").status_code == 404
    assert_agrees(till)


def test_a_company_of_another_number_and_offset_takes_the_fixture_s_place(till: Recorder) -> None:
    till.ask("GET", "companies/me.json")
    till.ask("GET", customer(JAMIE))
    for at, each in enumerate(till.tape):
        body = each.reply_body.replace(b"5678", b"9123").replace(b"+10:00", b"+09:00")
        till.tape[at] = replace(each, url=each.url.replace("5678", "9123"), reply_body=body)
    assert_agrees(till)


# Random sessions

WHO = st.integers(0, 11)
EMAILS = st.sampled_from(["jmcdonald@kounta.kom", "JMcDonald@kounta.kom", "a@b.co", "A@b.co", None, "nobody"])
MOBILES = st.sampled_from(["0412345678", "0499", "0498", "", None])
ADDRESSES = st.sampled_from(
    [None, {"address": "1 High Street", "country": "AU"}, {"lines": ["a", "b"], "zone": "VIC"}, {"country": "XX"}]
)
DRAFTS = st.fixed_dictionaries(
    {},
    optional={
        "first_name": st.sampled_from(["Kim", "Lee", " "]),
        "last_name": st.sampled_from(["N", "", None]),
        "email": EMAILS,
        "phone": st.sampled_from(["1", "2", None]),
        "mobile": MOBILES,
        "primary_address": ADDRESSES,
        "tags": st.sampled_from([["a"], [], None]),
        "accepts_marketing": st.booleans(),
        "reference_id": st.sampled_from(["R1", "R2", "ABC123", "", None]),
        "nickname": st.just("x"),
    },
)
HOOKS = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.sampled_from(["customers/created", "customers/updated", "nothing"]),
        "address": st.sampled_from(["http://127.0.0.1:9/a", "http://127.0.0.1:9/b", "nowhere"]),
        "headers": st.sampled_from([{"X-A": "b"}, {}, {"Host": "x"}]),
        "filter": st.sampled_from([{"attributes": ["name"]}, {}, {"colours": []}]),
    },
)


def somebody(which: int, made: list[int]) -> int:
    everyone = [*SOME, NOBODY, *made]
    return everyone[which % len(everyone)]


def creating(draft: dict[str, Any]) -> Step:
    def step(till: Recorder, made: list[int]) -> None:
        reply = till.json("POST", f"{COMPANY}/customers.json", {"first_name": "Kim", "phone": "2", **draft})
        made += [reply["id"]] if "id" in reply else []

    return step


def updating(which: int, draft: dict[str, Any]) -> Step:
    return lambda till, made: till.ask("PUT", customer(somebody(which, made)), draft)


def getting(which: int) -> Step:
    return lambda till, made: till.ask("GET", customer(somebody(which, made)))


def listing(query: dict[str, Any], number: int | None) -> Step:
    more = {} if number is None else {"headers": {"X-Page": str(number)}}
    return lambda till, _: till.ask("GET", f"{COMPANY}/customers.json", query=query, **more)


def walking(pages: int) -> Step:
    def step(till: Recorder, _: list[int]) -> None:
        url: str | None = f"{COMPANY}/customers.json"
        for _page in range(pages):
            if url:
                url = till.ask("GET", url).headers.get("x-next-page")

    return step


def hooking(draft: dict[str, Any]) -> Step:
    return lambda till, _: till.ask(
        "POST", f"{COMPANY}/webhooks.json", {"topic": "customers/created", "address": "http://127.0.0.1:9/c", **draft}
    )


def of_hooks(method: str, id: int | None, draft: dict[str, Any]) -> Step:
    path = f"{COMPANY}/webhooks.json" if id is None else f"{COMPANY}/webhooks/{id}.json"
    return lambda till, _: till.ask(method if id else "GET", path, draft if id and method == "PUT" else None)


def with_tokens(grant: str) -> Step:
    """Leave, a token for it, another token, and the company asked with that."""

    def step(till: Recorder, _: list[int]) -> None:
        refresh = REFRESH_TOKEN
        if grant == "authorization_code":
            asked = {"client_id": CLIENT["client_id"], "response_type": "code", "redirect_uri": CALLBACK, "state": "s"}
            location = till.ask("POST", "/authorize", query=asked).headers["location"]
            code = location.partition("code=")[2].partition("&")[0]
            for _again in range(2):
                sent = {"grant_type": grant, "code": code, "redirect_uri": CALLBACK, **CLIENT}
                refresh = till.json("POST", "token", form=sent).get("refresh_token", refresh)
        sent = {"grant_type": "refresh_token", "refresh_token": refresh, **CLIENT}
        token = till.json("POST", "token", sent)["access_token"]
        till.ask("GET", "companies/me.json", headers={"Authorization": f"Bearer {token}"})
        till.pass_by(3600)
        till.ask("GET", "companies/me.json", headers={"Authorization": f"Bearer {token}"})

    return step


QUERIES = st.sampled_from(
    [
        *({}, {}, {"start": 400003}, {"start": 399000}, {"reference_id": "ABC123"}, {"reference_id": "R1"}),
        *({"email": "JMCDONALD@kounta.kom"}, {"email": "a@b.co"}, {"mobile": "0412345678"}, {"mobile": "0499"}),
        *(
            {"first_name": "Kim", "last_name": "N", "phone": "1"},
            {"first_name": "Kim"},
            {"email": "a@b.co", "mobile": "0499"},
        ),
    ]
)
STEPS = st.one_of(
    st.builds(creating, DRAFTS),
    st.builds(creating, DRAFTS),
    st.builds(updating, WHO, DRAFTS),
    st.builds(updating, WHO, DRAFTS),
    st.builds(getting, WHO),
    st.builds(listing, QUERIES, st.sampled_from([None, None, 0, 1, 2, 9])),
    st.builds(walking, st.integers(1, 4)),
    st.builds(hooking, HOOKS),
    st.builds(of_hooks, st.sampled_from(["GET", "PUT", "DELETE"]), st.sampled_from([None, 1, 2]), HOOKS),
    st.builds(with_tokens, st.sampled_from(["authorization_code", "refresh_token"])),
)


@pytest.mark.usefixtures("unwatched")
def test_any_session_agrees_with_a_fake_prepared_from_it_alone(world: World) -> None:
    assert_any_session_agrees(world, "kounta", STEPS, 7)
