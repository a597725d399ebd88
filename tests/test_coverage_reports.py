"""The coverage report as a person and a CI system read it."""

from __future__ import annotations

import re
from itertools import takewhile
from xml.etree import ElementTree as ET

import pytest

from mockserver.coverage import Met
from mockserver.coverage_report import Report, cover, make_report
from mockserver.reports import junit, text
from mockserver.world import World
from tests.coverage_samples import NASTY, nasty_sample, sample


@pytest.fixture
def report(world: World) -> Report:
    return sample(world)


@pytest.fixture
def nasty(world: World) -> Report:
    return nasty_sample(world)


# Text


def lines(report: Report, limit: float | None = None) -> list[str]:
    return text.render(report, limit).splitlines()


def test_text_begins_with_what_it_is_about_and_the_percentage(report: Report) -> None:
    assert lines(report)[0] == f"Coverage of the whole run: {report.summary.percent} %"
    assert lines(report, 80)[0].endswith(" % (at least 80 % asked for)")
    assert lines(make_report("checkout", report.apis))[0].startswith("Coverage of the sandbox checkout: ")


def test_text_has_an_aligned_table_of_contracts_and_their_sum(report: Report) -> None:
    head, *rows = lines(report)[2 : 2 + len(report.apis) + 2]
    assert re.split(r" {2,}", head.strip()) == ["percent", "operations", "statuses", "error rows"]
    assert [row.split("  ")[0] for row in rows] == [*(api.api for api in report.apis), "all together"]
    assert {len(row) for row in (head, *rows)} == {len(head)}
    summary = report.apis[1].summary
    assert re.split(r" {2,}", rows[1]) == [
        "open2b",
        f"{summary.percent} %",
        *(f"{share.met} of {share.of}" for share in (summary.operations, summary.statuses, summary.errors)),
    ]


def test_text_has_no_sum_of_one_contract(report: Report) -> None:
    assert "all together" not in text.render(report.of_vendors(["open2b"]), None)


def section(report: Report, api: str, kind: str) -> dict[str, str]:
    """What the text says beneath a contract and a heading, by name."""
    _, _, after = text.render(report, None).partition(f"\n\n{api}\n")
    _, _, after = after.split("\n\n")[0].partition(f"  {kind}\n")
    entries: list[list[str]] = []
    for line in takewhile(lambda each: each.startswith("    "), after.splitlines()):
        if line[4] != " ":
            entries.append(re.split(r" {2,}", line.strip(), maxsplit=1))
        else:
            entries[-1].append(line.strip())
    return {entry[0]: " ".join(entry[1:]) for entry in entries}


def test_text_lists_what_was_not_met(report: Report) -> None:
    missing = section(report, "open2b", "operations not met")
    assert missing["delete_customers"] == "POST /api/v13/commerce.customers.delete"
    assert "get_customer" not in missing
    assert section(report, "open2b", "statuses not met")["get_customer"] == "400, 403, 404, 405, 413, 429"
    rows = section(report, "open2b", "error rows not met")
    assert "email-already-exists" in rows["create_customer"].split(", ")
    assert "code-already-exists" not in rows["create_customer"].split(", ")
    assert "field-missing" in rows["any operation"].split(", ")
    assert "method-unknown" not in rows["any operation"].split(", ")


def test_text_says_nothing_more_of_an_operation_that_was_not_met(report: Report) -> None:
    assert "update_customer" not in section(report, "open2b", "error rows not met")
    assert section(report, "webcommander-v4", "error rows not met") == {}


def test_text_tells_what_was_injected(report: Report) -> None:
    assert section(report, "open2b", "injected, counted for nothing") == {"get_customer": "503 (1)"}
    assert section(report, "kounta", "injected, counted for nothing") == {"get_company": "unanswered (1)"}


def test_text_is_silent_about_what_was_met_altogether(world: World) -> None:
    met: dict[Met, int] = {}
    for operation in world.api("open2b").contract.operations.values():
        met |= {("open2b", operation.id, status, None): 1 for status, _ in operation.replies}
        met |= {("open2b", operation.id, 200, row): 1 for row in operation.errors}
    assert text.render(make_report(None, cover([world.api("open2b")], met)), 100).count("\n") == 4


