"""Error rows: a vendor's error table as its contract has it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import msgspec

UNKNOWN_PATH, WRONG_METHOD = "unknown-path", "wrong-method"
UNREADABLE_BODY, BODY_TOO_LARGE, RATE_LIMITED = "unreadable-body", "body-too-large", "rate-limited"
WRONG_MEDIA_TYPE, NOT_ACCEPTABLE = "wrong-media-type", "not-acceptable"

EVIDENCE = b"x-mock-evidence"
"""The header in which each reply says how we know that the vendor answers so."""


class ErrorRow(msgspec.Struct, frozen=True, dict=True):
    """One row of a vendor's error table.

    `message` and the texts in `detail` are templates for `str.format`; `example` fills their placeholders when
    the row is asked for. `when` names the condition that the kernel itself meets (`unknown-path`, …). `evidence` is how
    we know of it (documented, observed or inferred), and `source` where from.
    """

    id: str
    message: str
    evidence: str
    source: str = ""
    status: int = 200
    when: str | None = None
    example: dict[str, Any] = {}
    detail: dict[str, Any] = {}

    @cached_property
    def attested(self) -> tuple[bytes, bytes]:
        """The header that tells a client how we know of this row."""
        return (EVIDENCE, f"{self.evidence}; row={self.id}".encode())

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """The placeholders' values: what the refusal gave, else the row's example."""
        return {**self.example, **given}


INJECTED = ErrorRow("injected", message="", evidence="inferred", source="our choice: a status that no row has")
"""What stands where a tester asks for a status that no row of the contract has."""


def read_rows(nodes: Iterable[Mapping[str, Any]]) -> dict[str, ErrorRow]:
    """Rows by id, in the order of the contract. Raises ValueError for an id that stands twice."""
    known = set(ErrorRow.__struct_fields__)
    rows = [
        msgspec.convert({**node, "detail": {key: node[key] for key in node.keys() - known}}, ErrorRow) for node in nodes
    ]
    if len({row.id for row in rows}) != len(rows):
        raise ValueError(f"two error rows have one id among {', '.join(row.id for row in rows)}")
    return {row.id: row for row in rows}
