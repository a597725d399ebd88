"""The proxy: a request is checked, sent on, its answer checked and passed back; and all of it noted."""

from __future__ import annotations

import time
from asyncio import CancelledError
from collections.abc import Sequence

import msgspec

from mockserver.call import Call
from mockserver.problem import problem
from mockserver.proxy.answering import ReplyCheck
from mockserver.proxy.asking import RequestCheck
from mockserver.proxy.breaches import HEADER, Breach, header_value, to_json
from mockserver.proxy.coding import Undecodable, decode
from mockserver.proxy.control import Control
from mockserver.proxy.headers import came_back, rewritten, sent_on
from mockserver.proxy.messages import Answer, Asked, NoAnswer, Source
from mockserver.proxy.notes import Done, Notes
from mockserver.proxy.recorder import Recorder
from mockserver.proxy.strangers import objection
from mockserver.routes import Route, Routes
from mockserver.transport import Gone, Headers, Receive, Scope, Send, Wire, asked_for, encode, head, read_rest
from mockserver.world import World

MAX_BODY = 16 << 20
"""Bytes of a body; it is held in memory as a whole to be checked."""
_BAD_REQUEST, _FORBIDDEN, _TOO_LARGE, _BAD_GATEWAY = 400, 403, 413, 502
_BODILESS = frozenset({204, 304})
_MOST_TOLD, _MOST_LISTED = 5, 100
"""How many violations a refusal tells in words, and how many it lists."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a proxy behaves: `source` says where answers come from, `own` are headers that it sends instead of an app's, `max_body` is how long bodies may be.

    `strict`: a request that does not meet the contract is not sent on, nor an answer passed back. `on_loopback`: whether
    it listens there only.
    """

    source: str = ""
    strict: bool = False
    own: dict[bytes, bytes] = {}
    max_body: int = MAX_BODY
    on_loopback: bool = True


class Proxy:
    """An ASGI application that asks `source` for every answer, save under `/__admin`.

    `world` has the one API that is checked against, and a sandbox whose journal and coverage are the proxy's.
    """

    def __init__(self, world: World, source: Source, settings: Settings, recorder: Recorder | None = None) -> None:
        (self.api,) = world.apis
        self.settings = settings
        self.world = world
        self.recorder = recorder
        self.notes = Notes(world, self.api, settings.source)
        self._source = source
        self._control = Control(world.app, world.admin)
        self._routes = Routes([self.api])
        self._requests = RequestCheck(self.api)
        self._replies = ReplyCheck(self.api, settings.max_body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] != "http":
            return
        if self._control.is_asked(scope):
            await self._control(scope, receive, send)
            return
        try:
            message = await receive()
            body = message["body"]
            if message.get("more_body", False):
                body = await read_rest(receive, body, self.settings.max_body)
        except (KeyError, Gone, CancelledError):
            return  # the client went away, or the server stops, before the request was complete
        wire = await self._answer(scope, body)
        await send(head(wire))
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else wire.body})

    async def _answer(self, scope: Scope, body: bytes) -> Wire:
        """What the app is answered; noted, whatever it is."""
        asked = Asked(scope["method"], _target(scope), sent_on(scope, self.settings.own), body)
        done = Done(*self._read(scope, asked), asked=asked, sent=tuple(scope["headers"]))
        objected = self._objection(done.sent)
        if objected:
            done.wire = encode(problem(_FORBIDDEN, "Foreign page", objected))
        elif len(body) > self.settings.max_body:
            done.wire = _too_large(self.settings.max_body)
        else:
            await self._exchange(scope, done)
        if done.breaches:
            told = (HEADER, header_value(done.breaches))
            done.wire = Wire(done.wire.status, (*done.wire.headers, told), done.wire.body)
        self.notes.note(done)
        return done.wire

    def _objection(self, headers: Headers) -> str:
        hosts, on_loopback = self.world.options.admin_hosts, self.settings.on_loopback
        return objection(headers, hosts, on_loopback=on_loopback) if self.settings.own else ""

    def _read(self, scope: Scope, asked: Asked) -> tuple[Route | None, Call]:
        """Where a request goes by the contract, and the request as its check reads it: with the headers that are sent on."""
        route = self._routes.find(asked.method, scope["path"])
        query, target = asked_for(scope)
        operation, suffix = (None, "") if route is None else (route.operation, route.suffix)
        scheme, now = scope.get("scheme", "http"), time.time()
        headers = dict(asked.headers)
        return route, Call(operation, self.world.options, asked.method, target, headers, now, query, scheme, suffix)

    async def _exchange(self, scope: Scope, done: Done) -> None:
        """Check a request, send it on, check the answer, and pass that back; whichever of these it comes to."""
        try:
            done.body = decode(done.asked.body, done.asked.header(b"content-encoding"), self.settings.max_body)
            done.find(self._requests.breaches(done.route, done.call, done.body))
        except Undecodable as error:
            done.find([Breach("request", "body", "encoding", str(error))])
        if self.settings.strict and done.breaches:
            done.wire = _refused(_BAD_REQUEST, "the request was not sent on, for it", done.breaches)
            return
        try:
            answer = await self._source.ask(done.asked)
        except NoAnswer as nothing:
            done.wire, done.reason = nothing.wire, str(nothing)
            self._record(done, None)
            return
        except CancelledError:
            done.reason = "the proxy was stopped before there was one"
            self._record(done, None)
            self.notes.note(done)
            raise
        checked = self._replies.check(done.call.operation, done.asked.method, answer)
        done.status, done.content = answer.status, checked.body
        done.row = None if checked.row is None else checked.row.id
        self._record(done, answer)
        done.find(checked.breaches)
        if self.settings.strict and checked.breaches:
            done.wire = _refused(_BAD_GATEWAY, "the answer was not passed back, for it", checked.breaches)
        else:
            done.wire = _passed_back(scope, answer)

    def _record(self, done: Done, answer: Answer | None) -> None:
        if self.recorder is not None:
            self.recorder.record(done.asked, done.body, answer, done.content, time.perf_counter() - done.started)


def _target(scope: Scope) -> str:
    """Path and query as they came."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path


def _passed_back(scope: Scope, answer: Answer) -> Wire:
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "localhost")
    here = f"{scope.get('scheme', 'http')}://{host}"
    headers = rewritten(came_back(answer.headers), answer.origin, here)
    if scope["method"] == "HEAD":
        told = answer.header(b"content-length")
        length: Headers = ((b"content-length", told.encode("latin-1")),) if told.isdecimal() else ()
    else:
        length = () if answer.status in _BODILESS else ((b"content-length", b"%d" % len(answer.body)),)
    return Wire(answer.status, (*headers, *length), answer.body)


def _too_large(most: int) -> Wire:
    detail = f"the body has more than {most} bytes, which the proxy holds at most to check them; --max-body is how many"
    return encode(problem(_TOO_LARGE, "Body too large", detail))


def _refused(status: int, what: str, breaches: Sequence[Breach]) -> Wire:
    """With --strict: instead of what violates the contract."""
    detail = f"{what} violates the contract: {'; '.join(map(str, breaches[:_MOST_TOLD]))}"
    violations = [to_json(breach) for breach in breaches[:_MOST_LISTED]]
    return encode(problem(status, "Contract violated", detail, violations=violations))
