"""The coverage report as JUnit XML, which CI systems show: a test suite per contract, a test case per operation."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from mockserver.coverage_report import Counts, CoveredOperation, Report, names_met, names_missing
from mockserver.reports import suites

_TOTAL = "total"


def render(report: Report, limit: float | None) -> str:
    """One suite per contract, and one whose only case fails when the report as a whole is not enough."""
    root = Element("testsuites", name=report.title)
    whole, percent = suites.suite(root, "mockserver"), f"{report.summary.percent} % met"
    suites.case(whole, ("mockserver", _TOTAL), "coverage", report.complaint(limit), percent)
    for api in report.apis:
        suite = suites.suite(root, api.api)
        for operation in api.operations:
            name = (api.api, operation.id)
            suites.case(suite, name, "coverage", _complaint(operation, limit), _details(operation))
        SubElement(suite, "system-out").text = _list("error rows of any operation", api.errors)
    return suites.written(root)


def _complaint(operation: CoveredOperation, limit: float | None) -> str:
    """Why an operation's case fails: it was not met, or less of it than asked for."""
    if not operation.calls:
        return f"{operation.method} {operation.path} was not met"
    percent = operation.summary.percent
    if limit is not None and percent < limit:
        return f"{percent} % of {operation.id} was met, which is below the limit of {limit:g} %"
    return ""


def _details(operation: CoveredOperation) -> str:
    calls = "1 call" if operation.calls == 1 else f"{operation.calls} calls"
    lines = [
        f"{operation.method} {operation.path}: {operation.summary.percent} % met, {calls}",
        _list("statuses", operation.statuses),
        _list("error rows", operation.errors),
    ]
    if operation.injected:
        told = ", ".join(f"{status} ({count})" for status, count in operation.injected.items())
        lines.append(f"injected, counted for nothing: {told}")
    return "\n".join(lines)


def _list(kind: str, counts: Counts) -> str:
    met, missing = names_met(counts), names_missing(counts)
    return f"{kind} met: {', '.join(met) or 'none'}; not met: {', '.join(missing) or 'none'}"
