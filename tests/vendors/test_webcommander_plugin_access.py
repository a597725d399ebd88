"""Which plugins may ask, and how customers log in through one."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.appclient import AppClient
from tests.vendors.webcommander_plugin import (
    HEADERS,
    JOHN,
    MIA,
    OTHER,
    OWEN,
    STRANGER,
    TOKEN,
    create,
    delete,
    done,
    freeze,
    get,
    login,
    refused,
    update,
)

ENTERS, MISSING = "", "Send both headers, uuid and accessToken"
MALFORMED = "The header uuid must look like F8A3-A88E-C6EF-B1CB, and accessToken must be 32 hexadecimal digits"
UNKNOWN = "The headers uuid and accessToken do not belong together"
FAILED = (401, "No active customer has this email or userName and this password")
SESAME, SECRET = "opensesame", "only-she-knows-this-1"
OWENS = {"email": "owen.marsh@example.com", "password": "mockserver-2299563456"}

WAYS = [
    ("first", HEADERS, ENTERS, ENTERS),
    ("second", OTHER, ENTERS, ENTERS),
    ("uuid in lower case", {**HEADERS, "uuid": HEADERS["uuid"].lower()}, ENTERS, ENTERS),
    ("stranger", STRANGER, ENTERS, UNKNOWN),
    (
        "stranger in other cases",
        {"uuid": "abcd-1234-ABCD-1234", "accessToken": "0123456789ABCDEF" * 2},
        ENTERS,
        UNKNOWN,
    ),
    ("another's token", {**HEADERS, "accessToken": OTHER["accessToken"]}, UNKNOWN, UNKNOWN),
    ("a stranger's token", {**HEADERS, "accessToken": STRANGER["accessToken"]}, UNKNOWN, UNKNOWN),
    ("a token in upper case", {**HEADERS, "accessToken": HEADERS["accessToken"].upper()}, UNKNOWN, UNKNOWN),
    ("nothing", {}, MISSING, MISSING),
    ("no uuid", {"accessToken": HEADERS["accessToken"]}, MISSING, MISSING),
    ("no token", {"uuid": HEADERS["uuid"]}, MISSING, MISSING),
    ("empty uuid", {**HEADERS, "uuid": ""}, MISSING, MISSING),
    ("empty token", {**HEADERS, "accessToken": ""}, MISSING, MISSING),
    ("uuid without hyphens", {**STRANGER, "uuid": "ABCD1234ABCD1234"}, MALFORMED, MALFORMED),
    ("uuid too short", {**STRANGER, "uuid": "ABCD-1234-ABCD"}, MALFORMED, MALFORMED),
    ("uuid too long", {**STRANGER, "uuid": "ABCD-1234-ABCD-1234-ABCD"}, MALFORMED, MALFORMED),
    ("uuid of no hexadecimals", {**STRANGER, "uuid": "GBCD-1234-ABCD-1234"}, MALFORMED, MALFORMED),
    ("token too short", {**STRANGER, "accessToken": "0" * 31}, MALFORMED, MALFORMED),
    ("token too long", {**STRANGER, "accessToken": "0" * 33}, MALFORMED, MALFORMED),
    ("token of no hexadecimals", {**STRANGER, "accessToken": "g" * 32}, MALFORMED, MALFORMED),
]
"""Headers, and what is said of them where auth is lenient and where it is strict."""


@cache
def strict_world() -> World:
    return build(read_fixture("documented"), options=Options(auth="strict"))


@pytest.mark.parametrize(("headers", "lenient", "strict"), [pytest.param(*way[1:], id=way[0]) for way in WAYS])
def test_headers_let_a_plugin_in_or_not(
    world: World, sandbox: Sandbox, headers: dict[str, str], lenient: str, strict: str
) -> None:
    elsewhere = strict_world()
    for app, where, said in ((world.app, f"/@{sandbox.name}", lenient), (elsewhere.app, "", strict)):
        with AppClient(app, base_url=f"http://127.0.0.1{where}/external/app/access/", headers={**headers}) as client:
            reply = client.get("customer", params={"customerId": JOHN})
            if said == ENTERS:
                assert (reply.status_code, reply.json()["customers"]["id"]) == (200, JOHN), reply.text
            else:
                assert refused(reply) == (401, said)


def test_one_shop_is_what_all_plugins_see_and_strangers_are_not_kept(plugin: AppClient, sandbox: Sandbox) -> None:
    update(plugin, MIA, city="Perth")
    for headers in (OTHER, STRANGER):
        assert done(plugin, "GET", "customer", params={"customerId": MIA}, headers=headers)["customers"] == get(
            plugin, MIA
        )
    assert [kept.uuid for kept in sandbox.subjects["webcommander"].plugins] == [OTHER["uuid"], HEADERS["uuid"]]


def test_credentials_come_before_all_else(plugin: AppClient) -> None:
    for path in ("customer-create", "nosuch"):
        assert refused(plugin.post(path, content=b"{", headers={"uuid": ""})) == (401, MISSING)


# Logging in


def of_token(plugin: AppClient, token: str) -> tuple[int, object]:
    """The id of a token's customer, or what is said instead."""
    reply = plugin.get("customer-details-with-token", params={"token": token})
    return (200, reply.json()["customers"]["id"]) if reply.status_code == 200 else refused(reply)


