"""The findings report: what is told of a finding, in which order, and how a person and a CI system read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec
import pytest

from mockserver.finding_kinds import KINDS
from mockserver.findings import Finding
from mockserver.findings_report import OTHER_WORDS, FindingsReport, find, make_report, merge, since
from mockserver.reports import findings_junit, findings_text
from mockserver.tally import Met, Tally, outside

VENDORS = {"toyshop": "toyland", "toyshop-v2": "toyland", "books": "library"}
AGE = Finding("ignored-field", "the vendor ignores age")
PAGE = Finding("unknown-parameter", "the vendor ignores ?page")
BUG = Finding("bug", "KeyError: 'colour'")


def tally(sandbox: str, *exchanges: tuple[str, str | None, str, Finding]) -> Tally:
    """What was met, from exchange 1 on: API, operation, address, finding."""
    made = Tally(sandbox)
    for number, (api, operation, target, finding) in enumerate(exchanges, 1):
        made.meet(api, operation, "POST", target, [finding], number)
    return made


def report(made: Tally, sandbox: str | None = None) -> FindingsReport:
    return make_report(sandbox, find(made.met, VENDORS, lambda api, target: f"{target}#{api}"))


@pytest.fixture
def shop() -> FindingsReport:
    """Findings of each sort, in one sandbox."""
    return report(
        tally(
            "checkout",
            ("toyshop", "update_toy", "/toys/1", PAGE),
            ("toyshop", "update_toy", "/toys/2", AGE),
            ("toyshop", "create_toy", "/toys", AGE),
            ("toyshop", "create_toy", "/toys", AGE),
            ("books", "read_book", "/books/1", BUG),
            ("", None, "/nowhere", outside("POST", "/nowhere")),
            ("books", None, "/books/x/y", outside("POST", "/books/x/y")),
        ),
        "checkout",
    )


def test_a_report_tells_the_worst_first_and_counts_by_kind(shop: FindingsReport) -> None:
    assert [(each.kind, each.api, each.operation, each.count) for each in shop.findings] == [
        ("bug", "books", "read_book", 1),
        ("outside-contract", None, None, 1),
        ("outside-contract", "books", None, 1),
        ("undocumented-field", "toyshop", "create_toy", 2),
        ("undocumented-field", "toyshop", "update_toy", 1),
        ("ignored-parameter", "toyshop", "update_toy", 1),
    ]
    assert (shop.scope, shop.sandbox, shop.count) == ("sandbox", "checkout", 7)
    assert list(shop.kinds) == list(KINDS)
    assert {kind: count for kind, count in shop.kinds.items() if count} == {
        "bug": 1,
        "outside-contract": 2,
        "undocumented-field": 3,
        "ignored-parameter": 1,
    }


def test_of_a_finding_it_tells_whose_it_is_and_where(shop: FindingsReport) -> None:
    found = shop.findings[3]
    assert (found.id, found.vendor, found.message) == ("ignored-field", "toyland", "the vendor ignores age")
    assert (found.first.sandbox, found.first.request, found.last.request) == ("checkout", 3, 4)
    assert found.example == "POST /toys#toyshop"
    assert shop.findings[1].vendor is None


def test_what_was_not_kept_is_said() -> None:
    [found] = find(
        {Met("books", "read_book", "bug", None): next(iter(tally("a", ("", None, "/", BUG)).met.values()))},
        VENDORS,
        lambda _, target: target,
    )
    assert found.message == OTHER_WORDS


def test_what_an_app_has_a_say_in_stays_on_one_line() -> None:
    path = "/a\n\x00b\x1b[31m\u202e"
    [found] = report(tally("a", ("", None, path, outside("GET", path)))).findings
    told = "/a\\n\\x00b\\x1b[31m\\u202e"
    assert (found.message, found.example) == (f"no contract has GET {told}", f"POST {told}#")


def test_a_report_can_be_narrowed_to_vendors_and_kinds(shop: FindingsReport) -> None:
    narrowed = shop.of_vendors(["library"])
    assert [each.kind for each in narrowed.findings] == ["bug", "outside-contract"]
    assert (narrowed.sandbox, narrowed.count, narrowed.kinds["undocumented-field"]) == ("checkout", 2, 0)
    assert [each.operation for each in shop.of_kinds({"undocumented-field"})] == ["create_toy", "update_toy"]


@pytest.mark.parametrize(
    ("kinds", "complaint"),
    [
        ((), ""),
        (("deviation",), ""),
        (("undocumented-field",), "undocumented-field 3 times"),
        (KINDS, "bug once, outside-contract twice, undocumented-field 3 times, ignored-parameter once"),
    ],
)
def test_a_report_that_must_not_be_says_why(shop: FindingsReport, kinds: tuple[str, ...], complaint: str) -> None:
    assert shop.complaint(kinds) == complaint


def test_several_servers_make_one_report() -> None:
    one = report(tally("a", ("toyshop", "create_toy", "/toys", AGE), ("toyshop", "create_toy", "/toys", PAGE)))
    other = report(tally("b", ("toyshop", "create_toy", "/toys", AGE)))
    merged = merge([one, other])
    assert (merged.scope, merged.count) == ("run", 3)
    [age, page] = merged.findings
    assert (age.count, age.first.sandbox, age.last.sandbox, page.count) == (2, "a", "b", 1)
    assert merge([]).findings == []


def test_what_is_new_since_a_report_can_be_told() -> None:
    made = tally("a", ("toyshop", "create_toy", "/toys", AGE), ("books", None, "/", PAGE))
    before = report(made)
    made.meet("toyshop", "create_toy", "POST", "/toys", [AGE, BUG], 3)
    assert [(each.id, each.count) for each in since(before, report(made)).findings] == [
        ("bug", 1),
        ("ignored-field", 1),
    ]
    made.take()
    made.meet("toyshop", "create_toy", "POST", "/toys", [BUG], 4)
    assert [(each.id, each.count) for each in since(before, report(made)).findings] == [("bug", 1)]
    many = merge([before, before])
    assert [each.count for each in since(many, before).findings] == [1, 1], "it has counted anew, and met these again"


def test_a_report_survives_json(shop: FindingsReport) -> None:
    assert msgspec.json.decode(msgspec.json.encode(shop), type=FindingsReport) == shop


# As a person reads it


def test_the_text_goes_kind_by_kind(shop: FindingsReport) -> None:
    text = findings_text.render(shop, ["undocumented-field"])
    assert text.splitlines() == [
        "Findings of the sandbox checkout: 6, made 7 times",
        "",
        "bug: a mistake of this fake: please tell its makers",
        "  books read_book: KeyError: 'colour' [bug, once]",
        "      POST /books/1#books",
        "      request 5",
        "",
        "outside-contract: no contract has what the app asked for",
        "  no contract has POST /nowhere [outside-contract, once]",
        "      POST /nowhere#",
        "      request 6",
        "  books: no contract has POST /books/x/y [outside-contract, once]",
        "      POST /books/x/y#books",
        "      request 7",
        "",
        "undocumented-field (must not occur): the vendor ignores a field that the app sends",
        "  toyshop create_toy: the vendor ignores age [ignored-field, twice]",
        "      POST /toys#toyshop",
        "      first in request 3, last in request 4",
        "  toyshop update_toy: the vendor ignores age [ignored-field, once]",
        "      POST /toys/2#toyshop",
        "      request 2",
        "",
        "ignored-parameter: the vendor ignores a parameter that the app sends, or does not follow it",
        "  toyshop update_toy: the vendor ignores ?page [unknown-parameter, once]",
        "      POST /toys/1#toyshop",
        "      request 1",
    ]


def test_a_text_on_the_run_names_sandboxes() -> None:
    made = tally("a", ("toyshop", "create_toy", "/toys", AGE), ("toyshop", "create_toy", "/toys", AGE))
    text = findings_text.render(report(made))
    assert text.startswith("Findings of the whole run: 1, made twice\n")
    assert "      first in request 1 in sandbox a, last in request 2\n" in text
    made.add(tally("b", ("toyshop", "create_toy", "/toys", AGE)).met)
    assert "      first in request 1 in sandbox a, last in request 1 in sandbox b\n" in findings_text.render(
        report(made)
    )


def test_a_text_may_name_other_places(shop: FindingsReport) -> None:
    text = findings_text.render(shop, places={shop.findings[0].identity: ["tests/test_books.py::test_reads"]})
    assert "      POST /books/1#books\n      tests/test_books.py::test_reads\n\noutside-contract" in text
    assert "request 5" not in text
    assert "request 6" in text, "where no place is known, exchanges are"


def test_where_nothing_was_found_that_is_said() -> None:
    assert findings_text.render(make_report(None, [])) == "Findings of the whole run: none\n"


def test_a_kind_of_a_newer_server_is_shown_too(shop: FindingsReport) -> None:
    newer = msgspec.structs.replace(shop.findings[0], kind="haunted")
    told = make_report(None, [*shop.findings, newer])
    assert "\n\nhaunted: of a newer server\n" in findings_text.render(told)
    assert told.kinds["haunted"] == 1


# As a CI system reads it


def test_junit_has_a_case_for_each_finding_and_one_for_all(shop: FindingsReport) -> None:
    root = ET.fromstring(findings_junit.render(shop, ["undocumented-field"]))  # noqa: S314  our own
    assert root.get("name") == "Findings of the sandbox checkout"
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures")) for suite in root] == [
        ("mockserver", "1", "1"),
        ("books", "2", "0"),
        ("no contract", "1", "0"),
        ("toyshop", "3", "2"),
    ]
    total = root.find(".//testcase[@name='total']/failure")
    assert total is not None
    assert total.get("message") == "undocumented-field 3 times"
    failed = root.findall(".//testcase[@classname='toyshop.create_toy']")
    assert [case.get("name") for case in failed] == ["ignored-field: the vendor ignores age"]
    assert failed[0][0].text == (
        "toyshop create_toy: the vendor ignores age\nundocumented-field, found twice\nPOST /toys#toyshop\n"
        "first in request 3, last in request 4"
    )


def test_junit_fails_nowhere_where_nothing_is_forbidden(shop: FindingsReport) -> None:
    for told in (shop, make_report(None, [])):
        root = ET.fromstring(findings_junit.render(told))  # noqa: S314  our own
        assert root.get("failures") == "0"
        assert root.findall(".//failure") == []
        assert root.get("tests") == str(len(told.findings) + 1)
