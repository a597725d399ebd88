"""The vendor's own Python SDK, as far as its behaviour can be seen: a small client that does the same, over a socket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any, ClassVar

import pytest
import requests

from tests.test_process import MOST_SECONDS, Server, serving
from tests.vendors.kounta_clients import Control, over_a_socket
from tests.vendors.webcommander_v4 import APP, DIMITRIUS, JOHN, JOHNS_EMAIL, MIA, NOAH, OTHER, STRANGER, App

CAMEL = re.compile("(?<!^)(?=[A-Z])")
"""Where an underscore comes: before a capital, and not before a digit."""


class SortDirection(Enum):
    """The SDK's constants. It sends their text, which is that of no direction."""

    ASC = "ASC"


class SdkError(Exception):
    """What the SDK raises: the status and the last message."""


def snake(value: Any) -> Any:
    """What is sent: keys in camelCase with underscores."""
    if isinstance(value, dict):
        return {CAMEL.sub("_", key).lower(): snake(entry) for key, entry in value.items()}
    return [snake(entry) for entry in value] if isinstance(value, list) else value


class Sdk:
    """The SDK for one client of a shop.

    All instances share their headers. A reply without Content-Type, or with nothing in it beside a 204, breaks it.
    """

    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, url: str, app: App = APP) -> None:
        self.url = url
        self.config = {
            "webCommanderUrl": url,
            "clientId": app.client_id,
            "clientSecret": app.client_secret,
            "redirectUri": "http://127.0.0.1:8901/callback",
            "authString": app.auth_string,
        }
        self.refresh_token = ""
        self.log: list[tuple[str, int]] = []
        self.authorize("client_credentials")

    def authorize(self, grant_type: str) -> None:
        """Get a token: any 2xx will do, and both tokens must be there."""
        asked = {**self.config, "grantType": grant_type, "refreshToken": self.refresh_token or None}
        reply = self.post("oauth2/token", snake(asked))
        if not (reply.ok and reply.json().get("access_token") and reply.json().get("refresh_token")):
            raise SdkError(reply.status_code, "Unable to get a token")
        self.headers["access_token"] = reply.json()["access_token"]
        self.refresh_token = reply.json()["refresh_token"]

    def post(self, path: str, body: Any, method: str = "POST", query: dict[str, Any] | None = None) -> Any:
        """Send something once, and read the reply's media type."""
        with requests.Session() as session:
            session.trust_env = False
            url = f"{self.url}/api/v4/{path}"
            reply = session.request(method, url, query, json=body, headers=self.headers, timeout=MOST_SECONDS)
        self.log.append((path.rpartition("/")[2], reply.status_code))
        assert reply.headers["Content-Type"] == "application/json"  # a KeyError breaks it
        return reply

    def send(self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None) -> Any:
        """Ask, and after a 401 get another token and ask once more."""
        reply = self.post(path, snake(body), method, query)
        if reply.status_code == 401:
            self.authorize("refresh_token")
            reply = self.post(path, snake(body), method, query)
        if reply.status_code == 204:
            return None
        said = reply.json()
        if not reply.ok:
            raise SdkError(
                reply.status_code, [error["message"] for error in said.get("errors", [{"message": "?"}])][-1]
            )
        return said

    def list(self, max: int = 20, offset: int = 0, direction: SortDirection | None = None, **more: Any) -> Any:
        """A page; there is always a direction, if only by name."""
        return self.send(
            "GET", "admin/customers", query={"max": max, "offset": offset, "direction": str(direction), **more}
        )

    def read(self, id: int) -> dict[str, Any]:
        shown: dict[str, Any] = self.send("GET", f"admin/customers/{id}")["customer"]
        return shown

    def create(self, **fields: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.send("POST", "admin/customers", {"customer": fields})["customer"]
        return made

    def change_password(self, id: int, **fields: Any) -> Any:
        return self.send("POST", f"admin/customers/{id}/change-password", {"customer": fields})

    reset_password = change_password
    """The SDK's slip of the pen: the path is the other one's, and the body that of a new customer."""


@pytest.fixture(scope="module", params=["lenient", "strict"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A process for all tests."""
    with serving("--quiet", "--auth", request.param) as server:
        yield server
        assert server.stop() == ""


@pytest.fixture
def control(server: Server) -> Iterator[Control]:
    with over_a_socket(server) as client:
        Control(client).freeze()
        yield Control(client)


@pytest.fixture
def sdk(server: Server, control: Control, monkeypatch: pytest.MonkeyPatch) -> Sdk:  # noqa: ARG001  the server at first
    monkeypatch.setattr(Sdk, "headers", {})
    return Sdk(f"http://127.0.0.1:{server.port}")


def refused(asked: Callable[..., Any], *args: Any, **fields: Any) -> tuple[int, str]:
    """The status and the message that the SDK raises."""
    with pytest.raises(SdkError) as raised:
        asked(*args, **fields)
    status, message = raised.value.args
    return status, message


def test_the_whole_way_of_a_customer(sdk: Sdk) -> None:
    made = sdk.create(firstName="Robin", lastName="Doe", email="robin@example.com", gender="Male", country=12, state=72)
    path = f"admin/customers/{made['id']}"
    altered = sdk.send("PUT", path, {"customer": {"lastName": "Roe"}, "creditLimit": 5})["customer"]
    assert (altered["last_name"], altered["credit_limit"], altered["sex"]) == ("Roe", 5, "Male")
    address = {"type": "BILLING", "addressLine1": "4 Sample Road", "addressLine2": "Unit 3", "country": 12}
    assert "address_line1" in snake(address)
    added = sdk.send("POST", f"{path}/addresses", {"customer": {"addresses": [address]}})["customer"]["addresses"][-1]
    assert (added["address_line_1"], added["address_line_2"]) == ("4 Sample Road", "Unit 3")
    [listed] = sdk.list(email="ROBIN@example.com")["customers"]
    assert listed == sdk.read(made["id"])
    assert sdk.send("DELETE", path) is None
    assert sdk.read(made["id"])["is_in_trash"] is True
    assert sdk.list(email="robin@example.com")["customers"] == []
    assert [status for _, status in sdk.log] == [201, 201, 200, 201, 200, 200, 204, 200, 200]


def test_the_token_goes_into_a_header_of_its_own(sdk: Sdk, control: Control) -> None:
    assert sdk.read(JOHN)["id"] == JOHN
    asked, first = control.journal()[:2]
    assert ("access_token" in asked, "Authorization" in asked) == (True, False)
    assert "web_commander_url" in first
    assert [*sdk.headers] == ["access_token"]


def test_an_hour_later_it_refreshes_and_asks_once_more(sdk: Sdk, control: Control) -> None:
    kept = sdk.refresh_token
    for _ in range(2):
        control.advance(3600)
        sdk.log.clear()
        assert sdk.read(JOHN)["id"] == JOHN
        assert sdk.log == [("310", 401), ("token", 201), ("310", 200)]
        assert sdk.refresh_token == kept


def test_a_wrong_old_password_costs_a_refresh_and_nothing_else(sdk: Sdk) -> None:
    before = sdk.read(JOHN)
    sdk.log.clear()
    wrong = {"email": JOHNS_EMAIL, "oldPassword": "wrong", "password": "open-sesame"}
    assert refused(sdk.change_password, JOHN, **wrong) == (401, "?")
    assert sdk.log == [("change-password", 401), ("token", 201), ("change-password", 401)]
    assert sdk.read(JOHN) == before
    sdk.log.clear()
    assert sdk.change_password(JOHN, **wrong | {"oldPassword": "123213"})["status"] == "success"
    assert sdk.log == [("change-password", 200)]


@pytest.mark.parametrize("direction", [None, SortDirection.ASC])
def test_every_list_has_a_direction_that_there_is_not(sdk: Sdk, direction: SortDirection | None) -> None:
    everyone = sdk.list(direction=direction)
    ids = [customer["id"] for customer in everyone["customers"]]
    assert ids[:4] == [MIA, DIMITRIUS, JOHN, 5001]
    assert ids == sorted(ids)
    assert [one["id"] for one in sdk.list(3, 1, direction, order_by="id")["customers"]] == ids[1:4]


def test_it_meets_everyone_by_the_words_that_it_knows(sdk: Sdk) -> None:
    ids: list[int] = []
    while True:
        page = sdk.list(max=7, offset=len(ids))
        assert {"records", "limit", "offset", "next_page", "previous_page"} <= page["pagination"].keys()
        ids += [customer["id"] for customer in page["customers"]]
        if page["pagination"]["next_page"] is None:
            break
    assert len(ids) == len({*ids}) == page["pagination"]["records"] > 40
    assert {JOHN, MIA, NOAH} <= {*ids}


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"firstName": "John", "password": "open-sesame"}, "email is required"),
        ({"firstName": "John", "email": JOHNS_EMAIL, "password": "open-sesame"}, "old_password is required"),
    ],
)
def test_its_reset_never_gets_to_a_reset(sdk: Sdk, fields: dict[str, Any], text: str) -> None:
    before = sdk.read(JOHN)
    assert refused(sdk.reset_password, JOHN, **fields) == (400, text)
    assert sdk.read(JOHN) == before
    again = sdk.change_password(JOHN, email=JOHNS_EMAIL, oldPassword="123213", password="123213")  # noqa: S106  the fixture's
    assert again["status"] == "success"


def test_it_reads_the_messages_of_fields(sdk: Sdk) -> None:
    assert refused(sdk.create, lastName="Doe") == (400, "Customer name is required")
    assert refused(sdk.create, firstName="Eve", email=JOHNS_EMAIL) == (409, "Provided email already registered")
    assert refused(sdk.read, 999999) == (404, "?")
    assert refused(sdk.send, "GET", "create-customer-fields") == (404, "?")


def test_two_of_them_share_a_token(sdk: Sdk) -> None:
    second = Sdk(sdk.url, OTHER)
    assert sdk.headers is second.headers
    assert sdk.read(JOHN) == second.read(JOHN)


def test_a_client_that_nobody_knows(sdk: Sdk, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["server"] == "lenient":
        assert Sdk(sdk.url, STRANGER).read(JOHN)["id"] == JOHN
    else:
        assert refused(Sdk, sdk.url, STRANGER) == (401, "Unable to get a token")
