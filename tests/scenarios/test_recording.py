"""From what a tester does by hand to a scenario that passes on a fresh fake, without any secret in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx2
import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from mockserver import MockServer, Sandbox
from mockserver.scenarios.recording.composing import Wish, compose
from mockserver.scenarios.recording.session import Unrecorded, read_session
from mockserver.scenarios.recording.trial import record
from mockserver.scenarios.recording.writing import text_of
from tests.effort import unwatched  # noqa: F401  a fixture
from tests.scenarios.recorded import APIS, COMPANY, PASSWORD, Hand, ask_examples, recorded, run, session_of, steps

JAMIE = 389427


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(rate_limits="off") as made:
        yield made


@pytest.mark.parametrize("api", APIS)
def test_ids_that_a_reply_gave_are_taken_from_there(server: MockServer, api: str) -> None:
    def play(sandbox: Sandbox) -> None:
        hand = Hand(sandbox)
        hand.sign_up(api)
        [id] = hand.ids[api]
        assert hand.look(api, id).status_code == 200

    tried = recorded(server, play)
    assert tried.problems == []
    made, seen = steps(tried)
    [(name, pointer)] = made["outputs"].items()
    assert pointer.endswith("id")
    assert f"$steps.{made['stepId']}.outputs.{name}" in str(seen)
    assert run(tried).outcome == "passed"


def test_a_token_is_taken_from_the_reply_and_no_secret_is_in_the_file(server: MockServer) -> None:
    tokens = []

    def play(sandbox: Sandbox) -> None:
        client = sandbox.client("spurtcommerce")
        del client.headers["authorization"]
        login = client.post("/auth/login", json={"username": "admin@example.com", "password": "Admin-12345"})
        tokens.append(login.json()["data"]["token"])
        hand = Hand(sandbox)
        hand.client("spurtcommerce").headers["authorization"] = f"Bearer {tokens[0]}"
        hand.sign_up("spurtcommerce")

    tried = recorded(server, play)
    text = text_of(tried.composed.document)
    login, made = steps(tried)
    assert login["outputs"] == {"token": "$response.body#/data/token"}
    assert {"name": "authorization", "in": "header", "value": f"Bearer {{$steps.{login['stepId']}.outputs.token}}"} in (
        made["parameters"]
    )
    inputs = tried.composed.document["workflows"][0]["inputs"]["properties"]
    assert inputs["password"]["default"] == "Admin-12345"
    assert inputs["password-2"]["format"] == "password"
    assert made["requestBody"]["payload"]["confirmPassword"] == "$inputs.password-2"
    assert tokens[0] not in text
    assert PASSWORD not in text
    assert run(tried).outcome == "passed"


def test_what_a_tester_did_in_between_is_done_before_the_next_step(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        shop = sandbox.client("kounta")
        shop.get(f"{COMPANY}.json")
        sandbox.records("kounta", "customers").put(JAMIE, first_name="Jamy")
        sandbox.clock.advance(3600)
        rule = {"id": "down", "vendor": "kounta", "match": {"method": "GET"}, "then": {"status": 503}, "times": 1}
        sandbox.faults.set([rule])
        assert shop.get(f"{COMPANY}/customers/{JAMIE}.json").status_code == 503
        sandbox.faults.clear()
        assert shop.get(f"{COMPANY}/customers/{JAMIE}.json").json()["first_name"] == "Jamy"

    tried = recorded(server, play, seed=7)
    assert tried.problems == []
    document = tried.composed.document
    assert (document["x-mock"]["seed"], document["x-mock"]["fixture"]) == (7, "default")
    assert "freeze" in document["x-mock"]["clock"]
    first, refused, last = steps(tried)
    assert "x-mock" not in first
    assert refused["x-mock"]["clock"] == {"advance": "1h"}
    assert refused["x-mock"]["records"] == [
        {"vendor": "kounta", "collection": "customers", "record": {"id": JAMIE, "first_name": "Jamy"}}
    ]
    assert [rule["id"] for rule in refused["x-mock"]["faults"]] == ["down"]
    assert refused["successCriteria"][0] == {"condition": "$statusCode == 503"}
    assert {"condition": "$response.body#/first_name == 'Jamy'"} in last["successCriteria"]
    assert run(tried).outcome == "passed"


def test_a_reply_that_was_lost_is_asked_for_again(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        sandbox.faults.set([{"then": {"fault": "EMPTY_RESPONSE"}, "times": 2}])
        shop = sandbox.client("kounta")
        for _ in range(2):
            with suppress(httpx2.TransportError):
                shop.get(f"{COMPANY}.json")
        assert shop.get(f"{COMPANY}.json").status_code == 200

    tried = recorded(server, play)
    [step] = steps(tried)
    assert step["onFailure"] == [{"name": "again", "type": "retry", "retryLimit": 2}]
    result = run(tried)
    assert (result.outcome, len(result.steps)) == ("passed", 3)


def test_what_came_before_is_there_as_far_as_it_has_altered_something(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        hand = Hand(sandbox)
        hand.sign_up("kounta")
        hand.look("kounta", JAMIE)
        hand.look("kounta", hand.ids["kounta"][0])

    tried = recorded(server, play, first=3)
    made, seen = steps(tried)
    assert "before" in made["description"]
    assert made["successCriteria"] == [{"condition": "$statusCode == 201"}]
    assert seen["operationId"] == "get_customer"
    assert run(tried).outcome == "passed"


def test_what_no_scenario_can_say_is_told(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        shop = sandbox.client("kounta")
        shop.get(f"{COMPANY}.json", params={"colour": "red"})
        shop.get("/nowhere")
        shop.post(f"{COMPANY}/customers.json", content=b"{no", headers={"content-type": "application/json"})

    tried = recorded(server, play)
    assert len(steps(tried)) == 1
    assert tried.problems == []
    wrong, nowhere, broken = tried.composed.remarks
    assert "without ?colour" in wrong
    assert "no contract has it" in nowhere
    assert "its body is no JSON" in broken


def test_texts_that_look_like_expressions_are_inputs(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        person = {"first_name": "$url", "last_name": "{$inputs.x}", "email": "odd@example.com"}
        sandbox.client("kounta").post(f"{COMPANY}/customers.json", json=person)

    tried = recorded(server, play)
    assert tried.problems == []
    inputs = tried.composed.document["workflows"][0]["inputs"]["properties"]
    assert inputs["first_name"] == {"type": "string", "default": "$url"}
    assert run(tried).outcome == "passed"


def test_a_form_is_a_form(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        client = sandbox.client("spurtcommerce")
        client.post("/auth/login", data={"username": "admin@example.com", "password": "Admin-12345"})

    tried = recorded(server, play)
    [step] = steps(tried)
    assert step["requestBody"] == {
        "contentType": "application/x-www-form-urlencoded",
        "payload": {"username": "admin@example.com", "password": "$inputs.password"},
    }
    assert run(tried).outcome == "passed"


def test_json_that_curl_calls_a_form_is_json_where_the_vendor_takes_it_so(server: MockServer) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    tried = recorded(
        server,
        lambda sandbox: sandbox.client("open2b").post("commerce.customers.get", content=b'{"id": 37091}', headers=form),
    )
    [step] = steps(tried)
    assert step["requestBody"] == {"contentType": "application/json", "payload": {"id": 37091}}
    assert (tried.problems, tried.composed.remarks) == ([], [])
    assert run(tried).outcome == "passed"


def test_what_a_fresh_fake_answers_otherwise_is_told(server: MockServer) -> None:
    """A sandbox that has been emptied begins otherwise than any fixture says."""

    def play(sandbox: Sandbox) -> None:
        sandbox.purge()
        assert sandbox.client("kounta").get(f"{COMPANY}/customers/{JAMIE}.json").status_code == 404

    tried = recorded(server, play)
    [problem] = tried.problems
    assert "request 1" in problem.replace("request 2", "request 1")
    assert "404" in problem
    assert run(tried).outcome == "failed"


def test_a_journal_that_is_not_whole_is_refused(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        sandbox.client("kounta").get(f"{COMPANY}.json")
        sandbox.requests.clear()

    with pytest.raises(Unrecorded, match="does not have all that was asked"):
        recorded(server, play)


def test_requests_that_are_not_there_are_refused(server: MockServer) -> None:
    with pytest.raises(Unrecorded, match="no such requests; it has 1 to 1"):
        recorded(server, lambda sandbox: sandbox.client("kounta").get(f"{COMPANY}.json"), first=9)
    with pytest.raises(Unrecorded, match="it has none"):
        recorded(server, lambda _: None)


def test_a_copy_of_another_sandbox_is_refused(server: MockServer) -> None:
    with server.sandbox() as origin, origin.clone() as copy:
        copy.client("kounta").get(f"{COMPANY}.json")
        with pytest.raises(Unrecorded, match="began as"):
            record(read_session(copy.admin), Wish())


def test_what_was_taken_back_is_left_out(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        hand = Hand(sandbox)
        for _ in range(3):
            hand.sign_up("kounta")
        sandbox.requests.rewind(2)
        hand.sign_up("kounta")
        assert hand.look("kounta", hand.ids["kounta"][-1]).status_code == 200

    tried = recorded(server, play)
    assert tried.composed.remarks == ["requests 2 to 3 were undone by a rewind, and left out"]
    assert tried.problems == []
    assert [step["operationId"] for step in steps(tried)] == ["create_customer", "create_customer", "get_customer"]
    assert run(tried).outcome == "passed"


def test_a_key_that_a_tester_has_made_is_an_input(server: MockServer) -> None:
    key = "a-fresh-key-of-the-tester"

    def play(sandbox: Sandbox) -> None:
        keys = sandbox.records("open2b", "keys")
        known = sandbox.admin.get("/state/open2b/keys")["records"][0]
        keys.put(key, **{name: value for name, value in known.items() if name != "key"})
        client = sandbox.client("open2b")
        client.headers["x-key"] = key
        assert client.post("commerce.customers.count", json={}).json()["status"] == "ok"
        keys.delete(key)
        assert client.post("commerce.customers.count", json={}).status_code == 403

    tried = recorded(server, play, auth="strict")
    assert tried.problems == []
    document = tried.composed.document
    assert document["x-mock"]["auth"] == "strict"
    first, second = steps(tried)
    assert first["x-mock"]["records"][0]["record"]["key"] == "$inputs.key"
    assert second["x-mock"]["remove"][0]["key"] == "$inputs.key"
    assert document["workflows"][0]["parameters"] == [{"name": "x-key", "in": "header", "value": "$inputs.key"}]
    assert key not in text_of(document)
    assert run(tried).outcome == "passed"


def test_errors_on_demand_are_asked_for_again_but_not_refusals_of_the_fake_itself(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        shop = sandbox.client("kounta")
        for row in ("customer-not-found", "no-such-row"):
            shop.get(f"{COMPANY}/customers/{JAMIE}.json", headers={"Prefer": f"error={row}"})

    tried = recorded(server, play)
    [step] = steps(tried)
    assert {"name": "prefer", "in": "header", "value": "error=customer-not-found"} in step["parameters"]
    assert step["successCriteria"][0] == {"condition": "$statusCode == 404"}
    [remark] = tried.composed.remarks
    assert "the contract has no such reply: 400 application/problem+json" in remark
    assert tried.problems == []


def test_rules_that_were_there_before_are_there_but_for_what_may_be_a_secret(server: MockServer) -> None:
    headers = {"Authorization": {"contains": "own-token"}, "User-Agent": {"contains": "httpx"}}
    rules = {
        "first": {"id": "first", "match": {"headers": headers}, "then": {"status": 503}, "times": 1, "matched": 1},
        "idle": {"id": "idle", "then": {"status": 500}},
    }
    session = session_of(server, lambda sandbox: sandbox.client("kounta").get(f"{COMPANY}.json"))
    [asked] = session.exchanges
    faulty = replace(session, exchanges=[replace(asked, fault="first")], rules=rules)
    composed = compose(faulty, Wish(), {}, {})
    assert composed.document["x-mock"]["faults"] == [
        {
            "id": "first",
            "match": {"headers": {"User-Agent": headers["User-Agent"]}},
            "then": {"status": 503},
            "times": 1,
        }
    ]
    assert composed.remarks == ["the fault rule first matches what may be a secret, which was left out"]


def test_nobody_is_told_by_webhook_of_what_a_scenario_does(server: MockServer) -> None:
    """The address was a tester's; the runner listens itself."""

    def play(sandbox: Sandbox) -> None:
        shop = sandbox.client("kounta")
        hook = {"topic": "customers/created", "address": "http://127.0.0.1:9/orders/new"}
        id = shop.post(f"{COMPANY}/webhooks.json", json=hook).json()["id"]
        sandbox.admin.put(
            f"/webhooks/subscriptions/kounta/{id}/misbehaviour", json={"duplicate": 1, "delayMillis": 1500}
        )
        Hand(sandbox).sign_up("kounta")
        sandbox.admin.delete(f"/webhooks/subscriptions/kounta/{id}/misbehaviour")
        shop.delete(f"{COMPANY}/webhooks/{id}.json")

    tried = recorded(server, play)
    assert tried.problems == []
    assert tried.composed.document["x-mock"]["receiver"] == "receiver"
    subscribed, signed_up, removed = steps(tried)
    assert subscribed["requestBody"]["payload"]["address"] == "{$inputs.receiver}/orders/new"
    subscription = f"$steps.{subscribed['stepId']}.outputs.id"
    wrong, right = signed_up["x-mock"]["misbehave"], removed["x-mock"]["misbehave"]
    assert wrong == [{"vendor": "kounta", "subscription": subscription, "duplicate": 1, "delay": "1500ms"}]
    assert right == [{"vendor": "kounta", "subscription": subscription}]
    assert run(tried).outcome == "passed"