def test_text_fits_a_terminal_of_a_hundred_columns(report: Report) -> None:
    assert max(map(len, lines(report, 80))) <= 100


# JUnit


def parsed(report: Report, limit: float | None = None) -> ET.Element:
    return ET.fromstring(junit.render(report, limit))  # noqa: S314  it is our own


def cases(root: ET.Element) -> dict[str, ET.Element]:
    return {f"{case.get('classname')}.{case.get('name')}": case for case in root.iter("testcase")}


def failure(case: ET.Element) -> str | None:
    found = case.find("failure")
    return None if found is None else found.get("message")


def test_junit_has_a_suite_per_contract_and_a_case_per_operation(report: Report) -> None:
    root = parsed(report)
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["mockserver", *(api.api for api in report.apis)]
    assert set(cases(root)) == {
        "mockserver.total",
        *(f"{api.api}.{operation.id}" for api in report.apis for operation in api.operations),
    }


def test_junit_has_the_structure_that_ci_systems_read(report: Report) -> None:
    root = parsed(report, 50)
    counted = {"tests", "failures", "errors", "skipped", "time"}
    for element in (root, *root):
        assert set(element.keys()) == {"name", *counted}
        assert int(element.get("tests", "")) == len(list(element.iter("testcase")))
        assert int(element.get("failures", "")) == len(list(element.iter("failure")))
        assert (element.get("errors"), element.get("skipped")) == ("0", "0")
        float(element.get("time", ""))
    for suite in root:
        assert suite.tag == "testsuite"
        assert re.fullmatch("(testcase )+(system-out )?", "".join(f"{child.tag} " for child in suite))
    for case in root.iter("testcase"):
        assert set(case.keys()) == {"classname", "name", "time"}
        assert [child.tag for child in case] in (["failure"], ["system-out"])
        for child in case:
            assert child.text
            assert set(child.keys()) == ({"message", "type"} if child.tag == "failure" else set())


def test_junit_fails_the_operations_that_were_not_met(report: Report) -> None:
    found = cases(parsed(report))
    assert failure(found["open2b.get_customer"]) is None
    assert failure(found["open2b.delete_customers"]) == "POST /api/v13/commerce.customers.delete was not met"
    assert failure(found["kounta.get_company"]) == "GET /v1/companies/{company_id} was not met"


def test_junit_fails_the_operations_that_are_below_the_limit(report: Report) -> None:
    [operation] = [each for each in report.apis[1].operations if each.id == "get_customer"]
    percent = operation.summary.percent
    found = cases(parsed(report, 90))
    assert (
        failure(found["open2b.get_customer"])
        == f"{percent} % of get_customer was met, which is below the limit of 90 %"
    )
    assert failure(cases(parsed(report, percent))["open2b.get_customer"]) is None


@pytest.mark.parametrize(("limit", "complaint"), [(None, None), (0, None), (99, "0.6 % is below the limit of 99 %")])
def test_junit_fails_the_total_when_the_whole_is_not_enough(
    report: Report, limit: float | None, complaint: str | None
) -> None:
    said = failure(cases(parsed(report, limit))["mockserver.total"])
    assert said == (complaint and complaint.replace("0.6", str(report.summary.percent)))


def test_junit_tells_what_was_met_and_what_was_not(report: Report) -> None:
    out = cases(parsed(report))["open2b.get_customer"].findtext("system-out")
    assert out
    assert "statuses met: 200; not met: 400, 403, 404" in out
    assert "injected, counted for nothing: 503 (1)" in out
    rows = next(suite for suite in parsed(report) if suite.get("name") == "open2b").findtext("system-out")
    assert rows
    assert rows.startswith("error rows of any operation met: method-unknown; not met: ")


def test_junit_is_well_formed_whatever_names_hold(nasty: Report) -> None:
    assert NASTY in {suite.get("name") for suite in parsed(nasty, 50)}
