"""A second vendor of the tests' own, with all that the cups go without.

The pots are told as JSON or CSV, filled with JSON or a form, counted by the kind of credential, and entered by a door
elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.people import Cast
from mockserver.state.transaction import State
from mockserver.vendor import Credential, Dialect, Vendor
from mockserver.world import World
from tests.appclient import AppClient
from tests.dispatch.toys import RULES, judge, module, parsed, refuse, write

CONTRACT = """
openapi: 3.1.1
info: {title: Pots, version: '1'}
servers: [{url: /pots/v1}]
x-claims: '^/pots/'
x-formats: {json: application/json, csv: text/csv}
x-rate-limit:
  windows: {key: {calls: 3, seconds: 60}, token: {calls: 2, seconds: 10}}
  headers: {limit: X-Limit, remaining: X-Remaining, reset: X-Reset}
x-errors:
  - {id: key-missing, status: 403, message: no key, evidence: inferred}
  - {id: path-unknown, when: unknown-path, status: 404, message: 'nothing is at {path}', example: {path: /}, evidence: inferred}
  - {id: method-wrong, when: wrong-method, status: 405, message: not that way, evidence: inferred}
  - {id: format-wrong, when: not-acceptable, status: 406, message: '{given} is none of {known}', example: {given: a, known: b}, evidence: inferred}
  - {id: body-unreadable, when: unreadable-body, status: 400, message: 'unreadable: {reason}', example: {reason: it}, evidence: inferred}
  - {id: body-too-large, when: body-too-large, status: 413, message: 'over {limit}', example: {limit: 1}, evidence: inferred}
  - {id: media-type-wrong, when: wrong-media-type, status: 415, message: '{given} is none of {known}', example: {given: a, known: b}, evidence: inferred}
  - {id: calls-exceeded, when: rate-limited, status: 429, message: 'over {calls} in {seconds} s', example: {calls: 3, seconds: 60}, evidence: inferred}
  - {id: field-wrong, status: 400, message: '{where} {field}: {keyword}', example: {where: body, field: sort, keyword: type}, evidence: inferred}
paths:
  /pots:
    get:
      operationId: find_pots
      summary: Find pots
      parameters:
        - {name: X-Spouts, in: header, schema: {type: integer, minimum: 1}}
        - {name: X-Lid, in: header, schema: {type: boolean}}
      responses: &ours
        '200': {description: What was heard, content: {application/json: {schema: {$ref: '#/components/schemas/Heard'}}}}
        default: &refused {description: Refused, content: {application/json: {schema: {$ref: '#/components/schemas/Refused'}}}}
    post:
      operationId: fill_pot
      summary: Fill a pot
      requestBody:
        required: true
        content:
          application/json: &filling {schema: {$ref: '#/components/schemas/Filling'}}
          application/x-www-form-urlencoded: *filling
      responses: *ours
  /pots/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get_pot
      summary: Get a pot
      responses: *ours
    delete:
      operationId: break_pot
      summary: Break a pot
      parameters: [{name: X-Reason, in: header, required: true, schema: {type: string, minLength: 3}}]
      responses:
        '204': {description: Gone}
        default: *refused
  /pots/{id}/lid:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: get_lid
      summary: Say where the lid is
      responses:
        '302': {description: Elsewhere}
        default: *refused
  /health:
    x-formats: {}
    get:
      operationId: get_health
      summary: Say that all is well
      security: []
      responses: *ours
  /sign-in:
    servers: [{url: /pots/door/}]
    x-formats: {}
    post:
      operationId: sign_in
      summary: Enter
      security: []
      requestBody: {content: {application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/SignIn'}}}}
      responses:
        '302': {description: Welcome}
        default: *refused
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Pots}}
  schemas:
    Filling:
      type: object
      additionalProperties: false
      required: [sort]
      properties:
        sort: {type: string, maxLength: 8}
        cups: {$ref: '#/components/schemas/Count'}
        hot: {type: boolean}
    Count: {type: integer, minimum: 1}
    SignIn: {type: object, properties: {code: {type: string, x-secret: true}}}
    Heard: {type: object, required: [operation]}
    Refused: {type: object, required: [row], properties: {row: {type: string}, text: {type: string}}}
"""
KEY = {"X-Pots": "key a"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Kitchen(State):
    """Pots are heard of, not kept."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing is said of pots in a fixture."""


def _heard(call: Call) -> Reply:
    """All that was read of a request."""
    operation = call.operation.id if call.operation else None
    heard = {"path": dict(call.path), "fields": dict(call.fields), "body": call.body, "suffix": call.suffix}
    return Reply({"operation": operation, **heard})


def find_pots(_: Kitchen, call: Call) -> Reply:
    return _heard(call)


def fill_pot(_: Kitchen, call: Call) -> Reply:
    return _heard(call)


def get_pot(_: Kitchen, call: Call) -> Reply:
    return _heard(call)


def get_health(_: Kitchen, call: Call) -> Reply:
    return _heard(call)


def break_pot(_: Kitchen, _call: Call) -> Reply:
    return Reply("as if there were something to say", 204, media_type="")


def get_lid(_: Kitchen, call: Call) -> Reply:
    return _redirect(call, f"/pots/v1/lids/{call.path['id']}")


def sign_in(_: Kitchen, call: Call) -> Reply:
    code = call.body["code"] if call.body else ""
    return _redirect(call, f"/pots/v1/pots?code={code}&page=1")


def _redirect(call: Call, path: str) -> Reply:
    return Reply(None, 302, ((b"location", call.url(path).encode()),), "")


def authenticate(_: Kitchen, call: Call) -> tuple[str, str] | None:
    """The kind of credential and whose it is."""
    if call.operation is not None and call.operation.public:
        return None
    kind, _space, name = (call.header(b"x-pots") or "").partition(" ")
    if not name:
        raise Refused("key-missing")
    return kind, name


def meter(principal: tuple[str, str] | None) -> tuple[str, str] | None:
    """Cooks are not counted, nor is who needs no credential."""
    return None if principal is None or principal[0] == "cook" else principal


def seed(_: Kitchen, _section: Section, _cast: Cast) -> None:
    """There is nothing to keep."""


OPERATIONS = module("pots.operations", find_pots, fill_pot, get_pot, break_pot, get_lid, get_health, sign_in)
WIRE = module("pots.wire", authenticate)


def pots(folder: Path, changes: Mapping[str, Any]) -> Vendor:
    """The vendor, with its contract in a folder, some members of which are replaced."""
    dialect = Dialect(
        contract=write(folder / "pots.yaml", CONTRACT, changes),
        operations=[OPERATIONS],
        rules=[RULES, WIRE],
        authenticate=authenticate,
        judge=judge,
        refuse=refuse,
        credentials=lambda _: [Credential("any", KEY)],
        meter=meter,
    )
    return Vendor("pots", [dialect], Kitchen, Section, seed)


def paths() -> dict[str, Any]:
    """The contract's paths, to alter."""
    found: dict[str, Any] = parsed(CONTRACT)["paths"]
    return found


def client(world: World, base_url: str = "http://127.0.0.1") -> AppClient:
    return AppClient(world.app, base_url=base_url, headers=KEY, follow_redirects=False)
