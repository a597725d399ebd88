"""Recorded sessions of WebCommander's plugins, played to a fresh fake that was prepared from the recording alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import strategies as st

from mockserver.world import World
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.vendors.recorded_sessions import Recorder, Step, assert_agrees, assert_any_session_agrees, recorded
from tests.vendors.webcommander_both import AVA, CLIENT_ID, JOHN, JOHN_S_EMAIL, JOHN_S_PASSWORD, MIA, NOAH
from tests.vendors.webcommander_drafts import ADDRESS_CHANGES, KINDS, PASSWORDS, PLUGIN_CHANGES, PLUGIN_NEW

SOME = [JOHN, MIA, NOAH, AVA, 5001, 5003, 5007, 5023, 5050]
NOBODY = 9
TOKEN = "0e35317d7dfcabad2a4b9e06d8df168c"  # noqa: S105  the fixture's
MIA_S_EMAIL = "mia.carter@example.com"


@pytest.fixture
def plugin(world: World) -> Iterator[Recorder]:
    with recorded(world, "webcommander-plugin") as recorder:
        yield recorder


def test_customers_whom_nobody_made_are_shown_altered_and_thrown_away(plugin: Recorder) -> None:
    plugin.ask("POST", "customer-update", {"customerId": str(MIA), "city": "Kyneton"})
    assert plugin.json("GET", "customer", query={"customerId": MIA})["customers"]["address"]["city"] == "Kyneton"
    assert plugin.json("POST", "update-customer-billing-address", {"email": MIA_S_EMAIL, "city": "Woodend"})["address"]
    assert plugin.ask("DELETE", "customer-delete", {"email": JOHN_S_EMAIL}).status_code == 200
    assert plugin.ask("DELETE", "customer-delete", {"customerId": JOHN}).status_code == 404
    assert plugin.ask("GET", "customer", query={"customerId": NOBODY}).status_code == 404
    assert_agrees(plugin)


def test_what_they_bought_is_there_as_both_lists_tell_it(plugin: Recorder) -> None:
    assert plugin.json("GET", "customer-payments", query={"customerId": JOHN})["payments"]
    assert plugin.json("GET", "customer-orders", query={"email": JOHN_S_EMAIL})["orders"]
    assert plugin.json("GET", "customer-orders", query={"customerId": 5003})["orders"]
    assert_agrees(plugin)


def test_somebody_unseen_logs_in_and_is_shown_by_her_token(plugin: Recorder) -> None:
    logging_in({"email": JOHN_S_EMAIL}, JOHN_S_PASSWORD, looks=True)(plugin, [])
    assert [each.status for each in plugin.tape] == [200, 200, 401]
    looking(TOKEN)(plugin, [])
    assert_agrees(plugin)


def test_she_does_so_where_all_secrets_are_left_out_of_the_recording(plugin: Recorder) -> None:
    logging_in({"email": JOHN_S_EMAIL}, JOHN_S_PASSWORD, looks=False)(plugin, [])
    token = str(json.loads(plugin.tape[0].reply_body)["access_token"])
    looking(token)(plugin, [])
    looking(TOKEN)(plugin, [])
    assert [each.status for each in plugin.tape] == [200, 200, 200]
    assert_agrees(plugin, redacted=True)


def test_a_limit_of_store_credit_is_where_the_recording_met_it(plugin: Recorder) -> None:
    for amount in (450, 60, 50):
        plugin.ask("POST", "update-customer-store-credit", {"customerId": NOAH, "add": True, "deltaAmount": amount})
    assert [each.reply_body[:16] for each in plugin.tape] == [
        b'{"status":"true"',
        b'{"status":"false',
        b'{"status":"true"',
    ]
    assert_agrees(plugin)


def test_numbers_of_customers_and_addresses_go_on_from_where_the_shop_was(plugin: Recorder) -> None:
    creating({})(plugin, [])
    creating({"email": "f@x.example"})(plugin, [])
    creating({"email": MIA_S_EMAIL})(plugin, [])
    assert [each.status for each in plugin.tape] == [200, 200, 409]
    assert_agrees(plugin)


def test_a_page_far_behind_has_others_before_it(plugin: Recorder) -> None:
    assert plugin.json("GET", "customers", query={"offset": 40, "max": 3})["customers"]
    assert_agrees(plugin)


# Random sessions

WHO = st.integers(0, 14)
EMAILS = st.sampled_from([JOHN_S_EMAIL, MIA_S_EMAIL, "a@x.example", "A@X.example", "b@x.example", "nobody"])
Named = tuple[str, Any]


def somebody(named: Named, made: list[int]) -> dict[str, Any]:
    by, which = named
    if by == "email":
        return {"email": which}
    everyone = [*SOME, NOBODY, *made]
    return {"customerId": everyone[which % len(everyone)]}


def creating(draft: dict[str, Any]) -> Step:
    def step(plugin: Recorder, made: list[int]) -> None:
        reply = plugin.json("POST", "customer-create", {"firstName": "Ann", "email": "e@x.example", **draft})
        made += [reply["customers"]["id"]] if "customers" in reply else []

    return step


def reading(path: str, named: Named) -> Step:
    return lambda plugin, made: plugin.ask("GET", path, query=somebody(named, made))


def writing(method: str, path: str, named: Named, draft: dict[str, Any]) -> Step:
    return lambda plugin, made: plugin.ask(method, path, {**draft, **somebody(named, made)})


def listing(query: dict[str, Any]) -> Step:
    return lambda plugin, _: plugin.ask("GET", "customers", query=query)


def logging_in(who: dict[str, str], password: str, *, looks: bool) -> Step:
    def step(plugin: Recorder, _: list[int]) -> None:
        reply = plugin.json("POST", "customer-login", {"clientId": CLIENT_ID, "password": password, **who})
        if looks and "access_token" in reply:
            plugin.ask("GET", "customer-details-with-token", query={"token": reply["access_token"]})
            plugin.pass_by(3600)
            plugin.ask("GET", "customer-details-with-token", query={"token": reply["access_token"]})

    return step


def looking(token: str) -> Step:
    return lambda plugin, _: plugin.ask("GET", "customer-details-with-token", query={"token": token})


NUMBERED = st.tuples(st.just("id"), WHO)
NAMED = st.one_of(NUMBERED, NUMBERED, NUMBERED, st.tuples(st.just("email"), EMAILS))
READ_BY = NAMED | st.just(("email", ""))
"""An empty e-mail names whom the shop has chosen, as on the vendor's page."""
READS = st.sampled_from(["customer", "customer-orders", "customer-payments"])
CREDITS = st.fixed_dictionaries(
    {"add": st.sampled_from(["true", "false", True]), "deltaAmount": st.sampled_from([0.01, 33.3, 499.99, 600, 1.001])}
)
LISTS = st.sampled_from(
    [
        *({}, {"max": 3, "offset": 2}, {"max": 2, "offset": 20}, {"max": -1, "offset": 50}, {"max": 5}),
        *({"type": "trash"}, {"type": "active"}, {"type": "inactive"}, {"max": 0}),
    ]
)
WHO_LOGS_IN = st.sampled_from(
    [*({"email": JOHN_S_EMAIL}, {"email": "a@x.example"}, {"userName": "U1"}, {"email": MIA_S_EMAIL})]
)
STEPS = st.one_of(
    st.builds(creating, PLUGIN_NEW),
    st.builds(creating, PLUGIN_NEW),
    st.builds(reading, READS, READ_BY),
    st.builds(writing, st.just("POST"), st.just("customer-update"), NAMED, PLUGIN_CHANGES),
    st.builds(
        writing,
        st.just("POST"),
        KINDS.map(lambda kind: f"update-customer-{kind.lower()}-address"),
        NAMED,
        ADDRESS_CHANGES,
    ),
    st.builds(writing, st.just("POST"), st.just("update-customer-store-credit"), NUMBERED, CREDITS),
    st.builds(writing, st.just("DELETE"), st.just("customer-delete"), NAMED, st.just({})),
    st.builds(listing, LISTS),
    st.builds(
        logging_in, WHO_LOGS_IN, PASSWORDS | st.sampled_from([JOHN_S_PASSWORD, "mockserver-123"]), looks=st.booleans()
    ),
    st.builds(looking, st.sampled_from([TOKEN, "0" * 32])),
)


@pytest.mark.usefixtures("unwatched")
def test_any_session_agrees_with_a_fake_prepared_from_it_alone(world: World) -> None:
    assert_any_session_agrees(world, "webcommander-plugin", STEPS, 7)
