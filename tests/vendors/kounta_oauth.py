"""OAuth 2.0 with the fake of Kounta: a person who is asked for leave, and applications that ask for tokens."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from httpx2 import Client, Response

from tests.vendors.kounta_clients import ADDON, Addon
from tests.vendors.kounta_restaurant import bearer

TOKEN = re.compile("[0-9a-f]{40}")
FORM, JSON = "form", "json"


# A person


def question(addon: Addon = ADDON, /, **more: str | None) -> dict[str, str]:
    """The query of the page that asks for leave; None takes something out."""
    query = {
        "client_id": addon.client_id,
        "response_type": "code",
        "redirect_uri": addon.redirect_uri,
        "state": "x7Qp2",
        **more,
    }
    return {name: value for name, value in query.items() if value is not None}


class Page(HTMLParser):
    """A page as a browser reads it: its tags with their attributes, and the text that is seen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.style = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1][0] == "style" and self.cdata_elem == "style":
            self.style += data
        else:
            self.text += data

    def find(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of this name."""
        return [attributes for name, attributes in self.tags if name == tag]

    def button(self, value: str) -> dict[str, str]:
        """The form as it is sent by a press on the button with this value."""
        [pressed] = [button for button in self.find("button") if button["value"] == value]
        assert pressed["name"]
        return {pressed["name"]: value}


def leave(client: Client, addon: Addon = ADDON, **more: str | None) -> str:
    """A code."""
    location = client.post("authorize", params=question(addon, **more)).headers["location"]
    return parse_qs(urlsplit(location).query)["code"][0]


# An application


def post(client: Client, path: str, fields: dict[str, Any], encoding: str, **headers: str) -> Response:
    """Send fields as a form or as JSON."""
    if encoding == FORM:
        return client.post(path, data=fields, headers=headers)
    return client.post(path, json=fields, headers=headers)


def token(client: Client, addon: Addon = ADDON, **fields: Any) -> Response:
    """Ask for a token."""
    return post(client, "v1/token.json", {**addon.names, **fields}, FORM)


def by_code(client: Client, code: str, addon: Addon = ADDON, **more: Any) -> Response:
    """Ask for a token with a code; None leaves a field out."""
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": addon.redirect_uri, **more}
    return token(client, addon, **{name: value for name, value in fields.items() if value is not None})


def by_refresh(client: Client, refresh_token: str, addon: Addon = ADDON) -> Response:
    """Ask for another token."""
    return token(client, addon, grant_type="refresh_token", refresh_token=refresh_token)


def granted(reply: Response) -> dict[str, Any]:
    """A token, with all that is said of it."""
    assert reply.status_code == 200, reply.text
    said: dict[str, Any] = reply.json()
    assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 3600, None)
    assert all(TOKEN.fullmatch(said[name]) for name in said if name.endswith("_token"))
    return said


def refused(reply: Response) -> None:
    """No token, in words that send no client round in circles."""
    assert (reply.status_code, reply.json()["error"]) == (400, "bad_request")
    assert reply.json().keys() == {"error", "error_description"}
    assert not re.search("invalid|expired", reply.text, re.IGNORECASE)


def every_grant(client: Client) -> list[Any]:
    """A code, and what comes of each way to a token."""
    code = leave(client)
    replies = [by_code(client, code), token(client, grant_type="client_credentials"), by_code(client, leave(client))]
    return [code, *(granted(reply) for reply in replies)]


def use(client: Client, access_token: str) -> Response:
    """Ask the API for the company."""
    return client.get("v1/companies/me.json", headers=bearer(access_token))
