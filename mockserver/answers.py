"""What is answered: an operation's reply, found to meet its contract; a refusal; or that the fake has a bug."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator, Coroutine, Generator, Mapping, MutableMapping
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, NamedTuple

from mockserver.call import Call, Mistyped, Refused, Reply
from mockserver.contract import Operation
from mockserver.findings import Violation
from mockserver.problem import problem
from mockserver.routes import Route
from mockserver.rows import INJECTED, ErrorRow
from mockserver.sandboxes import Sandboxes
from mockserver.transport import Gone, Receive, Scope, Send, Wire, encode, head, to_bytes, wrap
from mockserver.vendor import Api

_NO_CONTENT, _METHOD_NOT_ALLOWED = 204, 405
_LAZY = frozenset({GeneratorType, CoroutineType, AsyncGeneratorType})
_END: MutableMapping[str, Any] = {"type": "http.response.body", "body": b""}
"""The message that ends a reply."""

log = logging.getLogger("mockserver")


class BrokenReply(Exception):
    """A reply that the contract does not allow: a bug of the fake."""


class Unwritten(NamedTuple):
    """A reply whose body is lazy, as `Reply` describes it."""

    operation: Operation
    reply: Reply


class Stream(NamedTuple):
    """A reply that is sent as it comes, for as long as somebody reads it."""

    wire: Wire
    pieces: AsyncGenerator[bytes]

    async def send(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send pieces until there are no more or the client goes away."""
        if scope["method"] == "HEAD":
            await self.pieces.aclose()
            await send(head(self.wire))
            await send(_END)
            return
        gone: asyncio.Future[Any] = asyncio.ensure_future(_disconnected(receive))
        piece: asyncio.Future[Any] = self._next()
        await asyncio.sleep(0)  # it begins before the client hears of it, and so misses nothing that comes after
        await send(head(self.wire))
        try:
            while not gone.done():
                await asyncio.wait([piece, gone], return_when=asyncio.FIRST_COMPLETED)
                if not piece.done() or not piece.result():
                    break
                await send({"type": "http.response.body", "body": piece.result(), "more_body": True})
                piece = self._next()
        except asyncio.CancelledError:  # the server stops
            await send(_END)
            raise
        except Exception:
            log.exception("%s: a bug of the fake, and the stream breaks off", scope["path"])
            return  # without its end, so that nobody takes what was sent for the whole
        finally:
            await _cancelled(piece, gone)
            await self.pieces.aclose()
        await send(_END)

    def _next(self) -> asyncio.Future[bytes]:
        return asyncio.ensure_future(anext(self.pieces, b""))


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cancelled(*futures: asyncio.Future[Any]) -> None:
    """See to it that nothing goes on."""
    under_way = [future for future in futures if not future.done()]
    for future in under_way:
        future.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def run(api: Api, operation: Operation, subject: object, call: Call, violations: list[Violation]) -> Wire | Unwritten:
    """The operation itself, and the check of what it says."""
    function, reader = api.functions[operation.id], api.readers.get(operation.id)
    try:
        if reader is None:
            reply = function(subject, call)
        else:
            reply = function(subject, call, call.request or call.read(reader.shape))
    except Mistyped as mistyped:
        api.dialect.judge(call, [mistyped.violation])
        raise
    if violations:
        raise BrokenReply(f"{operation.id} accepted a request that violates its contract: {violations[0].message}")
    call.row = reply.row
    return Unwritten(operation, reply) if type(reply.body) in _LAZY else checked(operation, reply)


async def written(route: Route, call: Call, unwritten: Unwritten, receive: Receive) -> Wire | Stream:
    """A lazy reply: written piece by piece, with a turn for other requests after each; waited for; or a stream.

    Raises Gone when the client goes away while its reply is waited for.
    """
    operation, reply = unwritten
    if isinstance(reply.body, AsyncGeneratorType):
        kind = (b"content-type", reply.media_type.encode())
        return Stream(Wire(reply.status, (kind, (b"cache-control", b"no-store"), *reply.headers), b""), reply.body)
    try:
        try:
            if isinstance(reply.body, CoroutineType):
                return checked(operation, await _while_there(reply.body, receive))
            reply.body = await _whole(reply.body)
            return checked(operation, reply)
        except Refused as refused:
            return refuse(route, call, refused)
    except Gone:
        raise
    except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer that says so
        return encode(bug(error, call))


