"""Error rows: a vendor's error table as its contract has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

UNKNOWN_PATH, WRONG_METHOD = "unknown-path", "wrong-method"
UNREADABLE_BODY, BODY_TOO_LARGE, RATE_LIMITED = "unreadable-body", "body-too-large", "rate-limited"
WRONG_MEDIA_TYPE, NOT_ACCEPTABLE = "wrong-media-type", "not-acceptable"


class ErrorRow(msgspec.Struct, frozen=True):
    """One row of a vendor's error table.

    `message` and the texts in `detail` are templates for `str.format`; `example` fills their placeholders when
    the row is asked for. `when` names the condition that the kernel itself meets (`unknown-path`, …).
    """

    id: str
    message: str
    evidence: str
    status: int = 200
    when: str | None = None
    example: dict[str, Any] = {}
    detail: dict[str, Any] = {}

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """The placeholders' values: what the refusal gave, else the row's example."""
        return {**self.example, **given}


def read_rows(nodes: Iterable[Mapping[str, Any]]) -> dict[str, ErrorRow]:
    """Rows by id, in the order of the contract. Raises ValueError for an id that stands twice."""
    known = set(ErrorRow.__struct_fields__)
    rows = [
        msgspec.convert({**node, "detail": {key: node[key] for key in node.keys() - known}}, ErrorRow) for node in nodes
    ]
    if len({row.id for row in rows}) != len(rows):
        raise ValueError(f"two error rows have one id among {', '.join(row.id for row in rows)}")
    return {row.id: row for row in rows}
