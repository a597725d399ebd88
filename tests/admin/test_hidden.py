"""Fields that leave the server nowhere: they are kept and may be set, but nobody is shown them, testers neither."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.people import Cast
from mockserver.redaction import REDACTED
from mockserver.sandbox import Sandbox
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.world import World
from tests.appclient import AppClient
from tests.webhooks.bell import Listener, Section, bell

BOXES = "/state/bell/boxes"
CODES = ("sesame-1", "sesame-2", "sesame-3")


class Box(Record, frozen=True, kw_only=True, rename="camel"):
    box_id: int
    owner: str = ""
    pin: str = "0000"
    lock_code: str | None = None


class Vault(State):
    boxes = collection(Box, key="box_id", secret={"pin"}, hidden={"lock_code"})
    listeners = collection(Listener)


def fill(vault: Vault, _section: Section, _cast: Cast) -> None:
    for id, code in enumerate(CODES[:2], 1):
        vault.boxes.put(Box(box_id=id, owner="Ann", lock_code=code))


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    vendor = replace(bell(tmp_path_factory.mktemp("bell")), open=Vault, seed=fill)
    return build(Fixture(), [vendor])


@pytest.fixture
def vault(sandbox: Sandbox) -> Vault:
    state: Vault = sandbox.subjects["bell"]
    return state


def shown(id: int, owner: str = "Ann") -> dict[str, Any]:
    return {"boxId": id, "owner": owner, "pin": "0000"}


def code(vault: Vault, id: int) -> str | None:
    box = vault.boxes.get(id)
    assert box is not None
    return box.lock_code


def journal(admin: AppClient) -> list[Any]:
    """Every exchange of a tester's, oldest first, with no code in it."""
    entries = admin.get("/requests?vendor=admin").json()["requests"][::-1]
    replies = [admin.get(f"/requests/{entry['id']}") for entry in entries]
    assert [word for word in CODES for reply in replies if word in reply.text] == []
    return [reply.json() for reply in replies]


def test_neither_a_record_nor_a_list_shows_it(admin: AppClient) -> None:
    assert admin.get(f"{BOXES}/1").json() == shown(1)
    assert admin.get(BOXES).json() == {"records": [shown(1), shown(2)], "key": "box_id", "total": 2}


def test_it_stays_where_a_tester_alters_the_rest(admin: AppClient, vault: Vault) -> None:
    reply = admin.put(f"{BOXES}/1", json={"owner": "Bo"})
    assert (reply.status_code, reply.json()) == (200, shown(1, "Bo"))
    assert admin.put(f"{BOXES}/1", json=reply.json()).json() == shown(1, "Bo")
    assert code(vault, 1) == CODES[0]


@pytest.mark.parametrize("value", [CODES[2], None])
def test_a_tester_may_set_it_and_is_not_shown_it(admin: AppClient, vault: Vault, value: str | None) -> None:
    for id, status in ((1, 200), (3, 201)):
        reply = admin.put(f"{BOXES}/{id}", json={"owner": "Ann", "lockCode": value})
        assert (reply.status_code, reply.json()) == (status, shown(id))
        assert code(vault, id) == value


def test_the_journal_redacts_it(admin: AppClient) -> None:
    admin.put(f"{BOXES}/1", json={"owner": "Bo"})
    admin.put(f"{BOXES}/1", json={"lockCode": CODES[2]})
    admin.put(f"{BOXES}/1", json={"lockCode": None})
    admin.delete(f"{BOXES}/2")
    one, two, three, four = journal(admin)
    hidden = {**shown(1), "pin": REDACTED, "lockCode": REDACTED}
    assert one["changes"][0]["before"] == hidden
    assert one["changes"][0]["after"] == {**hidden, "owner": "Bo"}
    assert two["request"]["body"] == {"lockCode": REDACTED}
    assert three["changes"][0]["after"] == {**hidden, "owner": "Bo", "lockCode": None}
    assert four["changes"][0]["before"] == {**hidden, "boxId": 2}


@pytest.mark.parametrize("fault", [{"boxId": 9}, {"owner": None}, {"colour": "red"}])
def test_a_refusal_tells_nobody_what_was_sent(admin: AppClient, vault: Vault, fault: dict[str, Any]) -> None:
    reply = admin.put(f"{BOXES}/1", json={"lockCode": CODES[2], "pin": CODES[2], **fault})
    assert (reply.status_code, CODES[2] in reply.text) == (400, False)
    assert journal(admin) == []
    assert code(vault, 1) == CODES[0]


def test_a_rewind_brings_it_back(admin: AppClient, vault: Vault) -> None:
    admin.put(f"{BOXES}/1", json={"lockCode": None})
    [entry] = journal(admin)
    admin.post(f"/requests/{entry['id']}/rewind")
    assert code(vault, 1) == CODES[0]
    assert len(journal(admin)) == 2
