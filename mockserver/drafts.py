"""Bodies read straight from their bytes into a vendor's typed requests.

A body that the contract allows becomes a struct in one pass: the struct's type is narrowed, once at the start, by the
bounds of the contract. Whatever does not pass there is read the long way, where the contract's check says what is
wrong. So a narrowed type may be stricter than the contract, but never laxer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import astuple, force_setattr

from mockserver.narrowing import Completion, Inexpressible, Narrower, Shape
from mockserver.schema import Check


class Narrowed(NamedTuple):
    """A struct's type that accepts only what a schema allows, its decoder, and what to fill in afterwards."""

    type: Shape
    decode: Callable[[bytes], Any]
    completion: Completion | None


class Reader:
    """Reads the bodies of one operation as structs of the type `shape`."""

    def __init__(self, shape: Shape, check: Check) -> None:
        self.shape = shape
        self._check = check

    @cached_property
    def narrowed(self) -> Narrowed | None:
        """How bodies are read in one pass; None where the schema says what no type can. Made for the first body."""
        narrower = Narrower(self._check.document)
        try:
            narrow = narrower.struct(self.shape, self._check.schema)
        except Inexpressible:
            return None
        return Narrowed(narrow, msgspec.json.Decoder(narrow).decode, narrower.completions.get(narrow))

    def read(self, raw: bytes) -> Any:
        """The request, or None when the long way must be gone.

        A key that stands twice would be lost here. In a text without escapes each colon stands for itself, so one that
        has as many as the request has when it is written again, without what was left out, repeats no key.
        """
        narrowed = self.narrowed
        if narrowed is None or b"\\" in raw:
            return None
        try:
            request = narrowed.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if raw.count(b":") != msgspec.json.encode(request).count(b":"):
            return None
        if narrowed.completion is not None:
            self._fill_in(request, narrowed.completion)
        return request

    def _fill_in(self, struct: msgspec.Struct, completion: Completion) -> None:
        """Give what was left out its default. Nobody else has seen the request yet, so it may still be altered."""
        if completion.defaults and UNSET in astuple(struct):
            for name, default in completion.defaults.items():
                if getattr(struct, name) is UNSET:
                    force_setattr(struct, name, default())
        for name, inner in completion.inside.items():
            value = getattr(struct, name)
            if value is not None and value is not UNSET:
                self._fill_in(value, inner)
