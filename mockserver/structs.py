"""Structs that are safe to use from any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress

import msgspec

turn = threading.RLock()
"""Whoever may be the first to use a struct, while other threads run, holds this."""


def prepare(base: type[msgspec.Struct] = msgspec.Struct) -> None:
    """Have msgspec work out all structs that there are below `base`.

    It does so when one is first read, and does not keep other threads from the half of it: they crash the process.
    """
    with turn:
        for struct in set(_below(base)):
            with suppress(TypeError, NameError, AttributeError):  # one that is never read need not be readable
                msgspec.json.Decoder(struct)


def _below(base: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for struct in base.__subclasses__():
        yield struct
        yield from _below(struct)
