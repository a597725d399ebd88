"""One request, from left to right: sandbox, route, credential, limit, fault, body, operation, reply, journal.

A pure-ASGI middleware: what no contract has a say in goes to the application that it wraps. Nothing awaits between
reading a request and knowing its reply, so each operation is atomic by construction.
"""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Mapping, MutableMapping
from functools import partial
from typing import Any

from mockserver.answers import BrokenReply, Stream, Unwritten, bug, preflight, refuse, run, unknown_sandbox, written
from mockserver.call import Call, Refused
from mockserver.faults.effect import Delivery
from mockserver.meddling import Meddled, meddle
from mockserver.negotiation import negotiate
from mockserver.noting import Done, note, note_outside
from mockserver.options import Fidelity, Options
from mockserver.prefer import preferred
from mockserver.problem import Objection
from mockserver.reading import most_bytes, read_request, refuse_too_large
from mockserver.routes import Route, Routes
from mockserver.rows import UNKNOWN_PATH, WRONG_METHOD
from mockserver.sandbox import DEFAULT, Sandbox
from mockserver.sandboxes import Sandboxes
from mockserver.state.change import Change
from mockserver.tally import outside
from mockserver.transport import (
    App,
    Gone,
    Incoming,
    Receive,
    Scope,
    Send,
    Wire,
    asked_for,
    choose_sandbox,
    dressed,
    encode,
    read_rest,
)
from mockserver.vendor import ADMIN


class Dispatch:
    """Answers every request that a contract has a say in. There is a route table for each fidelity."""

    def __init__(self, rest: App, routes: Mapping[Fidelity, Routes], sandboxes: Sandboxes, options: Options) -> None:
        self._rest = rest
        self._routes = routes
        self._sandboxes = sandboxes
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] != "http":
            await self._rest(scope, receive, send)
            return
        headers = dict(scope["headers"])
        name, path = choose_sandbox(scope["path"], headers)
        if name is None:
            name = self._sandboxes.find(headers) if self._sandboxes.bound else DEFAULT
        sandbox = self._sandboxes.get(name)
        options = self._options if sandbox is None else sandbox.options
        route = self._routes[options.fidelity].find(scope["method"], path)
        if route is None:
            await self._pass_on(sandbox, scope, receive, send)
            return
        try:
            message = await receive()
            body = message["body"]
            if message.get("more_body", False):
                body = await read_rest(receive, body, most_bytes(route, self._options))
        except (KeyError, Gone, CancelledError):
            return  # the client went away, or the server stops, before the request was complete
        if sandbox is None:
            wire: Wire | Stream | Delivery = encode(unknown_sandbox(name, self._sandboxes))
        else:
            try:
                wire = await self._answer(sandbox, route, Incoming(scope, headers, body, send, receive))
            except Gone:
                return  # nobody waits for the reply any more
        if not isinstance(wire, Wire):
            await wire.send(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else wire.body})

    async def _answer(self, sandbox: Sandbox, route: Route, incoming: Incoming) -> Wire | Stream | Delivery:
        """Perform the operation, whatever comes of it, and write the exchange into the journal."""
        started = time.perf_counter()
        call = _call(route, incoming, sandbox)
        changes: list[Change] = []
        outcome, effect = self._outcome(sandbox, route, call, incoming, changes), None
        if isinstance(outcome, Meddled):
            outcome, effect = outcome
        if isinstance(outcome, Unwritten):
            answer = await written(route, call, outcome, incoming.receive)
            if isinstance(answer, Stream):
                return answer
            outcome = answer
        wire, charset = outcome, route.api.contract.manners.charset
        if call.reply_headers or charset:
            wire = Wire(wire.status, dressed(wire.headers, call.reply_headers, charset), wire.body)
        if effect is not None:
            wire = effect.worsen(wire)
        if changes or route.api.vendor != ADMIN:
            note(self._sandboxes, sandbox, route, call, Done(started, incoming, wire, changes))
        return wire if effect is None else Delivery(wire, effect)

    async def _pass_on(self, sandbox: Sandbox | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it answered by the application inside; once it begins to, note that no contract has such a path."""
        started, at = time.perf_counter(), 0.0 if sandbox is None else sandbox.clock.time()

        async def noting(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start" and sandbox is not None:
                note_outside(sandbox, scope, message["status"], (at, time.perf_counter() - started))
            await send(message)

        await self._rest(scope, receive, noting)

    def _outcome(
        self, sandbox: Sandbox, route: Route, call: Call, incoming: Incoming, changes: list[Change]
    ) -> Wire | Unwritten | Meddled:
        """What is sent."""
        try:
            try:
                return self._admit(sandbox, route, call, incoming, changes)
            except Refused as refused:
                return refuse(route, call, refused)
        except Objection as objection:
            return encode(objection.reply)
        except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer that says so
            return encode(bug(error, call))

    def _admit(
        self, sandbox: Sandbox, route: Route, call: Call, incoming: Incoming, changes: list[Change]
    ) -> Wire | Unwritten | Meddled:
        """Everything that may refuse before the operation is asked, in the order in which it may; and faults."""
        api, options, body = route.api, sandbox.options, incoming.body
        if api.dialect.read is not None:
            refuse_too_large(route, call, body)
            call.body = api.dialect.read(call, body)
        if call.method == "OPTIONS" and api.contract.manners.cors:
            return preflight(call, api.contract.manners.cors)
        if call.operation is None:
            call.findings = (outside(call.method, call.target),)
        if route.allowed:
            raise api.condition(WRONG_METHOD, **_asked(call))
        call.principal = api.dialect.authenticate(sandbox.subjects[api.vendor], call)
        limit = api.contract.limit
        if limit is not None and (options.rate_limits or limit.mode) != "off":
            sandbox.limiter.meter(api, limit, call, changes)
        effect = sandbox.faults.choose(api, call, incoming, changes)
        if effect is None:
            return self._perform(sandbox, route, call, body, changes)
        return meddle(effect, sandbox, route, call, partial(self._perform, sandbox, route, call, body, changes))

    def _perform(
        self, sandbox: Sandbox, route: Route, call: Call, body: bytes, changes: list[Change]
    ) -> Wire | Unwritten:
        """The operation, and what may refuse just before it."""
        api, operation, subject = route.api, route.operation, sandbox.subjects[route.api.vendor]
        if operation is None:
            raise api.condition(UNKNOWN_PATH, **_asked(call))
        if operation.formats and not route.suffix:
            negotiate(api, operation, call)
        if b"prefer" in call.headers:
            asked = preferred(call.headers[b"prefer"], route, operation, call)
            if asked is not None:
                return asked
        refuse_too_large(route, call, body)
        violations = read_request(route, operation, call, body)
        if operation.safe:
            return run(api, operation, subject, call, violations)
        with sandbox.ledger.transaction() as made:
            wire = run(api, operation, subject, call, violations)
            if made and isinstance(wire, Unwritten):
                raise BrokenReply(f"{operation.id} has altered something, so its reply must be whole at once")
        changes += made
        return wire


def _call(route: Route, incoming: Incoming, sandbox: Sandbox) -> Call:
    scope, options = incoming.scope, sandbox.options
    query, target = asked_for(scope)
    scheme, at = scope.get("scheme", "http"), sandbox.clock.time()
    return Call(route.operation, options, scope["method"], target, incoming.headers, at, query, scheme, route.suffix)


def _asked(call: Call) -> dict[str, str]:
    """What a request asked for that nobody answers."""
    return {"method": call.method, "path": call.target, "resource": call.resource.partition("?")[0]}
