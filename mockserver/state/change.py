"""What is stored, and the one value that every alteration of it is."""

from __future__ import annotations

import msgspec

Key = int | str


class Record(msgspec.Struct, frozen=True, gc=False):
    """A stored value. Never mutated: `msgspec.structs.replace` makes the next one.

    Records are left out of garbage collection (`gc=False`), which is sound as long as their fields hold
    plain values, tuples, frozensets and other records: such values cannot form cycles.
    """


class Change(msgspec.Struct, frozen=True, gc=False):
    """One alteration of one record. `before=None` is an insertion, `after=None` a deletion."""

    collection: str
    key: Key
    before: Record | None
    after: Record | None
