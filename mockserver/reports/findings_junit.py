"""The findings report as JUnit XML, which CI systems show: a test suite per contract, a test case per finding."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from xml.etree.ElementTree import Element

from mockserver.findings_report import FindingsReport, Found, times
from mockserver.reports import suites
from mockserver.reports.findings_text import headline, where

_NOBODY = "no contract"


def render(report: FindingsReport, kinds: Collection[str] = ()) -> str:
    """One suite per contract, whose cases fail that are of `kinds`, and one whose only case fails when any does."""
    root = Element("testsuites", name=report.title)
    whole, found_so_often = suites.suite(root, "mockserver"), f"found {times(report.count)}"
    suites.case(whole, ("mockserver", "total"), "findings", report.complaint(kinds), found_so_often)
    for api, group in groupby(sorted(report.findings, key=_api), key=_api):
        suite = suites.suite(root, api)
        for found in group:
            complaint = found.message if found.kind in kinds else ""
            name = (f"{api}.{found.operation or 'no operation'}", _name(found))
            suites.case(suite, name, "findings", complaint, _details(found, report))
    return suites.written(root)


def _api(found: Found) -> str:
    return found.api or _NOBODY


def _name(found: Found) -> str:
    return f"{found.id}: {found.message}"


def _details(found: Found, report: FindingsReport) -> str:
    return "\n".join(
        [
            headline(found),
            f"{found.kind}, found {times(found.count)}",
            found.example,
            where(found, report),
        ]
    )
