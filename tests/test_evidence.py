"""What the contracts say of how they know: nothing without a source, and no source that does not bear it out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mockserver import files
from mockserver.app import apis_of, known_vendors
from mockserver.contract import read_contract
from mockserver.evidence import KINDS, KnownApi, KnownOperation, KnownRow, attest, percent
from mockserver.vendor import Api

APIS = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
REPORT = attest(APIS)
PAGES = {
    "kounta": "apidoc.kounta.com",
    "open2b": "open2b.dev/",
    "spurtcommerce": "www.spurtcommerce.dev/",
    "webcommander-plugin": "developers.webcommander.com/",
    "webcommander-v4": "developers.webcommander.com/",
}
"""What a source begins with where the vendor's page says so."""

CHOICE = "our choice: "
RECORDED = re.compile(r"spurtcommerce-recorded\.jsonl, ([\w-]+)(?: and ([\w-]+))?")
SEEN = re.compile(r"spurtcommerce-recorded\.(jsonl|md), \w|^[\w-]+/[\w-]+ [\w./-]+|a public Java client of 2014")
"""What is known of a program has been recorded, or is read in somebody's repository."""


def everything(api: KnownApi) -> Iterator[tuple[str, KnownOperation | KnownRow]]:
    """Each operation and row of a contract, and where it stands."""
    yield from ((f"any {row.id}", row) for row in api.errors)
    for operation in api.operations:
        yield operation.id, operation
        yield from ((f"{operation.id} {row.id}", row) for row in operation.errors)


each_api = pytest.mark.parametrize("api", REPORT.apis, ids=lambda api: api.api)


@each_api
def test_everything_is_known_in_one_way_and_has_a_source_of_that_way(api: KnownApi) -> None:
    for place, known in everything(api):
        assert known.evidence in KINDS, place
        assert known.source.startswith(PAGES[api.api]) is (known.evidence == "documented"), place
        assert known.source.startswith(CHOICE) is (known.evidence == "inferred"), place
        assert known.evidence != "observed" or SEEN.search(known.source), place


@each_api
def test_a_choice_of_ours_has_a_reason(api: KnownApi) -> None:
    for place, known in everything(api):
        assert known.source == " ".join(known.source.split()), place
        if known.evidence == "inferred":
            assert len(known.source.removeprefix(CHOICE).split()) > 2, place


@cache
def recorded() -> dict[str, Any]:
    """The replies of the recording by name."""
    (file,) = Path(__file__).parent.rglob("spurtcommerce-recorded.jsonl")
    lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return {line["name"]: line["response"] for line in lines if line["operation"] != "world"}


def cited() -> list[tuple[str, KnownOperation | KnownRow]]:
    """The names of recorded exchanges that are sources, and of what."""
    everywhere = [known for api in REPORT.apis for _, known in everything(api)]
    found = [(RECORDED.search(known.source), known) for known in everywhere]
    return [(name, known) for match, known in found if match for name in match.groups() if name]


def test_a_recorded_exchange_bears_out_what_it_is_the_source_of() -> None:
    for name, known in cited():
        reply = recorded()[name]
        if isinstance(known, KnownOperation):
            assert reply["status"] == 200, name
        else:
            assert reply["status"] == known.status, name
            said = reply["body"]["message"] if reply.get("body") else reply["body_text"]
            pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(known.message))
            assert re.search(pattern, said) or said in ("{ENGINE}", "{SQL}"), name


def test_whoever_was_recorded_is_mostly_known_by_that() -> None:
    api = next(api for api in REPORT.apis if api.api == "spurtcommerce")
    assert len({id(known) for _, known in cited()}) > 0.8 * len([*everything(api)])


def test_the_admin_api_is_documented_by_its_own_contract() -> None:
    contract = read_contract(files.contracts() / "admin.yaml")
    assert {(operation.evidence, operation.source) for operation in contract.operations.values()} == {
        ("documented", "this file; the control plane is the fake's own")
    }
    assert {row.evidence for row in contract.rows().values()} == {"documented"}


def test_the_report_has_every_operation_and_row_of_every_contract() -> None:
    for api, told in zip(APIS, REPORT.apis, strict=True):
        contract = api.contract
        assert (told.api, told.vendor) == (api.name, api.vendor)
        assert [row.id for row in told.errors] == [*contract.errors]
        assert {one.id: [row.id for row in one.errors] for one in told.operations} == {
            id: [*operation.own_errors] for id, operation in contract.operations.items()
        }


def test_the_totals_are_of_what_is_listed() -> None:
    for api in REPORT.apis:
        rows = [*api.errors, *(row for operation in api.operations for row in operation.errors)]
        assert api.summary.operations == {kind: len(of_kind(api.operations, kind)) for kind in KINDS}
        assert api.summary.errors == {kind: len(of_kind(rows, kind)) for kind in KINDS}
    for part in ("operations", "errors"):
        sums = getattr(REPORT.summary, part)
        assert sums == {kind: sum(getattr(api.summary, part)[kind] for api in REPORT.apis) for kind in KINDS}


def of_kind(known: list[Any], kind: str) -> list[Any]:
    return [one for one in known if one.evidence == kind]


def test_a_way_that_only_somebody_elses_contract_has_is_counted_too() -> None:
    api = next(api for api in APIS if api.name == "open2b")
    report = attest([rumoured(api)])
    assert report.summary.operations == {"documented": 0, "observed": 0, "inferred": 0, "rumoured": 7}


def rumoured(api: Api) -> Api:
    """The same, of which there are rumours only."""
    operations = {id: replace(one, evidence="rumoured") for id, one in api.contract.operations.items()}
    return replace(api, contract=replace(api.contract, operations=operations))


@pytest.mark.parametrize(
    ("counts", "percents"),
    [((1, 1, 2), (25, 25, 50)), ((0, 0, 0), (0, 0, 0)), ((2, 1, 0), (67, 33, 0)), ((0, 9, 0), (0, 100, 0))],
)
def test_percentages_are_of_all_together(counts: tuple[int, ...], percents: tuple[int, ...]) -> None:
    told = dict(zip(KINDS, counts, strict=True))
    assert tuple(percent(told, kind) for kind in KINDS) == percents
