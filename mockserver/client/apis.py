"""Which API a test means: by the name of its contract, or of its vendor where that has one only."""

from __future__ import annotations

from collections.abc import Sequence

from mockserver.client.results import VendorEntry


def find_api(entries: Sequence[VendorEntry], name: str) -> VendorEntry:
    """The API of this name. Raises LookupError for one that is not there, or for a vendor that has several."""
    known = ", ".join(entry.api for entry in entries)
    found = [entry for entry in entries if entry.api == name] or [entry for entry in entries if entry.name == name]
    if not found:
        raise LookupError(f"there is no API called {name!r}; known: {known}")
    if len(found) > 1:
        raise LookupError(f"{name} has several APIs; say which: {', '.join(entry.api for entry in found)}")
    return found[0]
