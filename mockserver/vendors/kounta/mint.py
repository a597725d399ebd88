"""The texts of codes and tokens: the same ones each time a fixture is played, and no two alike."""

from __future__ import annotations

import hashlib

from mockserver.vendors.kounta.records import Mint, Restaurant

_ONLY = "tokens"


def strike(restaurant: Restaurant) -> str:
    """The next text: 40 lower-case hexadecimal digits, as the vendor's tokens are [dossier, section 2.2]."""
    mint = restaurant.mint.get(_ONLY) or Mint(id=_ONLY)
    restaurant.mint.put(Mint(id=_ONLY, made=mint.made + 1))
    return hashlib.blake2b(b"%d" % mint.made, digest_size=20, person=b"kounta-fake").hexdigest()
