"""Who may ask Kounta, as whom, and for which company."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from mockserver import files
from mockserver.app import build
from mockserver.contract import read_contract
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.vendors.kounta.records import Timezone
from mockserver.world import World
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    ADDON,
    ADDON_BEARER,
    COMPANY,
    CUSTOMERS,
    JAMIE,
    OTHER,
    OTHER_BEARER,
    admin,
    basic,
    bearer,
    create,
    freeze,
    get,
    refused,
    update,
)

CONTRACT = read_contract(files.contracts() / "kounta.yaml")
ERRORS = {row.id: (row.status, row.detail["error"], row.message) for row in CONTRACT.errors.values()}
MISSING, UNKNOWN, MALFORMED = "credentials-missing", "client-unknown", "token-malformed"
AS_ADDON, AS_OTHER, AS_STRANGER = "ABC123", "OTHER-77", ""
"""What the applications call Jamie."""


class Way(NamedTuple):
    """An Authorization header, and what comes of it where auth is lenient and where it is strict."""

    name: str
    header: str | None
    lenient: str
    strict: str


def coded(text: bytes) -> str:
    return f"Basic {base64.b64encode(text).decode()}"


def pair(id: str, secret: str) -> str:
    return basic(id, secret)["Authorization"]


ENTERS = [
    Way("add-on", pair(*ADDON), AS_ADDON, AS_ADDON),
    Way("other add-on", pair(*OTHER), AS_OTHER, AS_OTHER),
    Way("scheme in lower case", pair(*OTHER).replace("Basic", "basic"), AS_OTHER, AS_OTHER),
    Way("scheme in upper case", pair(*OTHER).replace("Basic", "BASIC"), AS_OTHER, AS_OTHER),
    Way("add-on's token", f"Bearer {ADDON_BEARER}", AS_ADDON, AS_ADDON),
    Way("other add-on's token", f"Bearer {OTHER_BEARER}", AS_OTHER, AS_OTHER),
    Way("token, scheme in lower case", f"bearer   {OTHER_BEARER} ", AS_OTHER, AS_OTHER),
    Way("stranger", pair("stranger", "any secret"), AS_STRANGER, UNKNOWN),
    Way("stranger with colons in the secret", pair("stranger", ":a:b:"), AS_STRANGER, UNKNOWN),
    Way("stranger's token", "Bearer anything-goes_here.~+/==", AS_ADDON, MALFORMED),
    Way("refresh token", "Bearer 6d6f636b7365727665722d6b6f756e74612d7274", AS_ADDON, MALFORMED),
    Way("token in upper case", f"Bearer {OTHER_BEARER.upper()}", AS_ADDON, MALFORMED),
]
BARRED = [
    Way("nothing", None, MISSING, MISSING),
    Way("empty", "", MISSING, MISSING),
    Way("another scheme", "Digest username=x", MISSING, MISSING),
    Way("no scheme", ADDON_BEARER, MISSING, MISSING),
    Way("joined", f"Bearer{ADDON_BEARER}", MISSING, MISSING),
    Way("add-on, other secret", pair(ADDON[0], OTHER[1]), UNKNOWN, UNKNOWN),
    Way("add-on, no secret", pair(ADDON[0], ""), UNKNOWN, UNKNOWN),
    Way("add-on, secret and more", pair(ADDON[0], f"{ADDON[1]} "), UNKNOWN, UNKNOWN),
    Way("stranger, no secret", pair("stranger", ""), UNKNOWN, UNKNOWN),
    Way("no id", pair("", ADDON[1]), UNKNOWN, UNKNOWN),
    Way("no colon", coded(b"stranger"), UNKNOWN, UNKNOWN),
    Way("only a colon", coded(b":"), UNKNOWN, UNKNOWN),
    Way("only a scheme", "Basic", UNKNOWN, UNKNOWN),
    Way("not Base64", "Basic stranger:secret", UNKNOWN, UNKNOWN),
    Way("Base64 cut off", pair(*ADDON)[:-1], UNKNOWN, UNKNOWN),
    Way("not UTF-8", coded(b"\xff\xfe:secret"), UNKNOWN, UNKNOWN),
    Way("only a bearer", "Bearer", MALFORMED, MALFORMED),
    Way("bearer of space", "Bearer   ", MALFORMED, MALFORMED),
    Way("bearer of two words", f"Bearer {ADDON_BEARER} {ADDON_BEARER}", MALFORMED, MALFORMED),
    Way("bearer of other characters", 'Bearer "quoted"', MALFORMED, MALFORMED),
    Way("bearer of nothing but an end", "Bearer ==", MALFORMED, MALFORMED),
]


@pytest.fixture(scope="module")
def strict_world() -> World:
    return build(read_fixture("documented"), options=Options(auth="strict"))


@pytest.fixture(params=["lenient", "strict"])
def door(request: pytest.FixtureRequest, world: World, strict_world: World) -> Iterator[tuple[str, AppClient]]:
    """How auth is, and an app without credentials."""
    there = strict_world if request.param == "strict" else world
    sandbox = there.sandboxes.create()
    with AppClient(there.app, base_url=f"http://127.0.0.1/@{sandbox.name}/v1/", follow_redirects=False) as client:
        yield request.param, client
    assert [exchange.findings for exchange in sandbox.journal if exchange.status == 500] == []


@pytest.mark.parametrize("way", ENTERS + BARRED, ids=lambda way: way.name)
def test_a_header_leads_to_an_application_or_is_refused(door: tuple[str, AppClient], way: Way) -> None:
    auth, client = door
    headers = {} if way.header is None else {"Authorization": way.header}
    reply = client.get(f"{CUSTOMERS}/{JAMIE}", headers=headers)
    outcome = way.strict if auth == "strict" else way.lenient
    if outcome in ERRORS:
        assert refused(reply) == ERRORS[outcome]
    else:
        assert (reply.status_code, reply.json()["reference_id"]) == (200, outcome), reply.text


@pytest.mark.parametrize("path", ["companies/5678/orders", "nowhere", "companies/5679/customers"])
def test_who_is_not_let_in_does_not_learn_what_is_there(door: tuple[str, AppClient], path: str) -> None:
    _, client = door
    assert refused(client.get(path)) == ERRORS[MISSING]
    assert client.get(path, headers=basic(*ADDON)).status_code == 404


def test_a_stranger_is_one_application_at_each_call_and_none_that_is_kept(kounta: AppClient, sandbox: Sandbox) -> None:
    applications = [*sandbox.subjects["kounta"].applications]
    for secret in ("one", "another"):
        stranger = basic("stranger", secret)
        reply = kounta.put(f"{CUSTOMERS}/{JAMIE}", json={"reference_id": f"S-{secret}"}, headers=stranger)
        assert reply.status_code == 200, reply.text
    assert get(kounta, JAMIE, **basic("stranger", "a third"))["reference_id"] == "S-another"
    assert get(kounta, JAMIE, **basic("other stranger", "one"))["reference_id"] == ""
    assert [*sandbox.subjects["kounta"].applications] == applications


# Companies


WITHIN = [
    *((method, "/customers") for method in ("GET", "POST")),
    *((method, f"/customers/{JAMIE}") for method in ("GET", "PUT")),
    *((method, "/webhooks") for method in ("GET", "POST")),
    *((method, "/webhooks/1") for method in ("GET", "PUT", "DELETE")),
]


@pytest.mark.parametrize("company", ["1", "5677", "5679", "0", "-5678", "me", "abc", "5678x", "9" * 30, "\N{SNOWMAN}"])
def test_credentials_open_one_company(kounta: AppClient, company: str) -> None:
    good = {"first_name": "Ann", "phone": "1", "topic": "customers/created", "address": "http://127.0.0.1"}
    for method, path in [*WITHIN, *([("GET", "")] if company != "me" else [])]:
        reply = kounta.request(method, f"companies/{company}{path}", json=good)
        assert refused(reply) == (404, "not_found", f"Company {company} Not Found")


@pytest.mark.parametrize("headers", [basic(*OTHER), bearer(OTHER_BEARER), basic("stranger", "any secret")])
def test_customers_belong_to_the_company_whoever_asks(kounta: AppClient, headers: dict[str, str]) -> None:
    id = create(kounta, last_name="Lee", phone="1")
    theirs = kounta.get(f"{CUSTOMERS}/{id}", headers=headers)
    assert theirs.status_code == 200, theirs.text
    assert {**theirs.json(), "created_at": "", "updated_at": ""} == {
        **get(kounta, id),
        "created_at": "",
        "updated_at": "",
    }
    assert kounta.put(f"{CUSTOMERS}/{id}", json={"phone": "2"}, headers=headers).status_code == 200
    assert get(kounta, id)["phone"] == "2"


def test_without_the_company_there_is_none_to_be_opened(kounta: AppClient, sandbox: Sandbox) -> None:
    assert kounta.delete(admin(sandbox, "state/kounta/companies/5678")).status_code == 200
    for path, company in (("companies/me", "me"), (COMPANY, "5678"), (CUSTOMERS, "5678")):
        assert refused(kounta.get(path)) == (404, "not_found", f"Company {company} Not Found")


# Times


@pytest.mark.parametrize(
    ("offset", "at", "shown"),
    [
        ("+10:00", datetime(2013, 5, 22, 6, 21, 40, tzinfo=UTC), "2013-05-22T16:21:40+10:00"),
        ("+10:00", datetime(2025, 12, 31, 14, 0, 0, 999999, tzinfo=UTC), "2026-01-01T00:00:00+10:00"),
        ("+00:00", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), "2024-02-29T23:59:59+00:00"),
        ("-03:30", datetime(2024, 3, 1, 3, 29, 59, tzinfo=UTC), "2024-02-29T23:59:59-03:30"),
        ("+14:00", datetime(1970, 1, 1, tzinfo=UTC), "1970-01-01T14:00:00+14:00"),
        ("-12:00", datetime(1970, 1, 1, tzinfo=UTC), "1969-12-31T12:00:00-12:00"),
    ],
)
def test_times_of_a_customer_are_always_the_present_one_in_the_companys_offset(
    kounta: AppClient, sandbox: Sandbox, offset: str, at: datetime, shown: str
) -> None:
    companies = sandbox.subjects["kounta"].companies
    with sandbox.ledger.transaction():
        companies.put(replace(companies.get(5678), timezone=Timezone(offset=offset, name="Somewhere")))
    id = create(kounta, reference_id="R")
    freeze(sandbox, at)
    replies = [
        get(kounta, JAMIE),
        get(kounta, id),
        update(kounta, id, phone="1"),
        *kounta.get(CUSTOMERS).json(),
        *kounta.get(CUSTOMERS, params={"reference_id": "R"}).json(),
        kounta.post(CUSTOMERS, json={"first_name": "Ann", "phone": "1"}).json(),
    ]
    assert {(reply["created_at"], reply["updated_at"]) for reply in replies} == {(shown, shown)}
    assert kounta.get(COMPANY).json()["created_at"] == "2013-05-22T16:21:40+10:00"
