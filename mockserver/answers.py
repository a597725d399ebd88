"""What is answered: an operation's reply, found to meet its contract; a refusal; or that the fake has a bug."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Generator
from types import GeneratorType
from typing import NamedTuple

from mockserver.call import Call, Mistyped, Refused, Reply
from mockserver.contract import Operation
from mockserver.findings import Violation
from mockserver.problem import problem
from mockserver.routes import Route
from mockserver.sandbox import Sandboxes
from mockserver.transport import Wire, encode, to_bytes, wrap
from mockserver.vendor import Api

_NO_CONTENT, _METHOD_NOT_ALLOWED = 204, 405
log = logging.getLogger("mockserver")


class BrokenReply(Exception):
    """A reply that the contract does not allow: a bug of the fake."""


class Unwritten(NamedTuple):
    """A reply whose body takes long to write: a generator, as `Reply` describes it."""

    operation: Operation
    reply: Reply


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
    if type(reply.body) is not GeneratorType:
        return checked(operation, reply)
    if not operation.safe:
        raise BrokenReply(f"{operation.id} may alter the state, so its reply must be whole at once")
    return Unwritten(operation, reply)


async def written(unwritten: Unwritten, call: Call) -> Wire:
    """A reply written piece by piece, with a turn for other requests after each."""
    operation, reply = unwritten
    try:
        reply.body = await _whole(reply.body)
        return checked(operation, reply)
    except Exception as error:  # noqa: BLE001  whatever breaks, the client gets an answer that says so
        return encode(bug(error, call))


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
    call.row = refused.row
    if route.allowed and reply.status == _METHOD_NOT_ALLOWED:
        reply.headers = (*reply.headers, (b"allow", ", ".join(route.allowed).encode()))
    return encode(reply) if call.operation is None else checked(call.operation, reply)


def checked(operation: Operation, reply: Reply) -> Wire:
    """A reply as it will be sent, found to meet the contract: now, or when the same was last sent."""
    try:
        check = operation.replies[reply.status, reply.media_type]
    except KeyError:
        raise BrokenReply(operation.undeclared(reply.status, reply.media_type)) from None
    sent = to_bytes(reply)
    if check is None:
        return wrap(reply, sent)
    may_repeat = operation.safe and not reply.headers
    known: Wire | None = check.known.get(sent) if may_repeat else None
    if known is not None:
        return known
    mismatch = check.mismatch(sent)
    if mismatch is not None:
        raise BrokenReply(mismatch)
    wire = wrap(reply, sent)
    if may_repeat:
        check.known.keep(sent, wire)
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
    detail = f"there is no sandbox called '{name}'; known: {', '.join(known)}"
    return problem(404, "Unknown sandbox", detail, known=known)
