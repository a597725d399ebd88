"""Coverage of several servers, as of the workers of a test run, as one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mockserver.coverage_report import (
    Counts,
    CoveredApi,
    CoveredOperation,
    Report,
    Share,
    Summary,
    make_report,
    names_met,
    total,
)

_NONE = Share(0, 0)


def merge(reports: Iterable[Report]) -> Report:
    """One report on the whole run, with all counts added up."""
    by_name: dict[str, list[CoveredApi]] = {}
    for report in reports:
        for api in report.apis:
            by_name.setdefault(api.api, []).append(api)
    return make_report(None, [_merge_api(parts) for parts in by_name.values()])


def _merge_api(parts: Sequence[CoveredApi]) -> CoveredApi:
    operations = [_merge_operation(each) for each in zip(*(api.operations for api in parts), strict=True)]
    errors = _add(api.errors for api in parts)
    common = Summary(_NONE, _NONE, Share(len(names_met(errors)), len(errors)), 0.0)
    summary = total([*(operation.summary for operation in operations), common])
    return CoveredApi(parts[0].api, parts[0].vendor, summary, operations, errors)


def _merge_operation(parts: Sequence[CoveredOperation]) -> CoveredOperation:
    first = parts[0]
    statuses, errors = _add(each.statuses for each in parts), _add(each.errors for each in parts)
    injected = _add(each.injected for each in parts)
    calls = sum(each.calls for each in parts)
    return CoveredOperation(first.id, first.method, first.path, calls, statuses, errors, injected)


def _add(counts: Iterable[Counts]) -> Counts:
    added: Counter[str] = Counter()
    for each in counts:
        added.update(each)
    return dict(added)
