"""The report as JUnit XML, which CI systems show: a test case per operation, which fails where something differs."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from mockserver.drift.report import NO_OPERATION, Drifted, Report
from mockserver.reports.suites import clean, text


def render(report: Report) -> str:
    """One suite, for one API."""
    failed = {each.operation or NO_OPERATION for each in report.differences}
    counts = {"tests": len(report.operations), "failures": len(failed), "errors": 0, "skipped": 0, "time": 0}
    told = {name: str(count) for name, count in counts.items()}
    root = Element("testsuites", {"name": f"drift of {report.api}", **told})
    suite = SubElement(root, "testsuite", {"name": report.api, **told})
    for operation, count in report.operations.items():
        case = SubElement(suite, "testcase", classname=report.api, name=operation, time="0")
        found = [each for each in report.differences if (each.operation or NO_OPERATION) == operation]
        if found:
            message = clean(f"{len(found)} places differ in {count} exchanges")
            SubElement(case, "failure", message=message, type="drift").text = "\n".join(map(_line, found))
    SubElement(suite, "system-out").text = clean("\n".join([report.source, *report.remarks, report.summary]))
    return text(root)


def _line(drifted: Drifted) -> str:
    return clean(
        f"{drifted.kind} {drifted.place} ({drifted.count}, first {drifted.exchanges[0]}: {drifted.request}): "
        f"recorded {drifted.recorded}, answered {drifted.answered}"
    )