def test_states_of_rules_are_set_as_the_tester_did(server: MockServer) -> None:
    def play(sandbox: Sandbox) -> None:
        shop, state = sandbox.client("kounta"), {"scenarioName": "shop", "requiredScenarioState": "down"}
        sandbox.faults.set([{"id": "down", "vendor": "kounta", **state, "then": {"status": 503}}])
        sandbox.scenarios.set("shop", "down")
        assert shop.get(f"{COMPANY}.json").status_code == 503
        sandbox.scenarios.reset()
        assert shop.get(f"{COMPANY}.json").status_code == 200

    tried = recorded(server, play)
    down, up = steps(tried)
    assert (down["x-mock"]["scenarios"], up["x-mock"]["scenarios"]) == ({"shop": "down"}, {"shop": "Started"})
    assert run(tried).outcome == "passed"


@pytest.mark.parametrize("api", [*APIS, "webcommander-plugin"])
def test_whatever_the_contract_shows_can_be_recorded(server: MockServer, api: str) -> None:
    """All examples of all operations, one after the other."""
    tried = recorded(server, lambda sandbox: ask_examples(sandbox, api))
    assert tried.problems == []
    assert all("which it was sent without" in remark for remark in tried.composed.remarks)
    assert len(steps(tried)) > 10


def sign_up(hand: Hand, api: str) -> None:
    with suppress(AssertionError):  # while a fault answers
        hand.sign_up(api)


