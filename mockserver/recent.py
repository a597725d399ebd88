"""The last few things by their keys: an app asks for the same thing many times."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
KEPT = 128
"""With many more, what is forgotten has left the processor's cache, and to free it takes longer than to make it anew."""


class Recent(dict[K, V]):
    """Things that may be forgotten and made again. Only `keep` adds one; the oldest goes when there are too many."""

    def keep(self, key: K, value: V) -> None:
        """Know a thing from now on."""
        if len(self) >= KEPT:
            self.forget_oldest()
        self[key] = value

    def forget_oldest(self) -> V:
        """Know the thing no more that was kept first; returns it."""
        return self.pop(next(iter(self)))
