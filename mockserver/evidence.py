"""The evidence report: of each operation and error row how we know that the vendor answers so, and where from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # whoever reads reports need not wait until everything about contracts is imported
    from mockserver.contract import Operation
    from mockserver.rows import ErrorRow
    from mockserver.vendor import Api

KINDS = {
    "documented": "the vendor's page says so",
    "observed": "the vendor's program was seen to do so, or clients of it rely on it",
    "inferred": "nobody has told; our choice",
}
"""How something can be known, best first, and what that means."""

Counts = dict[str, int]
"""How many are known in each way. All KINDS are there."""


class KnownRow(msgspec.Struct, frozen=True):
    """One error row."""

    id: str
    status: int
    message: str
    evidence: str
    source: str


class KnownOperation(msgspec.Struct, frozen=True):
    """One operation, with the rows that are its own. Its `evidence` is about what it answers when it refuses nothing."""

    id: str
    method: str
    path: str
    evidence: str
    source: str
    errors: list[KnownRow]


class Summary(msgspec.Struct, frozen=True):
    """How many operations, and how many error rows, are known in which way."""

    operations: Counts
    errors: Counts


class KnownApi(msgspec.Struct, frozen=True):
    """One contract. `errors` has the rows that are no operation's own; `summary` counts what `only` has left out too."""

    api: str
    vendor: str
    summary: Summary
    operations: list[KnownOperation]
    errors: list[KnownRow]

    @property
    def names(self) -> tuple[str, str]:
        """What it can be asked for by."""
        return self.api, self.vendor


class Report(msgspec.Struct, frozen=True):
    """All that was asked for, with the sum of it. It lists what is known in the ways that `shows` has."""

    summary: Summary
    shows: list[str]
    apis: list[KnownApi]

    def of(self, names: Collection[str]) -> Report:
        """The same of the contracts, or vendors' contracts, with these names."""
        return make_report(api for api in self.apis if not {*names}.isdisjoint(api.names))

    def only(self, kinds: Collection[str]) -> Report:
        """The same summary, but listing only what is known in one of these ways, and the operations with such rows."""
        shown = [kind for kind in self.shows if kind in kinds]
        return Report(self.summary, shown, [_narrowed(api, shown) for api in self.apis])


def make_report(apis: Iterable[KnownApi]) -> Report:
    """A report on these contracts."""
    chosen = list(apis)
    counts = (_sum(api.summary.operations for api in chosen), _sum(api.summary.errors for api in chosen))
    return Report(Summary(*counts), list(KINDS), chosen)


def attest(apis: Iterable[Api]) -> Report:
    """All that the contracts say of how they know."""
    return make_report(_api(api) for api in apis)


def percent(counts: Counts, kind: str) -> int:
    """How much of all is known in this way; 0 of nothing."""
    return round(100 * counts[kind] / (sum(counts.values()) or 1))


def _api(api: Api) -> KnownApi:
    operations = [_operation(operation) for operation in api.contract.operations.values()]
    errors = _rows(api.contract.errors.values())
    rows = [*errors, *(row for operation in operations for row in operation.errors)]
    return KnownApi(api.name, api.vendor, Summary(_counts(operations), _counts(rows)), operations, errors)


def _operation(operation: Operation) -> KnownOperation:
    return KnownOperation(
        operation.id,
        operation.method,
        operation.path,
        operation.evidence,
        operation.source,
        _rows(operation.own_errors.values()),
    )


def _rows(rows: Iterable[ErrorRow]) -> list[KnownRow]:
    return [KnownRow(row.id, row.status, row.message, row.evidence, row.source) for row in rows]


def _counts(known: Iterable[KnownOperation | KnownRow]) -> Counts:
    return {**dict.fromkeys(KINDS, 0), **Counter(one.evidence for one in known)}


def _sum(counts: Iterable[Counts]) -> Counts:
    total = Counter(dict.fromkeys(KINDS, 0))
    for some in counts:
        total.update(some)
    return dict(total)


def _narrowed(api: KnownApi, kinds: Collection[str]) -> KnownApi:
    errors = [row for row in api.errors if row.evidence in kinds]
    return msgspec.structs.replace(api, operations=[*_narrowed_operations(api, kinds)], errors=errors)


def _narrowed_operations(api: KnownApi, kinds: Collection[str]) -> Iterator[KnownOperation]:
    for operation in api.operations:
        errors = [row for row in operation.errors if row.evidence in kinds]
        if errors or operation.evidence in kinds:
            yield msgspec.structs.replace(operation, errors=errors)
