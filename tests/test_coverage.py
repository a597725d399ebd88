"""The coverage report: what counts, what counts as what, and in per cent."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.coverage import Coverage, Met
from mockserver.coverage_report import CoveredApi, CoveredOperation, Report, Share, Summary, cover, make_report, total
from mockserver.vendor import Api
from mockserver.world import World


@pytest.fixture
def shop(world: World) -> Api:
    """A contract whose operations have rows of their own, beside those of them all."""
    return world.api("open2b")


def covered(shop: Api, met: dict[Met, int]) -> CoveredApi:
    [api] = cover([shop], met)
    return api


def operation(api: CoveredApi, id: str) -> CoveredOperation:
    return next(each for each in api.operations if each.id == id)


def test_a_report_names_all_that_a_contract_declares_in_its_order(shop: Api) -> None:
    api = covered(shop, {})
    assert [each.id for each in api.operations] == list(shop.contract.operations)
    assert list(api.errors) == list(shop.contract.errors)
    for each in api.operations:
        declared = shop.contract.operations[each.id]
        assert (each.method, each.path) == (declared.method, declared.path)
        assert list(each.statuses) == sorted({str(status) for status, _ in declared.replies})
        assert list(each.errors) == list(declared.own_errors)
        assert not any([*each.statuses.values(), *each.errors.values(), each.calls])


def test_an_operation_counts_its_calls_by_status_and_row(shop: Api) -> None:
    met: dict[Met, int] = {
        ("open2b", "create_customer", 200, None): 3,
        ("open2b", "create_customer", 200, "code-already-exists"): 2,
        ("open2b", "create_customer", 400, "field-missing"): 1,
    }
    api = covered(shop, met)
    created = operation(api, "create_customer")
    assert (created.calls, created.statuses["200"], created.statuses["400"]) == (6, 5, 1)
    assert {row: count for row, count in created.errors.items() if count} == {"code-already-exists": 2}
    assert api.errors["field-missing"] == 1


def test_a_row_of_the_whole_contract_is_met_once_wherever_that_was(shop: Api) -> None:
    met: dict[Met, int] = {
        ("open2b", "find_customers", 400, "field-missing"): 1,
        ("open2b", "get_customer", 400, "field-missing"): 2,
        ("open2b", None, 404, "method-unknown"): 4,
    }
    api = covered(shop, met)
    assert {row: count for row, count in api.errors.items() if count} == {"field-missing": 3, "method-unknown": 4}
    assert api.summary.errors.met == 2


def test_a_row_that_two_operations_have_of_their_own_is_to_be_met_in_both(shop: Api) -> None:
    rows = [set(each.own_errors) for each in shop.contract.operations.values()]
    shared = sorted(row for row in set.union(*rows) if sum(row in own for own in rows) > 1)
    assert "email-already-exists" in shared
    api = covered(shop, {("open2b", "create_customer", 200, "email-already-exists"): 1})
    assert operation(api, "create_customer").errors["email-already-exists"] == 1
    assert operation(api, "update_customer").errors["email-already-exists"] == 0


@pytest.mark.parametrize(("status", "name"), [(503, "503"), (0, "unanswered")])
def test_what_the_contract_does_not_declare_is_told_apart_and_counts_for_nothing(
    shop: Api, status: int, name: str
) -> None:
    api = covered(shop, {("open2b", "get_customer", status, None): 2})
    found = operation(api, "get_customer")
    assert (found.calls, found.injected) == (0, {name: 2})
    assert name not in found.statuses
    assert api.summary == covered(shop, {}).summary


@pytest.mark.parametrize("row", ["code-already-exists", "field-missing"])
def test_an_error_row_that_a_fault_has_kept_from_the_app_is_not_met(shop: Api, row: str) -> None:
    api = covered(shop, {("open2b", "create_customer", 0, row): 1})
    assert api.summary == covered(shop, {}).summary
    assert operation(api, "create_customer").injected == {"unanswered": 1}


def test_requests_that_no_operation_answers_meet_their_row_only(shop: Api) -> None:
    api = covered(shop, {("open2b", None, 404, "method-unknown"): 1})
    assert (api.summary.operations.met, api.summary.statuses.met, api.summary.errors.met) == (0, 0, 1)


def test_other_contracts_are_left_out(shop: Api, world: World) -> None:
    met: dict[Met, int] = {("kounta", "get_company", 200, None): 1, ("gone", "get_toy", 200, None): 1}
    assert covered(shop, met) == covered(shop, {})
    both = cover([shop, world.api("kounta")], met)
    assert [(api.api, api.vendor, api.summary.operations.met) for api in both] == [
        ("open2b", "open2b", 0),
        ("kounta", "kounta", 1),
    ]


def test_the_percentage_is_of_operations_statuses_and_rows_together(shop: Api) -> None:
    summary = covered(shop, {("open2b", "get_customer", 200, None): 1}).summary
    every = summary.operations.of + summary.statuses.of + summary.errors.of
    assert (summary.operations.met, summary.statuses.met, summary.errors.met) == (1, 1, 0)
    assert summary.percent == pytest.approx(200 / every, abs=0.1)


@pytest.mark.parametrize(
    ("met", "of", "percent"),
    [(0, 7, 0.0), (999, 1000, 99.9), (9999, 10000, 99.9), (7, 7, 100.0), (1, 3, 33.3), (0, 0, 0.0)],
)
def test_the_percentage_is_rounded_down_so_that_a_hundred_means_everything(met: int, of: int, percent: float) -> None:
    one = Summary(Share(met, of), Share(0, 0), Share(0, 0), 0.0)
    assert total([one]).percent == percent


def test_an_operation_has_a_percentage_of_its_own(shop: Api) -> None:
    found = operation(covered(shop, {("open2b", "get_customer", 200, None): 1}), "get_customer")
    assert found.summary.operations == Share(1, 1)
    assert found.summary.statuses == Share(1, len(found.statuses))
    assert found.summary.percent == pytest.approx(200 / (1 + len(found.statuses) + len(found.errors)), abs=0.1)


# Reports


def reported(world: World, met: dict[Met, int], sandbox: str | None = None) -> Report:
    return make_report(sandbox, cover(world.apis, met))


def test_a_report_is_about_a_sandbox_or_the_whole_run(world: World) -> None:
    run, one = reported(world, {}), reported(world, {}, "checkout")
    assert (run.scope, run.sandbox, run.title) == ("run", None, "Coverage of the whole run")
    assert (one.scope, one.sandbox, one.title) == ("sandbox", "checkout", "Coverage of the sandbox checkout")


def test_a_report_can_be_narrowed_to_vendors_and_is_summed_anew(world: World) -> None:
    report = reported(world, {("kounta", "get_company", 200, None): 1, ("open2b", "get_customer", 200, None): 1})
    narrowed = report.of_vendors(["webcommander", "kounta"])
    assert [api.api for api in narrowed.apis] == ["kounta", "webcommander-plugin", "webcommander-v4"]
    assert narrowed.summary == total(api.summary for api in narrowed.apis)
    assert (report.summary.operations.met, narrowed.summary.operations.met) == (2, 1)


MET: dict[Met, int] = {("open2b", "get_customer", 200, None): 1}


@pytest.mark.parametrize(
    ("met", "limit", "complaint"),
    [
        (MET, None, ""),
        (MET, 0, ""),
        (MET, 100, "0.2 % is below the limit of 100 %"),
        (MET, 99.5, "0.2 % is below the limit of 99.5 %"),
        ({}, None, "no operation was met"),
        ({}, 0, "no operation was met"),
        ({("open2b", None, 404, "method-unknown"): 9}, 0, "no operation was met"),
        ({("open2b", "get_customer", 503, None): 9}, None, "no operation was met"),
    ],
)
def test_a_report_that_is_not_enough_says_why(world: World, met: dict[Met, int], limit: Any, complaint: str) -> None:
    assert reported(world, met).complaint(limit) == complaint


def test_the_limit_itself_is_enough(world: World) -> None:
    report = reported(world, MET)
    assert report.complaint(report.summary.percent) == ""
    assert report.complaint(report.summary.percent + 0.1) != ""


# The counts


def test_what_was_met_is_counted_added_and_taken() -> None:
    here, there = Coverage(), Coverage()
    for _ in range(2):
        here.meet("open2b", "get_customer", 200, None)
    here.meet("open2b", None, 404, "method-unknown")
    there.meet("open2b", "get_customer", 200, None)
    there.add(here.take())
    assert here.met == {}
    assert there.met == {("open2b", "get_customer", 200, None): 3, ("open2b", None, 404, "method-unknown"): 1}