def look_at_new(hand: Hand, api: str) -> None:
    for id in hand.ids.get(api, [])[-1:]:
        hand.look(api, id)


def remove(hand: Hand, api: str) -> None:
    for id in hand.ids.get(api, [])[:1]:
        hand.remove(api, id)


def ask_with_a_wrong_key(hand: Hand, api: str) -> None:
    client = hand.client(api)
    before = dict(client.headers)
    client.headers.update({"authorization": "Bearer nobody-s-token-000", "x-key": "nobody-s-key-000"})
    hand.look(api, 1)
    client.headers.update(before)


def take_back(hand: Hand, _api: str) -> None:
    newest = hand.sandbox.requests.list()
    hand.sandbox.requests.rewind(newest[min(len(newest) - 1, 2)].id)


DOWN = {"id": "down", "match": {"method": "GET"}, "then": {"status": 503}, "times": 2}
MOVES: dict[str, Callable[[Hand, str], object]] = {
    "sign up": sign_up,
    "look": lambda hand, api: hand.look(api, 1),
    "look at new": look_at_new,
    "remove": remove,
    "wrong key": ask_with_a_wrong_key,
    "tick": lambda hand, _: hand.sandbox.clock.advance(90),
    "edit": lambda hand, _: hand.sandbox.records("kounta", "customers").put(JAMIE, last_name=f"Mc{hand.made}"),
    "fault": lambda hand, _: hand.sandbox.faults.set([DOWN]),
    "no fault": lambda hand, _: hand.sandbox.faults.clear(),
    "take back": take_back,
}


@pytest.mark.usefixtures("unwatched")
@settings(max_examples=6, deadline=None)
@given(moves=st.lists(st.tuples(st.sampled_from([*MOVES]), st.sampled_from(APIS)), min_size=1, max_size=12))
def test_whatever_is_done_by_hand_passes_on_a_fresh_fake(server: MockServer, moves: list[tuple[str, str]]) -> None:
    def play(sandbox: Sandbox) -> None:
        hand = Hand(sandbox)
        hand.look("kounta", JAMIE)
        for move, api in moves:
            MOVES[move](hand, api)
        hand.look("kounta", JAMIE)

    tried = recorded(server, play)
    assert tried.problems == []
    assert PASSWORD not in text_of(tried.composed.document)
    assert run(tried).outcome == "passed"
