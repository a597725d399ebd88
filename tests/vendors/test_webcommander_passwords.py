"""Passwords: only their hashes are kept, and those leave the server nowhere."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from argon2 import PasswordHasher
from httpx2 import Response

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from mockserver.vendors.webcommander.records import Shop
from mockserver.world import World
from tests.vendors.kounta_clients import Control, in_process
from tests.vendors.webcommander_both import AVA, JOHN, JOHN_S_EMAIL, JOHN_S_PASSWORD, MIA, V4, Both, done

PLAIN = {name: f"plain-{name}-sésame" for name in ("plugin", "v4", "update", "change", "reset", "inside", "wrong")}
SEEDED = [
    "123213",
    "mockserver-296",
    "mockserver-123",
    "mockserver-229956",
    "mockserver-admin",
    "mockserver-other-admin",
]
ADMINISTRATOR = base64.b64encode(b"admin@shop.example.com:mockserver-admin").decode()
CLIENT = {
    "grant_type": "client_credentials",
    "client_id": "mockserver-v4-client",
    "client_secret": "bW9ja3NlcnZlci13ZWJjb21tYW5kZXItdjQ",
    "auth_string": ADMINISTRATOR,
}
CHEAPEST = "$argon2id$v=19$m=8,t=1,p=1$"


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    return shop_of(sandbox)


def shop_of(sandbox: Sandbox) -> Shop:
    state: Shop = sandbox.subjects["webcommander"]
    return state


def hash_of(shop: Shop, id: int) -> str | None:
    customer = shop.customers.get(id)
    assert customer is not None
    return customer.password_hash


def hashes(shop: Shop) -> list[str]:
    """Every hash that there is."""
    found = [customer.password_hash for customer in shop.customers] + [client.password_hash for client in shop.clients]
    return [each for each in found if each]


def use_passwords(both: Both) -> Iterator[Response]:
    """Every request that has a password in it, some of them refused; and an alteration that apps are told of."""
    ann, bo = {"email": "ann@example.com"}, {"email": "bo@example.com"}
    yield both.plugin("POST", "customer-create", {"firstName": "Ann", **ann, "password": PLAIN["plugin"]})
    yield both.v4("POST", "admin/customers", {"customer": {"first_name": "Bo", **bo, "password": PLAIN["v4"]}})
    yield both.login(PLAIN["plugin"], **ann)
    yield both.login(PLAIN["v4"], **bo)
    yield both.login(PLAIN["wrong"], **ann)
    path = f"admin/customers/{JOHN}"
    yield both.v4("PUT", path, {"customer": {"last_name": "x", "password": PLAIN["update"]}})
    for old, new in (("update", "change"), ("wrong", "inside")):
        changed = {"email": JOHN_S_EMAIL, "old_password": PLAIN[old], "password": PLAIN[new]}
        yield both.v4("POST", f"{path}/change-password", {"customer": changed})
    yield both.v4("POST", f"{path}/reset-password", {"password": PLAIN["reset"]})
    yield both.v4("POST", f"{path}/reset-password", {"customer": {"password": PLAIN["inside"]}})
    yield both.v4("POST", f"{path}/reset-password", {"password": 1, "customer": {"password": PLAIN["wrong"]}})
    yield both.v4("POST", "oauth2/token", CLIENT)
    yield both.plugin("GET", "customers")
    yield both.v4("GET", "admin/customers")
    yield both.v4("GET", path)


def said(both: Both) -> dict[str, str]:
    """All that leaves the server, in text, by where; after every password was used."""
    for id, event in enumerate(("create", "update", "delete"), 1):
        sent = {"sourceUrl": "http://127.0.0.1:9/", "eventName": f"customer-{event}"}
        both.tester("PUT", f"state/webcommander/webhooks/{id}", sent)
    texts = {f"reply {at}": reply.text for at, reply in enumerate(use_passwords(both))}
    texts["altered"] = both.client.put(f"__admin/state/webcommander/customers/{JOHN}", json={"last_name": "y"}).text
    texts["single"] = both.client.get(f"__admin/state/webcommander/customers/{JOHN}").text
    texts["removed"] = both.client.delete(f"__admin/state/webcommander/customers/{MIA}").text
    for name in both.tester("GET", "state")["state"]["webcommander"]:
        texts[f"state {name}"] = both.client.get(f"__admin/state/webcommander/{name}?limit=1000").text
    texts["deliveries"] = both.client.get("__admin/webhooks?limit=1000").text
    assert len(Control(both.client).deliveries()) == 5
    ids = [
        entry["id"]
        for of in ("", "&vendor=admin")
        for entry in both.tester("GET", f"requests?limit=1000{of}")["requests"]
    ]
    assert len(ids) > 18
    texts |= {f"journal {id}": both.client.get(f"__admin/requests/{id}").text for id in ids}
    texts["openapi"] = both.client.get("__admin/contracts/webcommander-v4").text
    return texts


# Where they are not


def test_hashes_leave_the_server_nowhere(both: Both, shop: Shop) -> None:
    first = hashes(shop)
    texts = said(both)
    known = {*first, *hashes(shop)}
    assert len(known) > len(first)
    assert [where for where, text in texts.items() if "$argon2" in text] == []
    tails = [each.rpartition("$")[2] for each in known]
    assert [where for where, text in texts.items() for tail in tails if tail in text] == []
    kept = [where for where, text in texts.items() if "password_hash" in text]
    changed = [where for where in kept if '"password_hash":"[redacted]"' in texts[where].replace(" ", "")]
    assert kept == changed
    assert [where for where in kept if not where.startswith("journal")] == []


def test_plain_passwords_stand_nowhere(both: Both, sandbox: Sandbox) -> None:
    texts = said(both)
    texts |= {f"records of {name}": msgspec.json.encode(list(kept)).decode() for name, kept in records(sandbox)}
    plain = [*PLAIN.values(), ADMINISTRATOR]
    spellings = [*plain, *(each.encode("unicode_escape").decode() for each in plain)]
    assert [where for where, text in texts.items() for each in spellings if each in text] == []


def test_the_fixture_s_passwords_stand_nowhere(both: Both, sandbox: Sandbox) -> None:
    done(both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL))
    done(both.v4("POST", "oauth2/token", CLIENT))
    words = [word for _, kept in records(sandbox) for word in strings(msgspec.to_builtins(list(kept)))]
    assert len(words) > 1000
    assert [word for word in words if word in SEEDED or re.fullmatch(r"secret-\d+", word)] == []
    journal = " ".join(Control(both.client).journal())
    assert [word for word in SEEDED if f'"{word}"' in journal] == []


def records(sandbox: Sandbox) -> list[tuple[str, Any]]:
    return [pair for pair in sandbox.ledger.collections.items() if pair[0].startswith("webcommander.")]


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from strings(inner)


# What they are


def test_every_hash_is_argon2id_at_the_fixture_s_costs(both: Both, shop: Shop) -> None:
    list(use_passwords(both))
    found = hashes(shop)
    assert len(found) > 50
    assert [each for each in found if not each.startswith(CHEAPEST)] == []
    assert PasswordHasher().verify(hash_of(shop, JOHN) or "", PLAIN["inside"])
    assert PasswordHasher().verify(hash_of(shop, AVA) or "", "mockserver-667785555")


def test_a_fixture_sets_other_costs() -> None:
    fixture = read_fixture("documented")
    section = {
        **fixture.vendors["webcommander"],
        "password_hash": {"iterations": 2, "memory_kib": 32, "parallelism": 2},
    }
    world = build(msgspec.structs.replace(fixture, vendors={**fixture.vendors, "webcommander": section}))
    sandbox = world.sandboxes.create()
    with in_process(world, sandbox) as client:
        both = Both(client)
        list(use_passwords(both))
        found = hashes(shop_of(sandbox))
        assert len(found) == 10
        assert [each for each in found if not each.startswith("$argon2id$v=19$m=32,t=2,p=2$")] == []
        assert both.login(PLAIN["inside"], email=JOHN_S_EMAIL).status_code == 200


def test_equal_passwords_have_different_hashes(both: Both, shop: Shop) -> None:
    ids = [both.create(by, email=f"{by}@example.com", password="same") for by in ("plugin", "v4")]  # noqa: S106
    found = {hash_of(shop, id) for id in ids}
    for path in ("change-password", "reset-password"):
        sent = {"customer": {"email": "v4@example.com", "old_password": "same", "password": "same"}}
        done(both.v4("POST", f"admin/customers/{ids[1]}/{path}", sent))
        found.add(hash_of(shop, ids[1]))
    done(both.v4("PUT", f"admin/customers/{ids[1]}", {"customer": {"password": "same"}}))
    found.add(hash_of(shop, ids[1]))
    assert len(found) == 5
    everyone = hashes(shop)
    assert len({*everyone}) == len(everyone)
    assert len({each.split("$")[4] for each in everyone}) == len(everyone)


def test_the_same_requests_give_the_same_bytes(world: World) -> None:
    runs = []
    for _ in range(2):
        sandbox = world.sandboxes.create()
        with in_process(world, sandbox) as client:
            both = Both(client)
            both.freeze()
            replies = [reply.content.replace(sandbox.name.encode(), b"") for reply in use_passwords(both)]
            runs.append((replies, [msgspec.json.encode(list(kept)) for _, kept in records(sandbox)]))
    assert runs[0] == runs[1]


# What a tester may do


def test_a_tester_clears_a_password(both: Both, shop: Shop) -> None:
    assert "password_hash" not in both.alter(JOHN, last_name="x")
    assert both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL).status_code == 200
    assert "password_hash" not in both.alter(JOHN, password_hash=None)
    assert hash_of(shop, JOHN) is None
    assert both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL).status_code == 401
    done(both.v4("POST", f"admin/customers/{JOHN}/reset-password", {"password": "new"}))
    assert both.login("new", email=JOHN_S_EMAIL).status_code == 200


def test_a_tester_sets_a_hash_of_any_cost(both: Both) -> None:
    made = PasswordHasher(2, 64, 1).hash("brought along")
    assert made not in str(both.alter(JOHN, password_hash=made))
    assert both.login("brought along", email=JOHN_S_EMAIL).status_code == 200
    [newest] = both.tester("GET", "requests?vendor=admin&limit=1")["requests"]
    assert "$argon2" not in str(both.tester("GET", f"requests/{newest['id']}"))


@pytest.mark.parametrize("made", ["", "no hash", "$argon2id$v=19$m=8,t=1,p=1$c2hvcnQ$c2hvcnQ", "123213"])
def test_what_is_no_hash_lets_nobody_in(both: Both, made: str) -> None:
    both.alter(JOHN, password_hash=made)
    assert both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL).status_code == 401


def test_the_administrator_s_password_is_asked_for(both: Both) -> None:
    wrong = base64.b64encode(b"admin@shop.example.com:mockserver-other-admin").decode()
    for auth_string, status in ((ADMINISTRATOR, 201), (wrong, 401)):
        reply = both.client.post("api/v4/oauth2/token", json={**CLIENT, "auth_string": auth_string}, headers=V4)
        assert reply.status_code == status
