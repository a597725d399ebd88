"""One request, from left to right: sandbox, route, credential, limit, body, operation, reply, journal.

A pure-ASGI middleware: what no contract has a say in goes to the application that it wraps. Nothing awaits between
reading a request and sending its reply, so each operation is atomic by construction.
"""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Mapping

from mockserver.answers import Unwritten, bug, preflight, refuse, run, unknown_sandbox, written
from mockserver.call import Call, Refused
from mockserver.contract import RateLimit
from mockserver.journal import Exchange
from mockserver.limits import exceeded, told
from mockserver.negotiation import negotiate
from mockserver.options import Options
from mockserver.prefer import refuse_if_asked
from mockserver.problem import Objection
from mockserver.reading import read_request
from mockserver.routes import Route, Routes
from mockserver.rows import BODY_TOO_LARGE, RATE_LIMITED, UNKNOWN_PATH, WRONG_METHOD
from mockserver.sandbox import Sandbox, Sandboxes
from mockserver.state.change import Change
from mockserver.transport import App, Gone, Receive, Scope, Send, Wire, choose_sandbox, dressed, encode, read_rest
from mockserver.vendor import ADMIN, Api

Headers = Mapping[bytes, bytes]


class Dispatch:
    """Answers every request that a contract has a say in."""

    def __init__(self, rest: App, routes: Routes, sandboxes: Sandboxes, options: Options) -> None:
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
        route = self._routes.find(scope["method"], path)
        if route is None:
            await self._rest(scope, receive, send)
            return
        try:
            message = await receive()
            body = message["body"]
            if message.get("more_body", False):
                body = await read_rest(receive, body, self._options.max_body)
        except (KeyError, Gone, CancelledError):
            return  # the client went away, or the server stops, before the request was complete
        sandbox = self._sandboxes.get(name)
        if sandbox is None:
            wire = encode(unknown_sandbox(name, self._sandboxes))
        else:
            wire = await self._answer(sandbox, route, scope, headers, body)
        await send({"type": "http.response.start", "status": wire.status, "headers": wire.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else wire.body})

    async def _answer(self, sandbox: Sandbox, route: Route, scope: Scope, headers: Headers, body: bytes) -> Wire:
        """Perform the operation, whatever comes of it, and write the exchange into the journal."""
        started = time.perf_counter()
        api, operation, journal = route.api, route.operation, sandbox.journal
        call = self._call(route, scope, headers, sandbox.clock.time())
        changes: list[Change] = []
        outcome = self._outcome(sandbox, route, call, body, changes)
        wire = await written(outcome, call) if isinstance(outcome, Unwritten) else outcome
        charset = api.contract.manners.charset
        if call.reply_headers or charset:
            wire = Wire(wire.status, dressed(wire.headers, call.reply_headers, charset), wire.body)
        if changes or api.vendor != ADMIN:
            id = journal.next_id()
            if changes and operation is not None and operation.events:
                changes += sandbox.webhooks.notice(api.vendor, changes, id, call.at)
            journal.append(
                Exchange(
                    id,
                    call.at,
                    time.perf_counter() - started,
                    api.vendor,
                    api.name,
                    None if operation is None else operation.id,
                    call.method,
                    call.target,
                    journal.shared(scope["headers"]),
                    body,
                    wire.status,
                    wire.headers,
                    wire.body,
                    call.row,
                    call.findings,
                    changes or (),
                )
            )
        return wire

    def _call(self, route: Route, scope: Scope, headers: Headers, at: float) -> Call:
        target, query = scope["path"], ""
        if scope["query_string"]:
            query = scope["query_string"].decode("latin-1")
            target = f"{target}?{query}"
        scheme = scope.get("scheme", "http")
        return Call(route.operation, self._options, scope["method"], target, headers, at, query, scheme, route.suffix)

    def _outcome(
        self, sandbox: Sandbox, route: Route, call: Call, body: bytes, changes: list[Change]
    ) -> Wire | Unwritten:
        """What is sent."""
        try:
            try:
                return self._perform(sandbox, route, call, body, changes)
            except Refused as refused:
                return refuse(route, call, refused)
        except Objection as objection:
            return encode(objection.reply)
        except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer that says so
            return encode(bug(error, call))

    def _perform(
        self, sandbox: Sandbox, route: Route, call: Call, body: bytes, changes: list[Change]
    ) -> Wire | Unwritten:
        """Everything that may refuse, in the order in which it may."""
        api, operation = route.api, route.operation
        subject = sandbox.subjects[api.vendor]
        if api.dialect.read is not None:
            self._refuse_too_large(api, body)
            call.body = api.dialect.read(call, body)
        if call.method == "OPTIONS" and api.contract.manners.cors:
            return preflight(call, api.contract.manners.cors)
        if route.allowed:
            raise api.condition(WRONG_METHOD, **_asked(call))
        call.principal = api.dialect.authenticate(subject, call)
        limit = api.contract.limit
        if limit is not None and (self._options.rate_limits or limit.mode) != "off":
            self._count(sandbox, api, limit, call, changes)
        if operation is None:
            raise api.condition(UNKNOWN_PATH, **_asked(call))
        if operation.formats and not route.suffix:
            negotiate(api, operation, call)
        if b"prefer" in call.headers:
            refuse_if_asked(call.headers[b"prefer"], operation)
        self._refuse_too_large(api, body)
        violations = read_request(route, operation, call, body)
        if operation.safe:
            return run(api, operation, subject, call, violations)
        with sandbox.ledger.transaction() as made:
            wire = run(api, operation, subject, call, violations)
        changes += made
        return wire

    def _refuse_too_large(self, api: Api, body: bytes) -> None:
        if len(body) > self._options.max_body:
            raise api.condition(BODY_TOO_LARGE, limit=self._options.max_body)

    def _count(self, sandbox: Sandbox, api: Api, limit: RateLimit, call: Call, changes: list[Change]) -> None:
        metered = api.dialect.meter(call.principal)
        if metered is None:
            return
        allowed = limit.windows[metered[0]]
        window, change = sandbox.limiter.count(f"{api.name}:{metered[0]}:{metered[1]}", allowed, call.at)
        if change is not None:
            changes.append(change)
        call.reply_headers = told(limit, allowed, window)
        if window.calls > allowed.calls:
            if (self._options.rate_limits or limit.mode) == "enforce":
                raise api.condition(RATE_LIMITED, calls=allowed.calls, seconds=allowed.seconds)
            call.findings = (*call.findings, exceeded(allowed))


def _asked(call: Call) -> dict[str, str]:
    """What a request asked for that nobody answers."""
    return {"method": call.method, "path": call.target, "resource": call.resource.partition("?")[0]}
