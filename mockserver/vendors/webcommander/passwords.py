"""Passwords: only their argon2id hashes are kept, at the costs that the fixture sets."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from mockserver.vendors.webcommander.records import Settings

if TYPE_CHECKING:
    from argon2 import PasswordHasher


def hash_password(settings: Settings, plain: str, salt: str) -> str:
    """The hash of a plain password. `salt` must be another text for each password; the same one gives the same hash."""
    salted = hashlib.blake2b(salt.encode(), digest_size=16, person=b"webcommander").digest()
    return _hasher(settings).hash(plain, salt=salted)


def is_right(password_hash: str | None, plain: str) -> bool:
    """Whether a plain password has this hash; never, where there is none."""
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415  see _hasher

    if password_hash is None:
        return False
    try:
        return _hasher(Settings()).verify(password_hash, plain)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=8)
def _hasher(settings: Settings) -> PasswordHasher:
    """Imported when the first password is met: not every start needs it."""
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher(settings.iterations, settings.memory_kib, settings.parallelism)
