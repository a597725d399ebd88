"""The way to a token [developers.webcommander.com/webcommander-api-authentication]."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from mockserver.call import Call, Refused, Reply
from mockserver.mint import strike
from mockserver.vendors.webcommander import passwords
from mockserver.vendors.webcommander.records import AccessToken, Client, RefreshToken, Shop
from mockserver.vendors.webcommander.v4.bodies import TokenBody
from mockserver.vendors.webcommander.v4.drafts import TokenRequest
from mockserver.vendors.webcommander.v4.wire import stranger

_DIGITS = 32
_SECONDS = 3600
_OF_THE_SDK = frozenset({"web_commander_url", "scope"})
"""What the vendor's SDK sends along, for itself: an app cannot help it."""


def issue_token(shop: Shop, call: Call, request: TokenRequest) -> Reply:
    """An access token for a client and its administrator's password, or for a refresh token, which stays good."""
    _find_ignored(call, request)
    match request.grant_type:
        case "client_credentials":
            client = _find_client(shop, call, request)
            _check_administrator(shop, client, request)
            refresh = RefreshToken(token=strike(shop.mint, "v4 refresh", _DIGITS), client=client.client_id)
            shop.refresh_tokens.put(refresh)
        case "refresh_token":
            client = _find_client(shop, call, request)
            refresh = _find_refresh(shop, client, request)
        case None | "":
            raise Refused("field-missing", field="grant_type")
        case other:
            raise Refused("grant-type-unsupported", grant_type=other)
    token = AccessToken(
        token=strike(shop.mint, "v4 access", _DIGITS), client=client.client_id, expires=call.at + _SECONDS
    )
    shop.access_tokens.put(token)
    return Reply(TokenBody(token.token, refresh.token, _SECONDS), 201)


def _find_ignored(call: Call, request: TokenRequest) -> None:
    """Note the fields of the body that the vendor does nothing with."""
    sent: Mapping[str, Any] = call.body or {}
    ignored = [name for name in sent if name not in request.__struct_fields__ and name not in _OF_THE_SDK]
    if ignored:
        call.find("ignored-field", f"the vendor ignores {', '.join(ignored)}")


def _find_client(shop: Shop, call: Call, request: TokenRequest) -> Client:
    """The client by id and secret. One that nobody knows is taken in with any secret, unless auth is strict."""
    id, secret = request.client_id, request.client_secret
    if not id or not secret:
        raise Refused("client-unknown")
    client = shop.clients.get(id)
    if client is None:
        if call.options.auth == "strict":
            raise Refused("client-unknown")
        return stranger(id)
    if not compare_digest(client.client_secret.encode(), secret.encode()):
        raise Refused("client-unknown")
    return client


def _check_administrator(shop: Shop, client: Client, request: TokenRequest) -> None:
    """A known client's administrator has her own name and password; a stranger's has any that can be read."""
    administrator = _read_administrator(request.auth_string or "")
    if administrator is None:
        raise Refused("client-unknown")
    username, password = administrator
    if client.client_id in shop.clients and (
        username != client.username or not passwords.is_right(client.password_hash, password)
    ):
        raise Refused("client-unknown")


def _read_administrator(auth_string: str) -> tuple[str, str] | None:
    """A user's name and password out of their base64; None where it cannot be read."""
    try:
        username, colon, password = base64.b64decode(auth_string, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (username, password) if colon else None


def _find_refresh(shop: Shop, client: Client, request: TokenRequest) -> RefreshToken:
    """The refresh token, which must be the client's own."""
    if not request.refresh_token:
        raise Refused("field-missing", field="refresh_token")
    token = shop.refresh_tokens.get(request.refresh_token)
    if token is None or token.client != client.client_id:
        raise Refused("refresh-token-unknown")
    return token
