"""The HTTP clients that tests were given, to be closed when what they reach is gone."""

from __future__ import annotations

import httpx2


class Clients:
    """Open clients by sandbox."""

    def __init__(self) -> None:
        self._open: dict[str, list[httpx2.Client]] = {}

    def add(self, sandbox: str, client: httpx2.Client) -> None:
        """Close it with the sandbox, if nobody does before."""
        others = [each for each in self._open.get(sandbox, ()) if not each.is_closed]
        self._open[sandbox] = [*others, client]

    def close(self, sandbox: str) -> None:
        """Close those of a sandbox."""
        for client in self._open.pop(sandbox, ()):
            client.close()

    def close_all(self) -> None:
        """Close them all."""
        for sandbox in list(self._open):
            self.close(sandbox)
