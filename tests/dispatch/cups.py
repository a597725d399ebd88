"""A vendor of the tests' own: a shop of cups.

The cups are all that another vendor takes: a contract, some functions, a section in a fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.people import Cast
from mockserver.sandbox import Sandbox
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendor import Credential, Dialect, Vendor
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.toys import RULES, judge, module, refuse, write

CONTRACT = """
openapi: 3.1.1
info: {title: Cups, version: '1'}
servers: [{url: /cups/v1}]
x-claims: '^/cups/v[0-9]+/'
x-rate-limit: {windows: {key: {calls: 3, seconds: 60}}}
x-errors:
  - {id: key-missing, status: 403, message: no key, evidence: inferred}
  - {id: path-unknown, when: unknown-path, status: 404, message: nothing is there, evidence: inferred}
  - {id: method-wrong, when: wrong-method, status: 405, message: not that way, evidence: inferred}
  - {id: body-unreadable, when: unreadable-body, status: 400, message: 'unreadable: {reason}', example: {reason: it}, evidence: inferred}
  - {id: body-too-large, when: body-too-large, status: 413, message: 'over {limit}', example: {limit: 1}, evidence: inferred}
  - {id: media-type-wrong, when: wrong-media-type, status: 415, message: '{given} is none of {known}',
     example: {given: a, known: b}, evidence: inferred}
  - {id: calls-exceeded, when: rate-limited, status: 429, message: 'over {calls} in {seconds} s', example: {calls: 3, seconds: 60}, evidence: inferred}
  - {id: field-wrong, status: 400, message: '{where} {field}: {keyword}', example: {where: body, field: name, keyword: type}, evidence: inferred}
  - {id: cup-missing, status: 404, message: 'no cup {id}', example: {id: 1}, evidence: inferred}
paths:
  /cups:
    get:
      operationId: find_cups
      summary: Find cups
      parameters:
        - {name: size, in: query, required: true, schema: {type: integer, minimum: 1}}
        - {name: full, in: query, schema: {type: boolean}}
        - {name: colours, in: query, schema: {type: array, items: {$ref: '#/components/schemas/Colour'}}}
      responses: &ours
        '200': {description: Some, content: {application/json: {schema: {$ref: '#/components/schemas/Cups'}}}}
        default: &refused {description: Refused, content: {application/json: {schema: {$ref: '#/components/schemas/Refused'}}}}
    post:
      operationId: create_cup
      summary: Make a cup
      x-errors:
        - {id: name-too-long, status: 422, message: '{name} is too long', example: {name: a}, evidence: inferred}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/NewCup'}}}
      responses:
        '201': {description: Made, content: {application/json: {schema: {$ref: '#/components/schemas/Cup'}}}}
        default: *refused
  /cups/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, minimum: 1}}]
    get:
      operationId: get_cup
      summary: Get a cup
      responses: *ours
    delete:
      operationId: break_cup
      summary: Break a cup
      responses:
        '204': {description: Gone}
        default: *refused
  /mischief/{kind}:
    parameters: [{name: kind, in: path, required: true, schema: {type: string}}]
    get:
      operationId: look
      summary: Say that nothing is altered
      responses: *ours
    post:
      operationId: meddle
      summary: Alter, and go wrong
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: *ours
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Cups}}
  schemas:
    Colour: {type: string, enum: [red, blue]}
    NewCup:
      type: object
      additionalProperties: false
      required: [name]
      properties:
        name: {type: string, maxLength: 5, x-row: name-too-long}
        size: {type: integer}
    Cup: {type: object, required: [id], properties: {id: {type: integer}, name: {type: string}}}
    Cups: {type: object, required: [cups], properties: {cups: {type: array, items: {$ref: '#/components/schemas/Cup'}}}}
    Refused: {type: object, required: [row], properties: {row: {type: string}, text: {type: string}}}
"""
KEY = {"X-Cups": "a"}


class Cup(Record, frozen=True, kw_only=True):
    id: int = 0
    name: str


class Shelf(State):
    cups = collection(Cup)


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: list[str] = []


def find_cups(shelf: Shelf, call: Call) -> Reply:
    return Reply({"cups": [{"id": cup.id, "name": cup.name} for cup in shelf.cups], "asked": call.query})


def get_cup(shelf: Shelf, call: Call) -> Reply:
    cup = shelf.cups.get(call.path["id"])
    if cup is None:
        raise Refused("cup-missing", id=call.path["id"])
    return Reply({"cups": [{"id": cup.id, "name": cup.name}]})


def create_cup(shelf: Shelf, call: Call) -> Reply:
    name = call.body["name"]
    if len(name) > 5 and name != "overlooked":
        raise Refused("name-too-long", name=name)
    cup = shelf.cups.add(Cup(name=name))
    return Reply({"id": cup.id, "name": name}, 201, ((b"location", b"/cups/v1/cups/%d" % cup.id),))


def break_cup(shelf: Shelf, call: Call) -> Reply:
    shelf.cups.remove(call.path["id"])
    return Reply(None, 204, media_type="")


def look(shelf: Shelf, call: Call) -> Reply:
    return MISCHIEF[call.path["kind"]](shelf)


def meddle(shelf: Shelf, call: Call) -> Reply:
    shelf.cups.add(Cup(name="never"))
    return MISCHIEF[call.path["kind"]](shelf)


def _alter(shelf: Shelf) -> Reply:
    shelf.cups.add(Cup(name="never"))
    return Reply({"cups": []})


def _raise(_shelf: Shelf) -> Reply:
    raise ValueError("out of cups")


MISCHIEF: dict[str, Callable[[Shelf], Reply]] = {
    "alter": _alter,
    "raise": _raise,
    "wrong-body": lambda _: Reply({"cups": [{"id": "one"}]}),
    "wrong-status": lambda _: Reply({"cups": []}, 202),
    "wrong-media-type": lambda _: Reply("cups", media_type="text/plain"),
    "unwritable": lambda _: Reply({"cups": [], "saucer": object()}),
    "surrogate": lambda _: Reply({"cups": [{"id": 1, "name": "\ud800"}]}),
    "unknown-row": lambda _: _refuse_unknown(),
}


def _refuse_unknown() -> Reply:
    row = "nobody" + "-knows"
    raise Refused(row)


def authenticate(_shelf: Shelf, call: Call) -> str:
    key = call.header(b"x-cups")
    if key is None:
        raise Refused("key-missing")
    return key


def seed(shelf: Shelf, section: Section, _cast: Cast) -> None:
    for name in section.names:
        shelf.cups.add(Cup(name=name))


OPERATIONS = module("cups.operations", find_cups, get_cup, create_cup, break_cup, look, meddle)
WIRE = module("cups.wire", authenticate)


def cups(folder: Path, changes: Mapping[str, Any]) -> Vendor:
    """The vendor, with its contract in a folder, some members of which are replaced."""
    dialect = Dialect(
        contract=write(folder / "cups.yaml", CONTRACT, changes),
        operations=[OPERATIONS],
        rules=[RULES, WIRE],
        authenticate=authenticate,
        judge=judge,
        refuse=refuse,
        credentials=lambda _: [Credential("any", KEY)],
        meter=lambda key: ("key", key),
    )
    return Vendor("cups", [dialect], Shelf, Section, seed)


def client(world: World) -> AppClient:
    return AppClient(world.app, base_url="http://127.0.0.1", headers=KEY)


def names(sandbox: Sandbox) -> list[str]:
    return [cup.name for cup in sandbox.subjects["cups"].cups]
