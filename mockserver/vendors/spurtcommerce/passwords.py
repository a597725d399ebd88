"""Passwords as the vendor stores them: bcrypt. The same requests give the same hashes, for salts come from the mint."""

from __future__ import annotations

import base64

import bcrypt

from mockserver.mint import strike
from mockserver.vendors.spurtcommerce.records import Market

_SALT_DIGITS = 32
_COUNTING = 72
"""bcrypt looks at so many bytes of a password."""

_USUAL = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OF_BCRYPT = bytes.maketrans(_USUAL, b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def hashed(market: Market, password: str) -> str:
    """Inside a transaction: the hash of a new password."""
    salt = base64.b64encode(bytes.fromhex(strike(market.mint, "password", _SALT_DIGITS))).rstrip(b"=")
    settings = b"$2b$%02d$" % market.settings.bcrypt_cost + salt.translate(_OF_BCRYPT)
    return bcrypt.hashpw(_bytes(password), settings).decode()


def is_right(password: str, password_hash: str) -> bool:
    """Whether a hash is that of a password."""
    return bcrypt.checkpw(_bytes(password), password_hash.encode())


def _bytes(password: str) -> bytes:
    return password.encode()[:_COUNTING]
