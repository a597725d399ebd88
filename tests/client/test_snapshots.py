"""Named states, through the client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import AdminError, MockServer, Sandbox
from tests.client.till import JAMIE, Till


@pytest.fixture
def saved(server: MockServer, sandbox: Sandbox, till: Till) -> Iterator[str]:
    """A state with a customer who was made a moment ago."""
    till.enrol("Ada")
    entry = sandbox.save(sandbox.name)
    assert (entry.name, entry.sandbox) == (sandbox.name, sandbox.name)
    yield entry.name
    server.snapshots.delete(entry.name)


def people(sandbox: Sandbox) -> set[str]:
    return {record["first_name"] for record in sandbox.records("kounta", "customers")}


def test_a_sandbox_goes_to_a_state_that_was_kept(sandbox: Sandbox, till: Till, saved: str) -> None:
    till.enrol("Grace")
    sandbox.load(saved)
    assert "Ada" in people(sandbox)
    assert "Grace" not in people(sandbox)


def test_a_new_sandbox_begins_with_a_state_that_was_kept(server: MockServer, saved: str) -> None:
    with server.sandbox(snapshot=saved) as sandbox:
        assert "Ada" in people(sandbox)
        assert sandbox.info.source == f"snapshot {saved}"


def test_a_state_travels_to_another_server_as_a_document(server: MockServer, saved: str) -> None:
    document = server.snapshots.get(saved)
    with MockServer(vendors=["kounta", "open2b"], customers=0, sockets=False) as other:
        assert other.snapshots.save("from-elsewhere", document).records > 0
        other.default.load("from-elsewhere")
        assert "Ada" in people(other.default)


def test_states_are_listed_and_forgotten(server: MockServer, saved: str) -> None:
    server.snapshots.save("of-the-default")
    assert {saved, "of-the-default"} <= {entry.name for entry in server.snapshots.list()}
    server.snapshots.delete("of-the-default")
    with pytest.raises(AdminError) as caught:
        server.snapshots.get("of-the-default")
    assert caught.value.row == "snapshot-unknown"
    assert JAMIE
