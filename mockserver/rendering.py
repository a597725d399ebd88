"""Texts that are made of immutable things, known again by these things themselves.

An app asks for the same thing many times, and records never change: as long as the very same ones go into a text, so
does the text. That it is the same object saves not only the making of it, but also its check.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.recent import KEPT, Recent

_MOST_BYTES = 8 << 20


class Rendering:
    """A function whose texts are remembered by the identity of what it was given, the oldest forgotten first.

    Whatever goes into the text must be among the arguments, and nothing of it may ever be altered. They are kept as
    long as the text is, so that no other thing can get their identity.
    """

    def __init__(self, make: Callable[..., bytes], most_bytes: int = _MOST_BYTES) -> None:
        self._make = make
        self._most_bytes = most_bytes
        self._known: Recent[tuple[int, ...], tuple[tuple[Any, ...], bytes]] = Recent()
        self._bytes = 0

    def __call__(self, *things: Any) -> bytes:
        """The text that is made of these things."""
        key = tuple(map(id, things))
        known = self._known.get(key)
        if known is not None:
            return known[1]
        text = self._make(*things)
        if len(text) <= self._most_bytes:
            self._keep(key, things, text)
        return text

    def _keep(self, key: tuple[int, ...], things: tuple[Any, ...], text: bytes) -> None:
        self._bytes += len(text)
        while self._bytes > self._most_bytes or len(self._known) >= KEPT:
            self._bytes -= len(self._known.forget_oldest()[1])
        self._known.keep(key, (things, text))