async def _while_there(waiting: Coroutine[Any, Any, Reply], receive: Receive) -> Reply:
    """What a coroutine returns. It is cancelled when the client goes away first, or the server stops."""
    reply, gone = asyncio.ensure_future(waiting), asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait([reply, gone], return_when=asyncio.FIRST_COMPLETED)
        if reply.done():
            return reply.result()
        raise Gone
    finally:
        await _cancelled(reply, gone)


async def _whole(pieces: Generator[None, None, bytes]) -> bytes:
    while True:
        try:
            next(pieces)
        except StopIteration as done:
            return bytes(done.value)
        await asyncio.sleep(0)


def preflight(call: Call, methods: str) -> Wire:
    """What a browser is told before it asks from another origin: these methods, and the headers that it names."""
    asked = call.headers.get(b"access-control-request-headers")
    told = ((b"access-control-allow-methods", methods.encode()), (b"content-length", b"0"))
    return Wire(_NO_CONTENT, (*told, (b"access-control-allow-headers", asked)) if asked else told, b"")


def refuse(route: Route, call: Call, refused: Refused) -> Wire:
    """The vendor's refusal."""
    reply = route.api.refuse(call.operation, refused)
    call.row = reply.row = refused.row
    if route.allowed and reply.status == _METHOD_NOT_ALLOWED:
        reply.headers = (*reply.headers, (b"allow", ", ".join(route.allowed).encode()))
    return unchecked(route.api.contract.errors, reply) if call.operation is None else checked(call.operation, reply)


def unchecked(rows: Mapping[str, ErrorRow], reply: Reply) -> Wire:
    """An error row as it will be sent where no operation declares how it looks."""
    return wrap(reply, to_bytes(reply), (_attested(rows, reply.row),))


def _attested(rows: Mapping[str, ErrorRow], row: str | None) -> tuple[bytes, bytes]:
    """The header that tells how an error row is known. What stands in no table was made up by the fake."""
    return rows.get(row or INJECTED.id, INJECTED).attested


def checked(operation: Operation, reply: Reply) -> Wire:
    """A reply as it will be sent, found to meet the contract: now, or when the same was last sent."""
    try:
        check = operation.replies[reply.status, reply.media_type]
    except KeyError:
        raise BrokenReply(operation.undeclared(reply.status, reply.media_type)) from None
    sent = to_bytes(reply)
    attested = (operation.attested if reply.row is None else _attested(operation.errors, reply.row),)
    if check is None:
        return wrap(reply, sent, attested)
    may_repeat = operation.safe and not reply.headers and reply.row is None
    known: Wire | None = check.known.get(sent) if may_repeat else None
    if known is not None:
        return known
    mismatch = check.mismatch(sent)
    if mismatch is not None:
        raise BrokenReply(mismatch)
    wire = wrap(reply, sent, attested)
    if may_repeat:
        check.keep(sent, wire)
    return wire


def bug(error: Exception, call: Call) -> Reply:
    """Our own mistake, said plainly: to the client, in the journal, and in the log."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = str(error) if isinstance(error, BrokenReply) else f"{type(error).__name__}: {error}"
    detail = f"{what} (at {frame.filename}:{frame.lineno}, in {frame.name})"
    call.row = None
    call.find("bug", detail)
    log.error("%s %s: a bug of the fake: %s", call.method, call.target, detail)
    return problem(500, "Bug of the fake", detail)


def unknown_sandbox(name: str, sandboxes: Sandboxes) -> Reply:
    """What is said of a sandbox that is not there."""
    known = sorted(sandbox.name for sandbox in sandboxes)
    reason = sandboxes.why_not(name)
    why = f" ({reason})" if reason else ""
    detail = f"there is no sandbox called '{name}'{why}; known: {', '.join(known)}"
    return problem(404, "Unknown sandbox", detail, known=known)
