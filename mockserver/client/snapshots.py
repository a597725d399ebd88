"""The states that a server keeps by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.http import AdminConnection
from mockserver.client.results import SnapshotEntry, read, read_all


class Snapshots:
    """Named states of a server, which any of its sandboxes can begin with or go to."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    def list(self) -> Sequence[SnapshotEntry]:
        """All of them."""
        return read_all(SnapshotEntry, self._connection.get("/snapshots")["snapshots"])

    def save(
        self, name: str, document: Mapping[str, Any] | bytes | None = None, *, sandbox: str | None = None
    ) -> SnapshotEntry:
        """Keep a sandbox's state as it is (the default one's where none is named), or a document that `get` gave."""
        connection = self._connection if sandbox is None else self._connection.at(sandbox)
        return read(SnapshotEntry, connection.put(f"/snapshots/{name}", json=document))

    def get(self, name: str) -> dict[str, Any]:
        """A state as a document, which any server can keep. Raises AdminError where there is none."""
        document: dict[str, Any] = self._connection.get(f"/snapshots/{name}")
        return document

    def delete(self, name: str) -> None:
        """Forget one. Raises AdminError where there is none."""
        self._connection.delete(f"/snapshots/{name}")
