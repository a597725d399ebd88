"""The sandboxes of a server: made, found, copied, and gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockserver.app import build
from mockserver.bindings import AlreadyBound, Bindings
from mockserver.fixture import BrokenFixture, read_fixture
from mockserver.options import Options
from mockserver.sandbox import DEFAULT, Sandbox
from mockserver.sandboxes import NameTaken, TooMany
from mockserver.vendors.kounta.records import AccessToken
from mockserver.vendors.open2b.records import Shop
from mockserver.world import World


def customers(sandbox: Sandbox) -> int:
    shop: Shop = sandbox.subjects["open2b"]
    return len(shop.customers)


def remove_a_customer(sandbox: Sandbox) -> None:
    shop: Shop = sandbox.subjects["open2b"]
    with sandbox.ledger.transaction():
        shop.customers.remove(next(iter(shop.customers)).id)


@pytest.fixture
def own() -> World:
    return build(read_fixture("default"), options=Options(max_sandboxes=4, auto=("ci-*", "team[12]")))


def test_a_sandbox_without_a_name_gets_one_that_is_free(own: World) -> None:
    own.sandboxes.create("sandbox-1")
    assert own.sandboxes.create().name == "sandbox-2"


def test_no_two_have_one_name(own: World) -> None:
    with pytest.raises(NameTaken, match="'default'"):
        own.sandboxes.create(DEFAULT)


def test_there_are_no_more_than_there_may_be(own: World) -> None:
    for _ in range(3):
        own.sandboxes.create()
    with pytest.raises(TooMany, match=r"4 sandboxes.*--max-sandboxes"):
        own.sandboxes.create()
    own.sandboxes.remove("sandbox-2")
    own.sandboxes.create()


def test_one_that_was_deleted_is_gone_and_it_is_known_why(own: World) -> None:
    own.sandboxes.create("short")
    own.sandboxes.remove("short")
    assert own.sandboxes.get("short") is None
    assert own.sandboxes.why_not("short") == "it was deleted"
    assert own.sandboxes.why_not("never") == ""


def test_requests_keep_one_with_a_time_to_live_alive(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC).timestamp()
    made = own.sandboxes.create("short", ttl=10)
    for later, there in ((9, True), (18, True), (27, True), (38, False)):
        monkeypatch.setattr("time.time", lambda later=later: now + later)
        assert (own.sandboxes.get(made.name) is made) is there
    assert own.sandboxes.why_not("short") == "it had no request for 10 s, which is its time to live"


def test_those_past_their_time_make_room(own: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC).timestamp()
    for _ in range(3):
        own.sandboxes.create(ttl=10)
    monkeypatch.setattr("time.time", lambda: now + 20)
    assert own.sandboxes.create().name == "sandbox-4"
    assert [each.name for each in own.sandboxes] == [DEFAULT, "sandbox-4"]


@pytest.mark.parametrize(
    ("name", "made"), [("ci-1", True), ("team2", True), ("team3", False), ("ci", False), ("ci-/../x", False)]
)
def test_names_that_were_declared_are_made_when_they_are_first_asked_for(own: World, name: str, made: bool) -> None:  # noqa: FBT001
    assert (own.sandboxes.get(name) is not None) is made
    assert own.sandboxes.get(name) is own.sandboxes.get(name)


def test_of_these_too_there_are_no_more_than_there_may_be(own: World) -> None:
    for number in range(3):
        own.sandboxes.get(f"ci-{number}")
    assert own.sandboxes.get("ci-3") is None
    assert "as many as there may be" in own.sandboxes.why_not("ci-3")


def test_a_copy_and_its_original_go_their_own_ways(own: World) -> None:
    original = own.sandboxes.create("original")
    remove_a_customer(original)
    copy = own.sandboxes.create("copy", own.sandboxes.copy(original))
    assert (customers(copy), copy.beginning.source) == (customers(original), "sandbox original")
    remove_a_customer(copy)
    assert customers(copy) == customers(original) - 1
    copy.reset()
    original.reset()
    assert customers(copy) == customers(original) - 1


def test_a_fixture_is_planted_once_for_each_seed_and_number(own: World) -> None:
    assert own.seeds.of() is own.seeds.of("default", seed=1, customers=50)
    others = [own.seeds.of(seed=2), own.seeds.of(customers=3), own.seeds.of("documented")]
    assert len({id(each) for each in (own.seeds.of(), *others)}) == 4
    assert [(each.fixture, each.seed) for each in others] == [("default", 2), ("default", 1), ("documented", 1)]


@pytest.mark.parametrize("name", ["nowhere", "../fixtures/default.yaml", "/etc/passwd", "fixtures/default.yaml"])
def test_fixtures_are_asked_for_by_name_and_never_by_path(own: World, name: str) -> None:
    with pytest.raises(BrokenFixture, match="known: default, documented, large"):
        own.seeds.of(name)


def test_purge_leaves_what_the_shops_are_set_up_with(own: World) -> None:
    sandbox = own.sandboxes.create()
    sandbox.purge()
    left = {name for name, each in sandbox.ledger.collections.items() if len(each)}
    assert {
        "open2b.keys",
        "kounta.companies",
        "kounta.applications",
        "spurtcommerce.users",
        "webcommander.plugins",
    } <= left
    assert [name for name in left if name.endswith((".customers", ".orders", ".carts"))] == []
    assert sandbox.ledger.collections["open2b.customers"].last_key > 0
    sandbox.reset()
    assert customers(sandbox) > 50


def test_what_was_met_is_counted_on_when_a_history_ends(own: World) -> None:
    sandbox = own.sandboxes.create()
    met = ("open2b", "get_customer", 200, None)
    for end in (sandbox.reset, sandbox.purge, lambda: own.sandboxes.remove(sandbox.name)):
        sandbox.coverage.meet(*met)
        end()
    assert (sandbox.coverage.met, own.sandboxes.run.coverage.met) == ({}, {met: 3})


def test_observers_are_told_what_befalls_a_sandbox(own: World) -> None:
    sandbox, told = own.sandboxes.create(), list[str]()
    sandbox.observers = (told.append,)
    sandbox.reset()
    sandbox.purge()
    sandbox.load(sandbox.save())
    own.sandboxes.remove(sandbox.name)
    assert told == ["reset", "purge", "load", "end"]


KEY, PLUGIN = {"X-Key": "one"}, {"uuid": "A-1", "accessToken": "two"}


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ({b"x-key": b"one"}, "first"),
        ({b"x-key": b"one", b"accept": b"*/*"}, "first"),
        ({b"x-key": b"two"}, None),
        ({b"uuid": b"A-1"}, None),
        ({b"uuid": b"A-1", b"accesstoken": b"two"}, "second"),
        ({b"uuid": b"A-1", b"accesstoken": b"two", b"x-key": b"one"}, "second"),
        ({b"authorization": b"Bearer given"}, "second"),
        ({b"x-token": b"given"}, "second"),
        ({b"authorization": b"Bearer other"}, None),
        ({}, None),
    ],
)
def test_a_credential_leads_to_a_sandbox(headers: dict[bytes, bytes], name: str | None) -> None:
    bindings = Bindings()
    bindings.bind("first", [KEY])
    bindings.bind("second", [PLUGIN])
    bindings.issue("second", "given")
    assert bindings.find(headers) == name


def test_it_leads_to_one_sandbox_only_and_nowhere_once_that_is_gone() -> None:
    bindings = Bindings()
    bindings.bind("first", [KEY])
    bindings.issue("first", "given")
    with pytest.raises(AlreadyBound, match="x-key leads to the sandbox 'first' already") as refused:
        bindings.bind("second", [PLUGIN, KEY])
    assert "one" not in str(refused.value).replace("'first'", "")
    assert bindings.of("second") == []
    assert bindings.of("first") == [{"x-key": "one"}]
    bindings.release("first")
    assert not bindings
    assert bindings.find({b"authorization": b"Bearer given"}) is None


def test_a_token_that_was_given_out_in_a_bound_sandbox_leads_there(own: World) -> None:
    bound = own.sandboxes.create("bound", credentials=[KEY])
    with bound.ledger.transaction() as changes:
        bound.subjects["kounta"].access_tokens.put(AccessToken(token="abc", application="one"))  # noqa: S106
    own.sandboxes.note_issued(bound, changes)
    assert own.sandboxes.find({b"authorization": b"Bearer abc"}) == "bound"
    assert own.sandboxes.find({b"authorization": b"Bearer abcd"}) == DEFAULT
