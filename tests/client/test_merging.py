"""Coverage of several servers as one report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from mockserver import MockServer
from mockserver.client.merging import merge
from mockserver.coverage_report import Report
from tests.client.till import JAMIE, Till

Deed = Callable[[Till], object]
DEEDS: Sequence[Deed] = (
    Till.company,
    Till.customer,
    partial(Till.customer, id=JAMIE + 1),
    partial(Till.enrol, name="Ada"),
    lambda till: till.client.get("/companies/5678/nothing.json"),
    lambda till: till.client.get("/companies/5678.json", headers={"authorization": ""}),
)


def covered(deeds: Sequence[Deed]) -> Report:
    """What a server has met whose app did this."""
    with MockServer(vendors=["kounta", "open2b"], customers=0, sockets=False) as server:
        till = Till(server.default.client("kounta"))
        server.default.faults.add(operation="create_customer", status=503, times=1)
        for deed in deeds:
            deed(till)
        return server.coverage()


def test_what_several_servers_met_is_what_one_would_have_met() -> None:
    assert merge([covered(DEEDS[:3]), covered(DEEDS[3:])]) == covered(DEEDS)


def test_what_several_servers_met_is_counted_as_often_as_it_was() -> None:
    (twice,) = [api for api in merge([covered(DEEDS[:1])] * 2).apis if api.api == "kounta"]
    assert {operation.id: operation.calls for operation in twice.operations if operation.calls} == {"get_company": 2}


def test_no_server_at_all_has_met_nothing() -> None:
    assert merge([]).complaint(None) == "no operation was met"
