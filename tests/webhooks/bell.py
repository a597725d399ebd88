"""A vendor of the tests' own that tells apps of everything: a bell with things and with listeners.

Bodies are JSON, signed with the listener's own sound. A thing called `cracked` breaks the bell's code.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.people import Cast
from mockserver.state.change import Change, Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendor import Credential, Dialect, Event, Hooks, Subscription, Vendor
from tests.dispatch.toys import RULES, judge, module, refuse, write

CONTRACT = """
openapi: 3.1.1
info: {title: Bell, version: '1'}
servers: [{url: /bell/v1}]
x-errors:
  - {id: path-unknown, when: unknown-path, status: 404, message: nothing is there, evidence: inferred}
  - {id: method-wrong, when: wrong-method, status: 405, message: not that way, evidence: inferred}
  - {id: body-unreadable, when: unreadable-body, status: 400, message: '{reason}', example: {reason: it}, evidence: inferred}
  - {id: body-too-large, when: body-too-large, status: 413, message: 'over {limit}', example: {limit: 1}, evidence: inferred}
  - {id: media-type-wrong, when: wrong-media-type, status: 415, message: '{given} is none of {known}', example: {given: a, known: b}, evidence: inferred}
  - {id: field-wrong, status: 400, message: '{where} {field}: {keyword}', example: {where: body, field: name, keyword: type}, evidence: inferred}
  - {id: thing-missing, status: 404, message: 'no thing {id}', example: {id: 1}, evidence: inferred}
paths:
  /things:
    post:
      operationId: create_thing
      summary: Make a thing
      requestBody: &named
        required: true
        content: {application/json: {schema: {$ref: '#/components/schemas/Named'}}}
      responses: &ours
        '200': {description: Done, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
        default: {description: Refused, content: {application/json: {schema: {$ref: '#/components/schemas/Refused'}}}}
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    put:
      operationId: rename_thing
      summary: Give a thing another name
      requestBody: *named
      responses: *ours
    delete:
      operationId: remove_thing
      summary: Take a thing away
      responses: *ours
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Bell-Key}}
  schemas:
    Named: {type: object, required: [name], properties: {name: {type: string}}}
    Thing: {type: object, required: [id, name], properties: {id: {type: integer}, name: {type: string}, pin: {type: string, x-secret: true}}}
    Refused: {type: object, required: [row], properties: {row: {type: string}, text: {type: string}}}
"""
TIMEOUT, RETRIES = 5.0, (10.0, 60.0, 300.0)


class Thing(Record, frozen=True, kw_only=True):
    id: int = 0
    name: str


class Listener(Record, frozen=True, kw_only=True):
    """A subscription. Without a topic it is told of everything; it knows us by our sound."""

    id: int = 0
    url: str
    topic: str = ""
    sound: str = "ding"
    headers: dict[str, str] = msgspec.field(default_factory=dict)


class Belfry(State):
    things = collection(Thing)
    listeners = collection(Listener, secret={"sound"})


def create_thing(belfry: Belfry, call: Call) -> Reply:
    return _shown(belfry.things.add(Thing(name=call.body["name"])))


def rename_thing(belfry: Belfry, call: Call) -> Reply:
    _find(belfry, call)
    belfry.things.put(Thing(id=call.path["id"], name=call.body["name"]))
    return _shown(_find(belfry, call))


def remove_thing(belfry: Belfry, call: Call) -> Reply:
    thing = _find(belfry, call)
    belfry.things.remove(thing.id)
    return _shown(thing)


def _find(belfry: Belfry, call: Call) -> Thing:
    thing = belfry.things.get(call.path["id"])
    if thing is None:
        raise Refused("thing-missing", id=call.path["id"])
    return thing


def _shown(thing: Thing) -> Reply:
    return Reply({"id": thing.id, "name": thing.name})


# Hooks


def subscriptions(belfry: Belfry) -> Iterator[Subscription]:
    for listener in belfry.listeners:
        yield Subscription(listener.id, listener.topic, listener.url, tuple(listener.headers.items()))


def events(belfry: Belfry, changes: Sequence[Change]) -> Iterator[Event]:
    for change in changes:
        if change.collection == "bell.things":
            if isinstance(change.after, Thing) and change.after.name == "broken events":
                raise ValueError("the bell is broken")
            kind = "created" if change.before is None else "removed" if change.after is None else "updated"
            for subscription in subscriptions(belfry):
                if subscription.topic in {"", f"things/{kind}"}:
                    yield Event(subscription, change.before, change.after)


def body(_belfry: Belfry, subscription: Subscription, thing: Thing, at: float) -> bytes:
    if thing.name == "cracked":
        raise ValueError("the bell is cracked")
    told = {"id": thing.id, "name": thing.name, "pin": "4711", "topic": subscription.topic, "at": at}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sign(belfry: Belfry, subscription: Subscription, text: bytes) -> tuple[tuple[str, str], ...]:
    listener = belfry.listeners.get(subscription.id)
    assert listener is not None
    return (("X-Bell-Signature", signature(listener.sound, text)),)


def signature(sound: str, text: bytes) -> str:
    return hmac.new(sound.encode(), text, hashlib.sha256).hexdigest()


# The vendor


class Section(msgspec.Struct, frozen=True):
    """Nothing: a belfry begins empty."""


def seed(_belfry: Belfry, _section: Section, _cast: Cast) -> None:
    return


def bell(folder: Path) -> Vendor:
    """The vendor, with its contract in a folder."""
    dialect = Dialect(
        contract=write(folder / "bell.yaml", CONTRACT, {}),
        operations=[module("bell.operations", create_thing, rename_thing, remove_thing, _find)],
        rules=[RULES],
        authenticate=lambda _belfry, _call: None,
        judge=judge,
        refuse=refuse,
        credentials=lambda _: [Credential("none", {})],
    )
    hooks = Hooks(subscriptions, events, body, TIMEOUT, RETRIES, sign)
    return Vendor("bell", [dialect], Belfry, Section, seed, hooks)