def test_a_login_hands_out_a_token_that_is_good_for_an_hour(plugin: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox)
    reply = login(plugin, **OWENS)
    assert (reply.status_code, list(reply.json())) == (200, ["status", "access_token", "refresh_token"]), reply.text
    token, refresh = reply.json()["access_token"], reply.json()["refresh_token"]
    assert (reply.json()["status"], len({token, refresh})) == ("success", 2)
    assert [of_token(plugin, each) for each in (token, refresh)] == [(200, OWEN), (401, "Nobody has this token")]
    assert done(plugin, "GET", "customer-details-with-token", params={"token": token})["customers"] == get(plugin, OWEN)
    for seconds, told in ((3599, (200, OWEN)), (1, (401, "This token is too old; log in again for another one"))):
        with sandbox.ledger.transaction():
            sandbox.clock.advance(timedelta(seconds=seconds))
        assert of_token(plugin, token) == told
    assert of_token(plugin, TOKEN) == (200, JOHN)


def test_every_login_hands_out_another_token_and_the_older_ones_stay(plugin: AppClient) -> None:
    tokens = [login(plugin, **OWENS).json()["access_token"] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert [of_token(plugin, token) for token in tokens] == [(200, OWEN)] * 3


def test_a_customer_logs_in_by_email_or_user_name_in_any_case(plugin: AppClient) -> None:
    id = create(plugin, userName="Robin-V", password=SESAME)["id"]
    for name in ({"email": "ROBIN@example.com"}, {"userName": "rOBIN-v"}, {"email": "robin@example.com", "userName": "x"}, {"email": "", "userName": "robin-v"}):  # fmt: skip
        reply = login(plugin, SESAME, **name)
        assert reply.status_code == 200, reply.text
        assert of_token(plugin, reply.json()["access_token"]) == (200, id)
    assert refused(login(plugin, SESAME, email="x@example.com", userName="robin-v")) == FAILED


@pytest.mark.parametrize("password", ["Opensesame", "opensesame ", "", "mockserver-123"])
def test_a_wrong_password_is_refused(plugin: AppClient, password: str) -> None:
    create(plugin, password=SESAME)
    assert refused(login(plugin, password, email="robin@example.com")) == FAILED


@pytest.mark.parametrize("none", [{}, {"password": ""}, {"password": None}])
def test_who_has_no_password_cannot_log_in(plugin: AppClient, none: dict[str, str]) -> None:
    create(plugin, **none)
    assert refused(login(plugin, "", email="robin@example.com")) == FAILED


def test_only_active_customers_log_in_and_tokens_end_in_the_trash(plugin: AppClient) -> None:
    token = login(plugin, **OWENS).json()["access_token"]
    update(plugin, OWEN, status="inactive")
    assert refused(login(plugin, **OWENS)) == FAILED
    assert of_token(plugin, token) == (200, OWEN)
    update(plugin, OWEN, status="active")
    assert login(plugin, **OWENS).status_code == 200
    delete(plugin, OWEN)
    assert refused(login(plugin, **OWENS)) == FAILED
    assert of_token(plugin, token) == (401, "Nobody has this token")


def test_a_user_name_belongs_to_one_customer_also_in_the_trash(plugin: AppClient) -> None:
    delete(plugin, create(plugin, userName="Robin-V")["id"])
    new = {"firstName": "Ann", "email": "ann@example.com", "userName": "robin-v"}
    assert refused(plugin.post("customer-create", json=new)) == (409, "Another customer has the userName robin-v")


@pytest.mark.parametrize(
    ("headers", "client", "enters"),
    [
        (HEADERS, "mockserver-plugin", True),
        (OTHER, "mockserver-other-plugin", True),
        (STRANGER, "anything", True),
        (HEADERS, "mockserver-other-plugin", False),
        (OTHER, "mockserver-plugin", False),
        (HEADERS, "Mockserver-Plugin", False),
    ],
)
def test_the_client_is_the_plugin_that_asks(
    plugin: AppClient, headers: dict[str, str], client: str, *, enters: bool
) -> None:
    reply = plugin.post("customer-login", json={"clientId": client, **OWENS}, headers=headers)
    assert reply.status_code == 200 if enters else refused(reply) == (401, "The clientId is not this plugin's")


@pytest.mark.parametrize(
    ("left", "text"),
    [
        ({"clientId": None}, "clientId must not be null"),
        ({"clientId": ""}, "clientId must have at least 1 character"),
        ({"password": None}, "password must not be null"),
        ({"password": "x" * 256}, "password must have at most 255 characters"),
    ],
)
def test_a_login_needs_a_client_and_a_password(plugin: AppClient, left: dict[str, str | None], text: str) -> None:
    reply = plugin.post("customer-login", json={"clientId": "mockserver-plugin", **OWENS, **left})
    assert refused(reply) == (400, text)


# Passwords and tokens stay secret


def test_a_password_is_in_no_reply_and_nowhere_in_what_is_kept(plugin: AppClient, sandbox: Sandbox) -> None:
    id = create(plugin, password=SECRET)["id"]
    token = login(plugin, SECRET, email="robin@example.com").json()["access_token"]
    refused(plugin.post("customer-create", json={"firstName": "", "email": "b@example.com", "password": SECRET}))
    login(plugin, SECRET, email="nobody@example.com")
    update(plugin, id, password=SECRET, city="Perth")
    get(plugin, id)
    of_token(plugin, token)
    replies = [exchange.reply_body for exchange in sandbox.journal]
    assert [SECRET.encode() in reply or b"argon2" in reply for reply in replies] == [False] * 7
    records = [record for kept in sandbox.ledger.collections.values() for record in kept]
    assert SECRET not in repr(records)
    assert (repr(records).count("argon2id") > 1, sandbox.subjects["webcommander"].customers.get(id).version) == (
        True,
        1,
    )


def test_the_journal_shows_neither_passwords_nor_tokens_to_whoever_reads_it(
    plugin: AppClient, sandbox: Sandbox
) -> None:
    create(plugin, password=SECRET)
    issued = login(plugin, SECRET, email="robin@example.com").json()
    of_token(plugin, issued["access_token"])
    told = [
        plugin.get(f"http://127.0.0.1/@{sandbox.name}/__admin/requests/{each.id}").text
        for each in list(sandbox.journal)
    ]
    assert len(told) == 3
    for text in (SECRET, issued["access_token"], issued["refresh_token"], HEADERS["accessToken"]):
        assert text not in "".join(told)
