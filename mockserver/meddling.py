"""What a fault rule makes of one request: the operation done, undone or never done, and its reply another."""

from __future__ import annotations

from collections.abc import Callable, Generator
from types import AsyncGeneratorType, GeneratorType
from typing import Any, NamedTuple

from mockserver.answers import Unwritten, checked, refuse, unchecked
from mockserver.call import Call, Refused
from mockserver.contract import RateLimit
from mockserver.faults.effect import UNANSWERED, Effect
from mockserver.faults.injected import in_own_words
from mockserver.faults.past import as_it_was
from mockserver.problem import Objection, problem
from mockserver.routes import Route
from mockserver.rows import INJECTED
from mockserver.sandbox import Sandbox
from mockserver.transport import Wire

Serve = Callable[[], Wire | Unwritten]
"""Does what the request asks for. Raises Refused."""


class Meddled(NamedTuple):
    """What is answered, and what is done to it on its way."""

    outcome: Wire | Unwritten
    effect: Effect


def meddle(effect: Effect, sandbox: Sandbox, route: Route, call: Call, serve: Serve) -> Meddled:
    """Serve a request as a rule wants it. Raises Objection where that cannot be done here."""
    if effect.powerless:
        raise Objection(_powerless(effect))
    call.fault = effect.rule
    then = effect.then
    if not (then.refuses or then.fault):
        return Meddled(_served(effect, sandbox, route, call, serve), effect)
    if then.performed:
        _perform(serve)
    call.row = None
    return Meddled(_instead(effect, sandbox, route, call), effect)


def _powerless(effect: Effect) -> Any:
    what = effect.then.fault or "truncateBodyAtFraction"
    detail = (
        f"The rule '{effect.rule}' wants {what}, and there is no connection here to cut, as in tests without sockets; "
        "ask the server over a socket. The rule is not used up by this"
    )
    return problem(500, "Powerless fault", detail, fault=effect.rule)


def _served(effect: Effect, sandbox: Sandbox, route: Route, call: Call, serve: Serve) -> Wire | Unwritten:
    """What the vendor answers, a refusal too."""
    try:
        stale = effect.then.stale
        if stale is None:
            return serve()
        return _from_the_past(stale.lag_millis, sandbox, route, call, serve)
    except Refused as refused:
        return refuse(route, call, refused)


def _from_the_past(lag: float, sandbox: Sandbox, route: Route, call: Call, serve: Serve) -> Wire | Unwritten:
    call.find("stale", f"answered from the records as they were {lag:g} ms before")
    with as_it_was(sandbox.ledger, sandbox.journal, route.api.vendor, call.at - lag / 1000) as whole:
        if not whole:
            reason = "the journal does not reach back that far; the records are as old as it has them (--journal)"
            call.find("stale-journal", reason)
        outcome = serve()
        if isinstance(outcome, Unwritten) and isinstance(outcome.reply.body, GeneratorType):
            outcome.reply.body = _whole(outcome.reply.body)
            return checked(outcome.operation, outcome.reply)
        return outcome


def _whole(pieces: Generator[None, None, bytes]) -> bytes:
    """What a slow reply comes to, at once: the past does not last."""
    while True:
        try:
            next(pieces)
        except StopIteration as done:
            return bytes(done.value)


def _perform(serve: Serve) -> None:
    """Do what is asked, and hear nothing of it."""
    try:
        outcome = serve()
    except Refused:
        return
    if isinstance(outcome, Unwritten) and not isinstance(outcome.reply.body, AsyncGeneratorType):
        outcome.reply.body.close()


def _instead(effect: Effect, sandbox: Sandbox, route: Route, call: Call) -> Wire:
    """What the client is told in the operation's place."""
    then, api = effect.then, route.api
    if then.error is not None:
        return refuse(route, call, Refused(then.error))
    if then.rate_limit is not None:
        limit = api.contract.limit
        assert isinstance(limit, RateLimit)  # noqa: S101  the rule is not for contracts that have none
        return refuse(route, call, sandbox.limiter.exhausted(api, limit, call))
    if then.status is not None:
        return with_status(route, call, then.status)
    return UNANSWERED


def with_status(route: Route, call: Call, status: int) -> Wire:
    """The vendor's reply with a status. One that the operation does not declare has nothing to be checked against."""
    reply = in_own_words(route.api, call.operation, status)
    if reply is None:
        raise Objection(problem(400, "Unknown form", f"{route.api.name} does not say how an error with {status} looks"))
    call.row = None if reply.row == INJECTED.id else reply.row
    operation = call.operation
    if operation is None or all(declared != reply.status for declared, _ in operation.replies):
        return unchecked(route.api.contract.errors, reply)
    return checked(operation, reply)
