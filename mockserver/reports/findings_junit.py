"""The findings report as JUnit XML, which CI systems show: a test suite per contract, a test case per finding."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.findings_report import FindingsReport, Found, times
from mockserver.reports.findings_text import headline, where

_NOBODY = "no contract"


def render(report: FindingsReport, kinds: Collection[str] = ()) -> str:
    """One suite per contract, whose cases fail that are of `kinds`, and one whose only case fails when any does."""
    root = Element("testsuites", name=report.title)
    _case(_suite(root, "mockserver"), "mockserver", "total", report.complaint(kinds), f"found {times(report.count)}")
    for api, group in groupby(sorted(report.findings, key=_api), key=_api):
        suite = _suite(root, api)
        for found in group:
            complaint = found.message if found.kind in kinds else ""
            _case(suite, f"{api}.{found.operation or 'no operation'}", _name(found), complaint, _details(found, report))
    for element in (*root, root):
        _count(element)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


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


def _suite(root: Element, name: str) -> Element:
    return SubElement(root, "testsuite", name=name)


def _case(suite: Element, classname: str, name: str, complaint: str, details: str) -> None:
    case = SubElement(suite, "testcase", classname=classname, name=name, time="0")
    if complaint:
        SubElement(case, "failure", message=complaint, type="findings").text = details
    else:
        SubElement(case, "system-out").text = details


def _count(element: Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    element.set("failures", str(len(list(element.iter("failure")))))
    element.set("errors", "0")
    element.set("skipped", "0")
    element.set("time", "0")
