"""Administrators: signing in and out, and what the program says of itself."""

from __future__ import annotations

import base64
import hashlib

from msgspec.structs import replace

from mockserver.call import Call, Refused, Reply
from mockserver.mint import strike
from mockserver.vendors.spurtcommerce import passwords, validation, wire
from mockserver.vendors.spurtcommerce.collation import collated
from mockserver.vendors.spurtcommerce.envelope import answer
from mockserver.vendors.spurtcommerce.records import AccessToken, Market, User
from mockserver.vendors.spurtcommerce.times import iso_text

_LIFETIME = 4 * 60 * 60
"""Seconds that a token is good for [the program's source]."""

_SEED_DIGITS, _CIPHERED = 128, 168
"""A token is as long as the program's: 236 characters for 176 bytes, 8 of which say that the others are salted."""


def get_program(_market: Market, _call: Call) -> Reply:
    """What the program is."""
    name = {"name": "spurtcommerce-multivendor-4.8.3", "version": "4.8.3", "description": "Spurtcommerce RESTFUL API"}
    return Reply(name)


def authenticate_user(market: Market, call: Call) -> Reply:
    """Sign an administrator in."""
    sent = validation.check(call)
    user = next(iter(market.users.find("username", collated(sent["username"]))), None)
    if user is None or user.delete_flag or user.is_active != 1 or not _is_right(sent["password"], user):
        raise Refused("login-failed")
    role = market.roles.get(user.role)
    if role is not None and role.is_active == 0:
        raise Refused("role-inactive")
    token = AccessToken(token=_new_token(market), user=user.id, expires=call.at + _LIFETIME)
    market.access_tokens.put(token)
    return answer(
        "Logged in successfully.",
        {"token": token.token, "user": _user_body(market, user), "permission": _permissions(market, user)},
    )


def _is_right(password: object, user: User) -> bool:
    return isinstance(password, str) and passwords.is_right(password, user.password_hash)


def _new_token(market: Market) -> str:
    """A token that looks like the program's: `U2FsdGVkX1…`, a ciphered text in base64."""
    seed = strike(market.mint, "spurtcommerce", _SEED_DIGITS)
    return base64.b64encode(b"Salted__" + hashlib.shake_256(seed.encode()).digest(_CIPHERED)).decode()


def _user_body(market: Market, user: User) -> dict[str, object]:
    """An administrator as the program shows her to herself."""
    role = market.roles.get(user.role)
    return {
        "createdDate": iso_text(user.created),
        "userId": user.id,
        "avatar": None,
        "avatarPath": None,
        "isActive": user.is_active,
        "code": None,
        "address": None,
        "deleteFlag": user.delete_flag,
        "linkExpires": None,
        "usergroup": role and {"createdDate": iso_text(role.created), "groupId": role.id, "name": role.name},
    }


def _permissions(market: Market, user: User) -> dict[str, bool]:
    """What an administrator may do; nothing is said of one who may do everything."""
    role = market.roles.get(user.role)
    return {} if role is None or role.id == wire.FIRST_ROLE else dict.fromkeys(role.permissions, True)


def log_out_user(market: Market, call: Call) -> Reply:
    """Sign an administrator out: her token is not good any more."""
    text = wire.token(call.header(b"authorization") or "")
    token = market.access_tokens.get(text or "")
    if token is not None:
        market.access_tokens.put(replace(token, expires=call.at))
    return answer("Successfully Logout.")
