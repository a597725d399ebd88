"""The coverage report: what the traffic has met, against all that the contracts declare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

import msgspec

from mockserver.coverage import Met

if TYPE_CHECKING:  # whoever reads reports need not wait until everything about contracts is imported
    from mockserver.contract import Operation
    from mockserver.vendor import Api

Counts = dict[str, int]
"""How often each was met, by its name; 0 for what was not."""

UNANSWERED = "unanswered"
"""What stands where a status would, for calls that a fault left without any reply."""


class Share(msgspec.Struct, frozen=True):
    """How many of all were met."""

    met: int
    of: int


class Summary(msgspec.Struct, frozen=True):
    """Shares by kind. `percent` is of all three together, rounded down to a tenth, so that 100 means all."""

    operations: Share
    statuses: Share
    errors: Share
    percent: float


class CoveredOperation(msgspec.Struct, frozen=True):
    """One operation. `statuses` has all that are declared, `errors` the rows that are its own.

    `calls` were answered as the contract declares. `injected` counts the calls that were not, which count for nothing.
    """

    id: str
    method: str
    path: str
    calls: int
    statuses: Counts
    errors: Counts
    injected: Counts

    @property
    def summary(self) -> Summary:
        """The operation alone."""
        return _summary(Share(int(self.calls > 0), 1), _share(self.statuses), _share(self.errors))


class CoveredApi(msgspec.Struct, frozen=True):
    """One contract. `errors` has the rows that are no operation's own."""

    api: str
    vendor: str
    summary: Summary
    operations: list[CoveredOperation]
    errors: Counts


class Report(msgspec.Struct, frozen=True):
    """What one sandbox, or the whole run, has met. `sandbox` is None for the whole run."""

    scope: Literal["sandbox", "run"]
    sandbox: str | None
    summary: Summary
    apis: list[CoveredApi]

    @property
    def title(self) -> str:
        """What it is about."""
        return "Coverage of the whole run" if self.sandbox is None else f"Coverage of the sandbox {self.sandbox}"

    def complaint(self, limit: float | None) -> str:
        """Why this is not enough, with `limit` as the least percentage; empty where it is."""
        if not self.summary.operations.met:
            return "no operation was met"
        if limit is not None and self.summary.percent < limit:
            return f"{self.summary.percent} % is below the limit of {limit:g} %"
        return ""

    def of_vendors(self, vendors: Iterable[str]) -> Report:
        """The same of some vendors only."""
        chosen = set(vendors)
        return make_report(self.sandbox, [api for api in self.apis if api.vendor in chosen])


def make_report(sandbox: str | None, apis: list[CoveredApi]) -> Report:
    """A report on a sandbox, or on the whole run where there is none, with the sum of its APIs."""
    return Report("run" if sandbox is None else "sandbox", sandbox, total(api.summary for api in apis), apis)


def cover(apis: Iterable[Api], met: Mapping[Met, int]) -> list[CoveredApi]:
    """What was met of each contract. Counts for other contracts are left out."""
    return [_api(api, {key: count for key, count in met.items() if key[0] == api.name}) for api in apis]


def names_met(counts: Counts) -> list[str]:
    """What was met."""
    return [name for name, count in counts.items() if count]


def names_missing(counts: Counts) -> list[str]:
    """What was not met."""
    return [name for name, count in counts.items() if not count]


def total(summaries: Iterable[Summary]) -> Summary:
    """The sum of several."""
    parts = list(summaries)
    return _summary(*(_sum(map(attrgetter(kind), parts)) for kind in ("operations", "statuses", "errors")))


def _api(api: Api, met: Mapping[Met, int]) -> CoveredApi:
    contract = api.contract
    operations = [
        _operation(operation, {key: count for key, count in met.items() if key[1] == operation.id})
        for operation in contract.operations.values()
    ]
    common = dict.fromkeys(contract.errors, 0)
    for (_, id, status, row), count in met.items():
        operation = None if id is None else contract.operations[id]
        if row in common and (operation is None or (row not in operation.own_errors and _declares(operation, status))):
            common[row] += count
    summary = total(
        [*(operation.summary for operation in operations), _summary(Share(0, 0), Share(0, 0), _share(common))]
    )
    return CoveredApi(api.name, api.vendor, summary, operations, common)


def _operation(operation: Operation, met: Mapping[Met, int]) -> CoveredOperation:
    statuses = {str(status): 0 for status in sorted({status for status, _ in operation.replies})}
    errors = dict.fromkeys(operation.own_errors, 0)
    injected: Counts = {}
    for (_, _, status, row), count in sorted(met.items(), key=lambda item: item[0][2]):
        name = str(status) if status else UNANSWERED
        counts = statuses if name in statuses else injected
        counts[name] = counts.get(name, 0) + count
        if row in errors and counts is statuses:
            errors[row] += count
    calls = sum(statuses.values())
    return CoveredOperation(operation.id, operation.method, operation.path, calls, statuses, errors, injected)


def _declares(operation: Operation, status: int) -> bool:
    return any(status == declared for declared, _ in operation.replies)


def _share(counts: Counts) -> Share:
    return Share(len(names_met(counts)), len(counts))


def _sum(shares: Iterable[Share]) -> Share:
    parts = list(shares)
    return Share(sum(part.met for part in parts), sum(part.of for part in parts))


def _summary(operations: Share, statuses: Share, errors: Share) -> Summary:
    whole = _sum((operations, statuses, errors))
    percent = math.floor(1000 * whole.met / whole.of) / 10 if whole.of else 0.0
    return Summary(operations, statuses, errors, percent)
