"""Playing a recording: each request as it was sent, each answer against the recorded one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from tests.replay import database
from tests.replay.comparison import Difference, compare, shown
from tests.replay.gaps import left_out, somebody
from tests.replay.recording import Exchange, Step, Unreadable, World
from tests.replay.server import ADMIN, RESTRICTED, Answer, Server
from tests.replay.sheets import compare_sheets

_TOKEN = re.compile(r"\{([A-Z]+_TOKEN)\}")
_JSON = "application/json"


class Result(msgspec.Struct, frozen=True):
    """An exchange with all that differs; or no exchange, and a remark of the replay's own."""

    exchange: Exchange | None
    differences: list[Difference] = []
    remark: str = ""


def play(steps: Sequence[Step]) -> Iterator[Result]:
    """The results of all exchanges, in order. Raises Unreadable."""
    server = Server()
    tokens = _tokens(server, steps)
    interest = {name for step in steps if isinstance(step, Exchange) for name in step.response.headers}
    missing = left_out(steps)
    for step in steps:
        if step.number in missing:
            yield _create(server, step.number, missing[step.number], tokens)
        if isinstance(step, World):
            database.put(server, step)
        else:
            answer = _ask(server, step, tokens)
            yield Result(step, list(_differences(step, answer, interest)))


def _tokens(server: Server, steps: Sequence[Step]) -> dict[str, str]:
    """What the placeholders stand for. The revoked token is a good one until a recording revokes it itself."""
    revoked = server.sign_in(ADMIN)
    exchanges = [step for step in steps if isinstance(step, Exchange)]
    by_itself = [each for each in exchanges if each.operation == "logout" and each.succeeded]
    if not any("{REVOKED_TOKEN}" in value for each in by_itself for value in each.request.headers.values()):
        server.sign_out(revoked)
    return {
        "ADMIN_TOKEN": server.sign_in(ADMIN),
        "RESTRICTED_TOKEN": server.sign_in(RESTRICTED),
        "REVOKED_TOKEN": revoked,
    }


def _create(server: Server, line: int, count: int, tokens: dict[str, str]) -> Result:
    """Create the customers whose creation is left out."""
    headers = {"Authorization": f"Bearer {tokens['ADMIN_TOKEN']}", "Content-Type": _JSON}
    ids = []
    for number in range(1, count + 1):
        server.advance()
        answer = server.ask("POST", "/api/admin-customer", headers, json.dumps(somebody(line * 100 + number)).encode())
        ids.append(json.loads(answer.content).get("data", {}).get("id", f"none ({answer.status})"))
    return Result(None, remark=f"line {line}: customers that nobody creates in the recording were created: {ids}")


def _ask(server: Server, exchange: Exchange, tokens: dict[str, str]) -> Answer:
    request = exchange.request
    if request.is_write:
        server.advance()
    headers = {name: _with_tokens(value, tokens, exchange.number) for name, value in request.headers.items()}
    return server.ask(request.method, request.target, headers, (request.body_raw or "").encode())


def _with_tokens(value: str, tokens: dict[str, str], line: int) -> str:
    def token(placeholder: re.Match[str]) -> str:
        if placeholder[1] not in tokens:
            raise Unreadable(f"line {line}: nobody has the token {placeholder[0]}; known: {', '.join(tokens)}")
        return tokens[placeholder[1]]

    return _TOKEN.sub(token, value)


def _differences(exchange: Exchange, answer: Answer, interest: set[str]) -> Iterator[Difference]:
    recorded = exchange.response
    if recorded.status != answer.status:
        yield Difference("status", "status", str(recorded.status), str(answer.status))
    ours = {name: value for name, value in answer.headers.items() if name in interest}
    for difference in compare(dict(sorted(recorded.headers.items())), dict(sorted(ours.items())), "headers"):
        yield Difference("header", difference.where, difference.recorded, difference.answered)
    if recorded.xlsx is not None:
        yield from compare_sheets(recorded.xlsx, answer.content)
    elif recorded.headers.get("content-type", "").startswith(_JSON) and exchange.request.method != "HEAD":
        yield from _compare_json(recorded.body, answer.content)
    else:
        yield from compare(recorded.body_text or "", answer.content.decode(errors="replace"), "body")


def _compare_json(recorded: Any, content: bytes) -> Iterator[Difference]:
    try:
        answered = json.loads(content)
    except ValueError:
        yield Difference("type", "body", shown(recorded), f"no JSON: {shown(content.decode(errors='replace'))}")
        return
    yield from compare(recorded, answered, "body")
