"""Recorded exchanges played to a fake that is prepared from them: ten planted differences are found, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mockserver.app import known_vendors
from mockserver.drift.report import Report
from mockserver.drift.session import Session, Setting, UnknownApi
from mockserver.har import BrokenRecording, Recorded
from mockserver.recordings import Recording, Seen, Trace
from mockserver.vendor import Dialect, Vendor
from tests.drift.taping import Tape, shop

API = "spurtcommerce"
NEW: dict[str, Any] = {
    "customerGroupId": "1",
    "username": "Ada",
    "email": "ada@example.com",
    "mobileNumber": "0770090001",
    "mailStatus": "0",
    "status": "1",
    "password": "Passw0rd-1",
    "confirmPassword": "Passw0rd-1",
}
VENDORS = known_vendors()


def tape(*, secrets: bool = True) -> Tape:
    world = shop(VENDORS[API], fidelity="observed")
    with world.sandboxes.default.ledger.transaction():
        world.sandboxes.default.clock.freeze()
    return Tape(world, API, secrets=secrets)


def compared(recorded: list[Recorded], **setting: Any) -> Report:
    return Session(API, Setting(**setting)).compare(recorded, "a tape")


def places(report: Report) -> list[tuple[str | None, str, str]]:
    return [(each.operation, each.kind, each.place) for each in report.differences]


@pytest.fixture(scope="module")
def played() -> list[Recorded]:
    """A session with each kind of answer."""
    taped = tape()
    taped.ask("GET", "/admin-customer?limit=3")
    taped.ask("GET", "/admin-customer/recent-customerlist")
    taped.ask("GET", "/admin-customer/customer-detail/2")
    taped.ask("GET", "/admin-customer/customer-detail/99999")
    id = taped.ask("POST", "/admin-customer", json=NEW).json()["data"]["id"]
    taped.ask("POST", "/admin-customer", json=NEW)
    taped.ask("PUT", "/admin-customer/3", json={**NEW, "email": "grace@example.com"})
    taped.ask("DELETE", f"/admin-customer/{id}")
    taped.ask("GET", "/customer-group")
    taped.ask("GET", "/admin-customer/customer-excel-list?customerId=7,8")
    taped.ask("GET", "/admin-customer/customer-count")
    return taped.recorded


# What is planted is found, and nothing else


def told(recorded: Recorded, alter: Callable[[Any], object]) -> Recorded:
    """The exchange with another JSON reply."""
    value = json.loads(recorded.reply_body)
    alter(value)
    return replace(recorded, reply_body=json.dumps(value).encode())


def headed(recorded: Recorded, name: str, value: str) -> Recorded:
    headers = [(each, text) for each, text in recorded.reply_headers if each != name]
    return replace(recorded, reply_headers=(*headers, (name, value)))


PLANTED: list[tuple[int, str, str, Callable[[Recorded], Recorded]]] = [
    (0, "added", "body.data[].middleName", lambda each: told(each, lambda value: [row.update(middleName="x") for row in value["data"]])),
    (0, "order", "body.data", lambda each: told(each, lambda value: value["data"].reverse())),
    (1, "length", "body.data", lambda each: told(each, lambda value: value["data"].append(value["data"][0]))),
    (2, "retyped", "body.data.id", lambda each: told(each, lambda value: value["data"].update(id="2"))),
    (2, "removed", "body.data.avatar", lambda each: told(each, lambda value: value["data"].pop("avatar"))),
    (2, "header", "headers.content-type", lambda each: headed(each, "content-type", "application/problem+json")),
    (3, "message", "body.message", lambda each: told(each, lambda value: value.update(message="no such customer"))),
    (5, "status", "status", lambda each: replace(each, status=409)),
    (4, "value", "body.data.createdDate", lambda each: told(each, lambda value: value["data"].update(createdDate="2099-01-01 00:00:00"))),
    (8, "undeclared", "GET /api/customer-groups", lambda each: replace(each, url=each.url.replace("customer-group", "customer-groups"))),
]  # fmt: skip


@pytest.mark.parametrize(("number", "kind", "place", "plant"), PLANTED)
def test_what_is_planted_is_found(
    number: int, kind: str, place: str, plant: Callable[[Recorded], Recorded], played: list[Recorded]
) -> None:
    altered = [plant(each) if at == number else each for at, each in enumerate(played)]
    found = compared(altered)
    assert [(each.kind, each.place) for each in found.differences] == [(kind, place)]
    assert (found.agreeing, found.exchanges) == (len(played) - 1, len(played))
    assert found.differences[0].exchanges == [f"entry {number + 1}"]


def test_all_that_is_planted_is_found_at_once_and_nothing_else(played: list[Recorded]) -> None:
    chosen = {0: PLANTED[0], 1: PLANTED[2], 2: PLANTED[4], 3: PLANTED[6], 4: PLANTED[8], 5: PLANTED[7], 8: PLANTED[9]}
    altered = [chosen[at][3](each) if at in chosen else each for at, each in enumerate(played)]
    expected = {(kind, place) for _, kind, place, _ in chosen.values()}
    assert {(kind, place) for _, kind, place in places(compared(altered))} == expected


def test_an_unaltered_recording_agrees(played: list[Recorded]) -> None:
    found = compared(played)
    assert found.differences == []
    assert found.remarks == []
    assert found.summary == "11 of 11 exchanges agree"
    assert found.operations["find_customers"] == 1


def test_hundreds_of_exchanges_with_one_new_field_are_one_difference(played: list[Recorded]) -> None:
    new = PLANTED[4][3](played[2])
    found = compared([played[2], *[new] * 300])
    assert [(each.kind, each.place, each.count) for each in found.differences] == [("removed", "body.data.avatar", 300)]
    assert len(found.differences[0].exchanges) == 20
    assert found.summary == "1 of 301 exchanges agree"


def test_after_a_difference_the_fake_follows_the_recording() -> None:
    """A creation that only the recorded program accepted, and one that only the fake would."""
    taped = tape()
    id = taped.ask("POST", "/admin-customer", json=NEW).json()["data"]["id"]
    taped.ask("GET", f"/admin-customer/customer-detail/{id}")
    made, shown = taped.recorded
    longer = json.dumps({**NEW, "mobileNumber": "1"}).encode()
    found = compared([replace(made, request_body=longer), told(shown, lambda _: None)])
    assert places(found) == [("create_customer", "status", "status")]
    refusal = {"status": 0, "message": "Not today."}
    refused = replace(made, status=400, reply_body=json.dumps(refusal).encode())
    missing = replace(shown, status=400, reply_body=b'{"status":0,"message":"invalid CustomerId"}')
    assert places(compared([refused, missing])) == [("create_customer", "status", "status")]


def test_a_refusal_with_the_status_of_success_is_one_difference() -> None:
    taped = Tape(shop(VENDORS["open2b"]), "open2b")
    taped.ask("POST", "/commerce.customers.create", json={"customer": {}})
    accepted = replace(taped.recorded[0], reply_body=b'{"status":"ok","id":7}')
    (found,) = Session("open2b", Setting()).compare([accepted], "a tape").differences
    assert (found.kind, found.recorded) == ("status", '200 "{\\"status\\":\\"ok\\",\\"id\\":7}"')
    assert found.answered.startswith('200 "{\\"status\\":\\"error\\"')


# Secrets, credentials and what programs make up


def test_a_token_that_was_given_is_the_fakes_own_from_then_on() -> None:
    for secrets in (True, False):
        taped = tape(secrets=secrets)
        signed_in = taped.ask(
            "POST", "/auth/login", headers={}, json={"username": "admin@example.com", "password": "Admin-12345"}
        )
        headers = {"Authorization": f"Bearer {signed_in.json()['data']['token']}"}
        taped.ask("GET", "/admin-customer/customer-count", headers=headers)
        taped.ask("POST", "/auth/logout", headers=headers)
        taped.ask("GET", "/admin-customer/customer-count", headers=headers)
        assert [each.status for each in taped.recorded] == [200, 200, 200, 401]
        assert compared(taped.recorded).differences == []


def test_who_was_refused_is_refused() -> None:
    taped = tape()
    taped.ask("GET", "/admin-customer", headers={"Authorization": "Bearer nobody's"})
    taped.ask("GET", "/admin-customer", headers={})
    assert [each.status for each in taped.recorded] == [403, 403]
    assert compared(taped.recorded).differences == []


def test_keys_are_those_of_the_recorded_program(played: list[Recorded]) -> None:
    shifted = [
        replace(
            each,
            url=each.url.replace("/1051", "/70051"),
            reply_body=each.reply_body.replace(b'"id":1051', b'"id":70051'),
        )
        for each in played
    ]
    assert any("/70051" in each.url for each in shifted)
    assert compared(shifted).differences == []


# Settings


def test_masks_headers_and_shapes(played: list[Recorded]) -> None:
    altered = [
        told(each, lambda value: value.update(message="Else")) if at == 2 else each for at, each in enumerate(played)
    ]
    assert places(compared(altered)) == [("get_customer", "value", "body.message")]
    assert compared(altered, masks=["get_customer:message"]).differences == []
    assert compared(altered, masks=["*:message"]).differences == []
    assert compared(altered, masks=["create_customer:message"]).differences != []
    assert compared(altered, values=False).differences == []
    headers = [headed(each, "x-request-id", "1") for each in played[2:3]]
    assert compared(headers).differences == []
    found = places(compared(headers, headers=frozenset({"x-request-id"})))
    assert found == [("get_customer", "header", "headers.x-request-id")]


def test_a_given_fixture_is_what_the_fake_begins_with(played: list[Recorded]) -> None:
    found = compared(played[:1], fixture="documented")
    assert {operation for operation, _, _ in places(found)} == {"find_customers"}
    assert compared(played[:1], fixture="default").differences == []


def test_fidelity_decides_what_the_fake_does() -> None:
    world = shop(VENDORS[API], fidelity="documented")
    taped = Tape(world, API)
    taped.ask("POST", "/admin-customer", json=NEW)
    assert compared(taped.recorded, fidelity="documented").differences == []
    found = compared(taped.recorded)
    assert {kind for _, kind, _ in places(found)} == {"added"}
    assert "--fidelity documented" in found.remarks[-1]


# What is left out or cannot be


def test_what_is_nobodys_fault_is_left_out(played: list[Recorded]) -> None:
    elsewhere = replace(played[0], url="http://cdn.example.com/app.js")
    down, busy = replace(played[0], status=502), replace(played[0], status=429)
    withheld = replace(played[4], request_body=b"[withheld: not JSON, and it may hold a secret]")
    found = compared([played[2], elsewhere, down, down, busy, withheld, replace(played[0], status=0)])
    assert found.summary == "1 of 1 exchanges agree"
    assert sorted(found.remarks) == [
        "1 left out: no path of this vendor's",
        "1 left out: refused for being one of too many requests",
        "1 left out: the request's body was withheld when it was recorded",
        "3 left out: the vendor's program was not reached (502, 503, 504 or no answer)",
    ]


def test_a_recording_of_another_api_is_refused(played: list[Recorded]) -> None:
    with pytest.raises(BrokenRecording, match="none of its 11 exchanges is with kounta, under /v1"):
        Session("kounta", Setting()).compare(played, "a tape")
    with pytest.raises(UnknownApi, match="did you mean 'kounta'"):
        Session("kouta", Setting())


def test_replies_of_shapes_that_no_vendor_knows_end_in_a_remark(played: list[Recorded]) -> None:
    """Nothing that a reply says brings the comparison to an end."""
    odd = [replace(each, reply_body=body) for each in played for body in (b"[]", b"null", b'{"data": 7}', b"", b"\xff")]
    found = compared(odd)
    assert found.exchanges == len(odd)
    assert any("tells nothing of records" in remark for remark in found.remarks)


def traces(seen: Seen) -> Iterator[Trace]:
    """What a vendor tells who has not thought it over."""
    yield Trace(collection="customers", key="nobody", kind="shown")
    yield Trace(collection="cats", key=1, kind="shown")
    yield Trace(collection="cats", key=1, kind="created")
    yield Trace(collection="users", key=7, kind="created" if seen.operation == "get_program" else "removed")


def complete(_state: Any, collection: str, key: int | str, _fields: Any) -> Any:
    raise ValueError(f"no idea of {collection} {key}")


def settle(_state: Any, _exchanges: Any) -> None:
    raise KeyError("shelf")


RECORDING = Recording(traces=traces, complete=complete, settle=settle)


@pytest.fixture
def vendor() -> Vendor:
    known = VENDORS[API]
    dialect = known.dialects[0]
    return Vendor(**{**vars(known), "dialects": [Dialect(**{**vars(dialect), "recording": __name__})]})


def test_what_cannot_be_put_into_the_fake_is_told(
    vendor: Vendor, played: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "mockserver.drift.entries.import_module", lambda _: type("module", (), {"RECORDING": RECORDING})
    )
    session = Session(API, Setting(), {API: vendor})
    found = session.compare(played[2:4], "a tape")
    assert (
        "customers/nobody, which the recording presupposes, could not be put into the fake: no idea of customers nobody"
        in found.remarks
    )
    assert "what spurtcommerce's recording presupposes could not be put into the fake: 'shelf'" in found.remarks
    assert places(found)[0] == ("get_customer", "status", "status")


def test_a_vendor_that_tells_nothing_of_records_begins_with_its_fixture(played: list[Recorded]) -> None:
    known = VENDORS[API]
    silent = Vendor(**{**vars(known), "dialects": [Dialect(**{**vars(known.dialects[0]), "recording": None})]})
    session = Session(API, Setting(), {API: silent})
    found = session.compare(played[2:4], "a tape")
    assert found.differences == []
    assert found.remarks == [
        "nobody says what recordings of spurtcommerce tell of its records; the fake begins with its fixture"
    ]
    assert session.script(Path("none")) is None


def test_what_another_api_of_the_vendor_did_is_played_and_not_compared() -> None:
    world = shop(VENDORS["webcommander"])
    v4, plugin = Tape(world, "webcommander-v4"), Tape(world, "webcommander-plugin")
    v4.ask("GET", "/admin/customers/310")
    plugin.ask("GET", "/customer-info", params={"customerId": "310"})
    altered = replace(plugin.recorded[0], status=418)
    found = Session("webcommander-v4", Setting()).compare([*v4.recorded, altered], "a tape")
    assert (found.differences, found.exchanges) == ([], 1)
    assert "1 are with another API of webcommander: played, and not compared" in found.remarks
