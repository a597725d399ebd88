"""What is kept of a request that was answered: what apps are to be told, what was met, and the journal."""

from __future__ import annotations

import time

import msgspec

from mockserver.call import Call
from mockserver.journal import Exchange
from mockserver.routes import Route
from mockserver.sandbox import Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.state.change import Change
from mockserver.tally import outside
from mockserver.transport import Incoming, Scope, Wire, asked_for
from mockserver.vendor import ADMIN


class Done(msgspec.Struct, frozen=True, gc=False):
    """A request as it came and what came of it; `started` is `time.perf_counter()`."""

    started: float
    incoming: Incoming
    wire: Wire
    changes: list[Change]


def note(sandboxes: Sandboxes, sandbox: Sandbox, route: Route, call: Call, done: Done) -> None:
    """Tell apps what was altered, and write the exchange into the journal."""
    api, operation, journal, wire, changes = route.api, call.operation, sandbox.journal, done.wire, done.changes
    id = journal.next_id()
    if changes:
        if sandbox.bound:
            sandboxes.note_issued(sandbox, changes)
        if operation is not None and operation.events:
            changes += sandbox.webhooks.notice(api.vendor, changes, id, call.at)
    name = None if operation is None else operation.id
    if api.vendor != ADMIN:
        sandbox.coverage.meet(api.name, name, wire.status, call.row)
        if call.findings:
            sandbox.tally.meet(api.name, name, call.method, call.target, call.findings, id)
    if journal.wanted:
        journal.append(
            Exchange(
                id,
                call.at,
                time.perf_counter() - done.started,
                api.vendor,
                api.name,
                name,
                call.method,
                call.target,
                journal.shared(done.incoming.scope["headers"]),
                done.incoming.body,
                wire.status,
                wire.headers,
                wire.body,
                call.row,
                call.findings,
                changes or (),
                call.fault,
            )
        )


def note_outside(sandbox: Sandbox, scope: Scope, status: int, when: tuple[float, float]) -> None:
    """Note that no contract has a request's path. `when` is the sandbox's time, and the seconds it took."""
    journal, method, target = sandbox.journal, scope["method"], asked_for(scope)[1]
    id, found, (at, took) = journal.next_id(), (outside(method, target),), when
    sandbox.tally.meet("", None, method, target, found, id)
    if journal.wanted:
        sent = journal.shared(scope["headers"])
        journal.append(
            Exchange(id, at, took, "", "", None, method, target, sent, b"", status, (), b"", None, found, ())
        )
