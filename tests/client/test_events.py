"""What happens in a sandbox, as it happens, through the client."""

from __future__ import annotations

from itertools import islice

import pytest

from mockserver import AdminError, MockServer, Sandbox, Unreachable
from mockserver.client.exchanges import Exchange, Gap, StateChanged
from tests.client.till import Till
from tests.webhooks.receiver import DEADLINE


def test_exchanges_and_alterations_are_told_as_they_happen(sandbox: Sandbox, till: Till) -> None:
    with sandbox.events(timeout=DEADLINE) as events:
        till.enrol("Ada")
        told = {type(event): event for event in islice(events, 2)}
        exchange, state = told[Exchange], told[StateChanged]
        assert isinstance(exchange, Exchange)
        assert isinstance(state, StateChanged)
        assert exchange.operation == "create_customer"
        assert (state.cause, state.request) == ("request", exchange.id)
        assert [(change.collection, change.kind) for change in state.changes] == [("kounta.customers", "insert")]


def test_only_the_kinds_that_are_asked_for_are_told_and_what_was_before_first(sandbox: Sandbox, till: Till) -> None:
    till.enrol("Ada")
    till.customer()
    oldest = sandbox.requests.list()[-1].id
    with sandbox.events(["exchange"], since=oldest, timeout=DEADLINE) as events:
        till.company()
        first, second = next(events), next(events)
        assert isinstance(first, Exchange)
        assert isinstance(second, Exchange)
        assert [first.operation, second.operation] == ["get_customer", "get_company"]
        assert events.last_id == second.id
    with sandbox.events(["exchange"], since=first.id, timeout=DEADLINE) as events:
        assert next(events) == second


def test_what_the_journal_has_no_more_is_said_to_be_missing() -> None:
    with MockServer(vendors=["kounta"], customers=0, journal_entries=1, sockets=False) as server:
        till = Till(server.default.client("kounta"))
        till.company()
        till.company()
        newest = server.default.requests.list()[0]
        with server.default.events(["exchange"], since=0, timeout=DEADLINE) as events:
            assert [next(events), next(events)] == [Gap(after=0, next=newest.id), newest]


def test_a_kind_that_is_not_there_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(AdminError, match="exchange"):
        sandbox.events(["requests"])  # type: ignore[list-item]


def test_an_event_that_does_not_come_is_not_awaited_for_ever(sandbox: Sandbox) -> None:
    with sandbox.events(timeout=0.05) as events, pytest.raises(TimeoutError, match=r"no event has come within 0\.05 s"):
        next(events)


def test_a_stream_ends_with_its_server() -> None:
    server = MockServer(vendors=["open2b"], customers=0)
    with server, server.default.events(timeout=DEADLINE) as events:
        server.close()
        with pytest.raises((StopIteration, Unreachable)):
            next(events)
