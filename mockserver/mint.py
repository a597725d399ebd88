"""The texts of codes and tokens: the same ones each time a fixture is played, and no two alike."""

from __future__ import annotations

import hashlib

from mockserver.state.change import Record
from mockserver.state.collection import Collection


class Mint(Record, frozen=True, kw_only=True):
    """How many texts were made for one purpose; each is made from its number."""

    id: str
    made: int = 0


def strike(mints: Collection[Mint], purpose: str, digits: int) -> str:
    """Inside a transaction: the next text for a purpose, of so many lower-case hexadecimal digits (even, at most 128).

    Two sandboxes strike the same texts, unless one of them is found by its credentials.
    """
    mint = mints.get(purpose) or Mint(id=purpose)
    mints.put(Mint(id=purpose, made=mint.made + 1))
    text = f"{mints.salt}{purpose}/{mint.made}".encode()
    return hashlib.blake2b(text, digest_size=digits // 2, person=b"mockserver").hexdigest()
