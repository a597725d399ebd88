"""A third vendor of the tests' own: its program reads a request before it looks for its path and its sender.

Its paths may be written in any letter case, and its page prints one that the program does not know.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.people import Cast
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendor import Credential, Dialect, Vendor
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.toys import RULES, judge, module, refuse, write

CONTRACT = """
openapi: 3.1.1
info: {title: Tins, version: '1'}
servers: [{url: /store}]
x-lenient-paths: true
x-charset: utf-8
x-unknown-parameters: ignore
x-cors: {methods: 'GET,POST'}
x-errors:
  - {id: key-missing, status: 403, message: no key, evidence: inferred}
  - {id: path-unknown, when: unknown-path, status: 404, message: '{method} {resource} of {path}', example: {method: GET, resource: /, path: /}, evidence: inferred}
  - {id: method-wrong, when: wrong-method, status: 404, message: '{method} {resource}', example: {method: GET, resource: /}, evidence: inferred}
  - {id: body-unreadable, when: unreadable-body, status: 500, message: 'unreadable: {reason}', example: {reason: it}, evidence: inferred}
  - {id: body-too-large, when: body-too-large, status: 413, message: 'over {limit}', example: {limit: 1}, evidence: inferred}
  - {id: field-wrong, status: 400, message: '{where} {field}: {keyword}', example: {where: body, field: sort, keyword: type}, evidence: inferred}
paths:
  /tins:
    x-aliases: [/cans]
    get:
      operationId: find_tins
      summary: Find tins
      x-shelf: top
      responses: &ours
        '200': {description: What was heard, content: {application/json: {schema: {$ref: '#/components/schemas/Heard'}}}}
        default: &refused {description: Refused, content: {application/json: {schema: {$ref: '#/components/schemas/Refused'}}}}
    post:
      operationId: fill_tin
      summary: Fill a tin
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Filling'}}}}
      responses: *ours
  /tins/{name}:
    x-aliases: ['/cans/{name}']
    parameters: [{name: name, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get_tin
      summary: Get a tin
      responses: *ours
  /list:
    get:
      operationId: write_list
      summary: All tins, written slowly
      parameters: [{name: lines, in: query, schema: {type: integer}}]
      responses:
        '200': {description: The list, content: {text/plain: {schema: {type: string}}}}
        default: *refused
    post:
      operationId: rewrite_list
      summary: What may not be written slowly
      x-safe: false
      responses:
        '200': {description: The list, content: {text/plain: {schema: {type: string}}}}
        default: *refused
  /order:
    post:
      operationId: order_tins
      summary: Tins that come after a while
      x-safe: false
      parameters: [{name: name, in: query, required: true, schema: {type: string}}]
      responses:
        '201': {description: They came, content: {application/json: {schema: {$ref: '#/components/schemas/Heard'}}}}
        default: *refused
  /belt:
    get:
      operationId: watch_belt
      summary: Tins as they come
      parameters: [{name: tins, in: query, schema: {type: integer}}]
      responses:
        '200': {description: One line for each, content: {text/event-stream: {schema: {type: string}}}}
        default: *refused
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Tins}}
  schemas:
    Filling: {type: object, required: [sort], properties: {sort: {type: string, maxLength: 8}}}
    Heard: {type: object, required: [operation]}
    Refused: {type: object, required: [row], properties: {row: {type: string}, text: {type: string}}}
"""
KEY = {"X-Tins": "key"}


class Tin(Record, frozen=True, kw_only=True):
    """Something to put in order."""

    id: int


class Larder(State):
    """Tins that are counted."""

    tins = collection(Tin)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is said of tins in a fixture."""


def _heard(call: Call) -> Reply:
    operation = call.operation
    named = {} if operation is None else {"operation": operation.id, "shelf": operation.extra.get("x-shelf")}
    return Reply({**named, "path": dict(call.path), "body": call.body, "resource": call.resource})


def find_tins(_: Larder, call: Call) -> Reply:
    return _heard(call)


def fill_tin(larder: Larder, call: Call) -> Reply:
    """One that is filled half is there, though an error says so."""
    if call.body["sort"] == "half":
        larder.tins.put(Tin(id=2))
        return Reply({"row": "field-wrong", "text": "half of it"}, 400, row="field-wrong")
    return _heard(call)


def get_tin(_: Larder, call: Call) -> Reply:
    return _heard(call)


def write_list(larder: Larder, call: Call) -> Reply:
    """A line for each piece of the work; with no lines it breaks."""
    return Reply(_lines(len(larder.tins), call.query["lines"]), media_type="text/plain")


def rewrite_list(larder: Larder, _call: Call) -> Reply:
    """What is not done whole."""
    larder.tins.put(Tin(id=9))
    return Reply(_lines(0, 1), media_type="text/plain")


def order_tins(_: Larder, call: Call) -> Reply:
    """Waits for another thread."""
    return Reply(_ordered(call.query["name"]))


async def _ordered(name: str) -> Reply:
    await asyncio.to_thread(time.sleep, 0.01)
    if name == "beans":
        raise Refused("field-wrong", where="query", field="name", keyword="enum")
    return Reply({"operation": name}, 201, ((b"location", b"/store/tins/1"),)) if name else Reply({})


def watch_belt(_: Larder, call: Call) -> Reply:
    """A stream, which tells when it is over. One of less than no tins breaks."""
    return Reply(_belt(call.query.get("tins", 10**9)), media_type="text/event-stream")


WATCHED: list[int] = []
"""How many tins each stream showed before it was over."""


async def _belt(tins: int) -> AsyncGenerator[bytes]:
    shown = 0
    if tins < 0:
        raise ValueError(tins)
    try:
        while shown < tins:
            await asyncio.sleep(0.001)
            shown += 1
            yield b"tin\n"
    finally:
        WATCHED.append(shown)


def _lines(tins: int, lines: int) -> Generator[None, None, bytes]:
    if not lines:
        raise ZeroDivisionError
    for _ in range(lines):
        yield
    return b"%d tins\n" % tins * lines


def read(call: Call, body: bytes) -> Any:
    """A filling is what the body says. Who asks with a full stop is told so before anything else."""
    call.reply_headers = ((b"x-read", b"yes"),)
    if b"." in body:
        raise Refused("body-unreadable", reason="a full stop")
    return {"sort": body.decode()} if body else {}


def authenticate(_: Larder, call: Call) -> str:
    key = call.header(b"x-tins")
    if key is None:
        raise Refused("key-missing")
    return key


def seed(larder: Larder, _section: Section, _cast: Cast) -> None:
    larder.tins.put(Tin(id=1))


OPERATIONS = module("tins.operations", find_tins, fill_tin, get_tin, write_list, rewrite_list, order_tins, watch_belt)
WIRE = module("tins.wire", authenticate)


def tins(folder: Path, changes: Mapping[str, Any]) -> Vendor:
    """The vendor, with its contract in a folder, some members of which are replaced."""
    dialect = Dialect(
        contract=write(folder / "tins.yaml", CONTRACT, changes),
        operations=[OPERATIONS],
        rules=[RULES, WIRE],
        authenticate=authenticate,
        judge=judge,
        refuse=refuse,
        credentials=lambda _: [Credential("any", KEY)],
        read=read,
    )
    return Vendor("tins", [dialect], Larder, Section, seed)


def client(world: World) -> AppClient:
    return AppClient(world.app, base_url="http://127.0.0.1", headers=KEY)
