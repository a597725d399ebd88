"""The shelf: the snapshots that a server keeps under names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mockserver.portable import Kept

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What a snapshot may be called: a name, and never a path."""


class Full(ValueError):
    """There are as many snapshots as there may be. The message says what to do."""


class Shelf:
    """Snapshots by name, as many as `limit`. They stay in memory, and share what they have in common with sandboxes."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: dict[str, Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Kept]:
        """All of them, by name."""
        return iter([self._kept[name] for name in sorted(self._kept)])

    def __contains__(self, name: str) -> bool:
        return name in self._kept

    def refuse_if_full(self, name: str) -> None:
        """Raises Full where there is no room for one more of this name."""
        if name not in self._kept and len(self._kept) >= self.limit:
            raise Full(
                f"there are {self.limit} snapshots, as many as there may be: delete some, or start the server with "
                "a higher --max-snapshots"
            )

    def keep(self, kept: Kept) -> None:
        """Keep a snapshot, in place of the one that has its name. Raises Full; ValueError for what is no name."""
        if not NAME.fullmatch(kept.name):
            raise ValueError(f"'{kept.name}' is no name for a snapshot: it must match {NAME.pattern}")
        self.refuse_if_full(kept.name)
        self._kept[kept.name] = kept

    def get(self, name: str) -> Kept | None:
        """The snapshot of this name, or None."""
        return self._kept.get(name)

    def remove(self, name: str) -> None:
        """Forget a snapshot. Raises KeyError."""
        del self._kept[name]
