"""The records of one collection, to look at and to alter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mockserver.client.errors import AdminError
from mockserver.client.http import AdminConnection

Key = int | str
Record = dict[str, Any]
_PAGE = 1000


class Records:
    """A collection of a vendor in one sandbox. Records are dictionaries under their stored names.

    What is altered is a change like any other: it stands in the journal, and apps are told of it.
    """

    def __init__(self, connection: AdminConnection, vendor: str, collection: str) -> None:
        self._connection = connection
        self._path = f"/state/{quote(vendor, safe='')}/{quote(collection, safe='')}"

    def __len__(self) -> int:
        return int(self._connection.get(self._path, params={"limit": 1})["total"])

    def __iter__(self) -> Iterator[Record]:
        """All records, in the order of their keys."""
        after: Key | None = None
        while True:
            page = self._connection.get(self._path, params={"limit": _PAGE, "after": after})
            yield from page["records"]
            if len(page["records"]) < _PAGE:
                return
            after = page["records"][-1][page["key"]]

    def __contains__(self, key: Key) -> bool:
        try:
            self.get(key)
        except AdminError as error:
            if error.row != "record-unknown":
                raise
            return False
        return True

    def list(self) -> list[Record]:
        """All records, in the order of their keys."""
        return list(self)

    def get(self, key: Key) -> Record:
        """One record. Raises AdminError where there is none."""
        return self._record(self._connection.get(self._at(key)))

    def put(self, key: Key, /, **fields: Any) -> Record:
        """Make a record, or alter these fields of one that is there; returns it as it is then."""
        return self._record(self._connection.put(self._at(key), json=fields))

    def delete(self, key: Key) -> None:
        """Take a record out. Raises AdminError where there is none."""
        self._connection.delete(self._at(key))

    def _at(self, key: Key) -> str:
        return f"{self._path}/{quote(str(key), safe='')}"

    def _record(self, value: Any) -> Record:
        record: Record = value
        return record
