"""From a request to a reply and a journal entry, with a vendor of the tests' own: a shop of cups.

The cups are all that a sixth vendor takes: a contract, some functions, a section in a fixture.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

import mockserver
from mockserver.app import build, choose_vendors, known_vendors
from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.people import Cast
from mockserver.rows import ErrorRow
from mockserver.sandbox import DEFAULT, Sandbox
from mockserver.state.change import Change, Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendor import Credential, Dialect, Vendor
from mockserver.world import World

CONTRACT = """
openapi: 3.1.1
info: {title: Cups, version: '1'}
servers: [{url: /cups/v1}]
x-claims: '^/cups/v[0-9]+/'
x-rate-limit: {windows: {key: {calls: 3, seconds: 60}}}
x-unknown-parameters: UNKNOWN
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
STATUSES = (400, 403, 404, 405, 413, 415, 422, 429)
KEY = {"X-Cups": "a"}
JSON = {"Content-Type": "application/json"}


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


def judge(_call: Call, violations: Sequence[Violation]) -> None:
    for violation in violations:
        if violation.row is None:
            raise Refused("field-wrong", where=violation.where, field=violation.name, keyword=violation.keyword)


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    return Reply({"row": row.id, "text": row.message.format_map(values)}, row.status)


def seed(shelf: Shelf, section: Section, _cast: Cast) -> None:
    for name in section.names:
        shelf.cups.add(Cup(name=name))


def module(name: str, *functions: Callable[..., Any]) -> ModuleType:
    """As if the functions stood in a module of their own."""
    made = ModuleType(name)
    for function in functions:
        function.__module__ = name
        setattr(made, function.__name__, function)
    return made


def cups(folder: Path, unknown_parameters: str = "refuse") -> Vendor:
    """The vendor, with its contract in a folder."""
    declared = "".join(f"        '{status}': *refused\n" for status in STATUSES)
    text = CONTRACT.replace("        default: &refused", "        '400': &refused").replace(
        "UNKNOWN", unknown_parameters
    )
    text = text.replace("        default: *refused\n", declared)
    first, mark, rest = text.partition("Refused'}}}}\n")
    more = "".join(f"        '{status}': *refused\n" for status in STATUSES[1:])
    (folder / "cups.yaml").write_text(first + mark + more + rest)
    dialect = Dialect(
        contract=folder / "cups.yaml",
        operations=[module("cups.operations", find_cups, get_cup, create_cup, break_cup, look, meddle)],
        rules=[module("cups.wire", authenticate, judge, refuse)],
        authenticate=authenticate,
        judge=judge,
        refuse=refuse,
        meter=lambda key: ("key", key),
    )
    return Vendor("cups", [dialect], Shelf, Section, seed, lambda _: [Credential("any", KEY)])


Make = Callable[..., World]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A world with the cups alone, or beside other vendors."""

    def made(*others: Vendor, unknown_parameters: str = "refuse", **options: Any) -> World:
        (tmp_path / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
        vendors = [*others, cups(tmp_path, unknown_parameters)]
        return build(read_fixture(str(tmp_path / "shelf.yaml")), vendors, Options(**{"rate_limits": "off", **options}))

    return made


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world of cups only, for tests that bring their own sandbox."""
    folder = tmp_path_factory.mktemp("cups")
    (folder / "shelf.yaml").write_text("vendors: {cups: {names: [tall, small]}}")
    return build(read_fixture(str(folder / "shelf.yaml")), [cups(folder)], Options(rate_limits="off"))


@pytest.fixture
def sandbox(alone: World) -> Sandbox:
    return alone.sandboxes.create()


@pytest.fixture
def shelf(alone: World, sandbox: Sandbox) -> Iterator[TestClient]:
    """The API of the test's sandbox."""
    with TestClient(alone.app, base_url=f"http://127.0.0.1/@{sandbox.name}", headers=KEY) as made:
        yield made


def client(world: World) -> TestClient:
    return TestClient(world.app, base_url="http://127.0.0.1", headers=KEY)


def default(world: World) -> Sandbox:
    found = world.sandboxes.get(DEFAULT)
    assert found is not None
    return found


def names(sandbox: Sandbox) -> list[str]:
    return [cup.name for cup in sandbox.subjects["cups"].cups]


# A sixth vendor


def test_another_vendor_is_served_beside_the_others(make: Make) -> None:
    world = make(*known_vendors().values())
    with client(world) as shop:
        assert [cup["name"] for cup in shop.get("/cups/v1/cups?size=1").json()["cups"]] == ["tall", "small"]
        admin = shop.get("/__admin/vendors").json()["vendors"]
        assert {"cups", *known_vendors()} == {vendor["name"] for vendor in admin}
        for vendor in world.apis:
            assert shop.post(f"{vendor.contract.base_path}/nowhere").status_code in (401, 403, 404)


def test_another_package_may_register_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real distribution on the path, as an installer would leave it."""
    described = tmp_path / "cup_shop-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: cup-shop\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[mockserver.vendors]\ncups = cup_shop:VENDOR\n")
    monkeypatch.setitem(sys.modules, "cup_shop", SimpleNamespace(VENDOR=cups(tmp_path)))
    assert "cups" not in known_vendors()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [vendor.name for vendor in choose_vendors(["cups"])] == ["cups"]
    assert "cups" in {vendor.name for vendor in choose_vendors([])}


def test_no_module_outside_a_vendors_folder_names_a_vendor() -> None:
    package = Path(mockserver.__file__).parent
    modules = {file: file.relative_to(package).parts for file in package.rglob("*.py")}
    for vendor in known_vendors().values():
        titles = {vendor.name, *(dialect.contract.stem for dialect in vendor.dialects)}
        pattern = re.compile("|".join(map(re.escape, titles)), re.IGNORECASE)
        others = [file for file, parts in modules.items() if parts[:2] != ("vendors", vendor.name)]
        assert len(others) > 30
        assert [str(file) for file in others if pattern.search(file.read_text())] == []


# Which sandbox


@pytest.mark.parametrize(
    ("path", "headers", "chosen"),
    [
        ("", {}, "default"),
        ("/@one", {}, "one"),
        ("", {"X-Mock-Sandbox": "two"}, "two"),
        ("", {"Host": "three.localhost"}, "three"),
        ("", {"Host": "three.localhost:8000"}, "three"),
        ("", {"Host": "localhost:8000"}, "default"),
        ("", {"Host": "three.localhost.example"}, "default"),
        ("/@one", {"X-Mock-Sandbox": "two", "Host": "three.localhost"}, "one"),
        ("", {"X-Mock-Sandbox": "two", "Host": "three.localhost"}, "two"),
        ("/@default", {"X-Mock-Sandbox": "two"}, "default"),
    ],
)
def test_prefix_goes_before_header_before_host_before_default(
    make: Make, path: str, headers: dict[str, str], chosen: str
) -> None:
    world = make()
    for name in ("one", "two", "three"):
        world.sandboxes.create(name)
    with client(world) as shop:
        assert shop.post(f"{path}/cups/v1/cups", json={"name": "mine"}, headers=headers).status_code == 201
    assert {sandbox.name for sandbox in world.sandboxes if "mine" in names(sandbox)} == {chosen}
    assert {sandbox.name for sandbox in world.sandboxes if len(sandbox.journal)} == {chosen}


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/@nobody", {}), ("", {"X-Mock-Sandbox": "nobody"}), ("/@", {}), ("", {"Host": "nobody.localhost:1"})],
)
def test_an_unknown_sandbox_is_a_problem_that_names_the_known_ones(
    make: Make, path: str, headers: dict[str, str]
) -> None:
    world = make()
    world.sandboxes.create("one")
    with client(world) as shop:
        reply = shop.post(f"{path}/cups/v1/cups", json={"name": "mine"}, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["known"] == ["default", "one"]
    assert [len(sandbox.journal) for sandbox in world.sandboxes] == [0, 0]


# Which operation


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/cups", "/cups/v", "/cupsv1/cups", "/@default/nowhere", "/@default"]
)
def test_a_path_that_no_contract_has_is_a_problem_that_names_the_bases(
    shelf: TestClient, sandbox: Sandbox, path: str
) -> None:
    reply = shelf.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["known"] == ["/cups/v1", "/__admin"]
    assert len(sandbox.journal) == 0


@pytest.mark.parametrize(
    "path", ["/cups/v1", "/cups/v1/", "/cups/v1/mugs", "/cups/v1/cups/1/2", "/cups/v2/cups", "/cups/v1/cups/"]
)
def test_an_unknown_path_of_a_vendor_is_refused_in_its_words(shelf: TestClient, sandbox: Sandbox, path: str) -> None:
    reply = shelf.get(path)
    assert (reply.status_code, reply.json()) == (404, {"row": "path-unknown", "text": "nothing is there"})
    assert shelf.get(path, headers={"X-Cups": ""}).json()["row"] == "path-unknown"
    assert next(iter(sandbox.journal)).operation is None


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/cups", "GET, HEAD, POST"),
        ("PATCH", "/cups/1", "GET, HEAD, DELETE"),
        ("OPTIONS", "/cups", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(
    shelf: TestClient, method: str, path: str, allow: str
) -> None:
    reply = shelf.request(method, f"/cups/v1{path}", headers={"X-Cups": ""})
    assert (reply.status_code, reply.json()["row"]) == (405, "method-wrong")
    assert sorted(reply.headers["allow"].split(", ")) == sorted(allow.split(", "))


def test_head_is_get_without_the_body(shelf: TestClient) -> None:
    whole, head = (shelf.request(method, "/cups/v1/cups?size=1") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))


def test_without_a_credential_nothing_is_answered(make: Make) -> None:
    with TestClient(make().app) as shop:
        assert shop.get("/cups/v1/cups?size=1").json() == {"row": "key-missing", "text": "no key"}
        assert shop.get("/cups/v1/nowhere").json()["row"] == "key-missing"


# Parameters


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("size=2", {"size": 2}),
        ("size=2&full=true", {"size": 2, "full": True}),
        ("size=2&full=false", {"size": 2, "full": False}),
        ("size=1&colours=red&colours=blue", {"size": 1, "colours": ["red", "blue"]}),
        ("size=1&colours=red", {"size": 1, "colours": ["red"]}),
        ("size=1&size=2", {"size": 2}),
    ],
)
def test_query_parameters_have_the_types_of_the_contract(shelf: TestClient, query: str, asked: dict[str, Any]) -> None:
    assert shelf.get(f"/cups/v1/cups?{query}").json()["asked"] == asked


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "query size: required"),
        ("full=true", "query size: required"),
        ("size=0", "query size: minimum"),
        ("size=two", "query size: type"),
        ("size=", "query size: type"),
        ("size=1.5", "query size: type"),
        ("size=%D9%A1", "query size: type"),
        ("size=1&full=yes", "query full: type"),
        ("size=1&colours=red&colours=green", "query colours: enum"),
        ("size=1&shape=round", "query shape: additionalProperties"),
    ],
)
def test_wrong_query_parameters_are_the_vendors_to_refuse(shelf: TestClient, query: str, text: str) -> None:
    reply = shelf.get(f"/cups/v1/cups?{query}")
    assert (reply.status_code, reply.json()) == (400, {"row": "field-wrong", "text": text})


def test_unknown_query_parameters_are_findings_where_the_vendor_ignores_them(make: Make) -> None:
    world = make(unknown_parameters="ignore")
    with client(world) as shop:
        assert shop.get("/cups/v1/cups?size=1&shape=round").json()["asked"]["size"] == 1
        assert shop.get("/cups/v1/cups?size=0&shape=round").json()["text"] == "query size: minimum"
    refused, answered = default(world).journal
    for exchange in (refused, answered):
        assert [(finding.id, finding.message) for finding in exchange.findings] == [
            ("unknown-parameter", "the vendor ignores ?shape")
        ]


@pytest.mark.parametrize(
    ("id", "reply"),
    [
        ("1", {"cups": [{"id": 1, "name": "tall"}]}),
        ("3", {"row": "cup-missing", "text": "no cup 3"}),
        ("0", {"row": "field-wrong", "text": "path id: minimum"}),
        ("x", {"row": "field-wrong", "text": "path id: type"}),
    ],
)
def test_path_parameters_have_the_types_of_the_contract(shelf: TestClient, id: str, reply: dict[str, Any]) -> None:
    assert shelf.get(f"/cups/v1/cups/{id}").json() == reply


# Bodies


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_json_is_read_as_json(shelf: TestClient, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert shelf.post("/cups/v1/cups", content=b'{"name": "mug"}', headers=headers).json() == {"id": 3, "name": "mug"}


@pytest.mark.parametrize(("content_type", "given"), [("text/xml; charset=utf-8", "text/xml"), (None, "nothing")])
def test_a_body_of_another_content_type_or_of_none_is_refused(
    shelf: TestClient, content_type: str | None, given: str
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    reply = shelf.post("/cups/v1/cups", content=b'{"name": "mug"}', headers=headers)
    assert (reply.status_code, reply.json()["text"]) == (415, f"{given} is none of application/json")


def test_a_missing_body_needs_no_content_type(shelf: TestClient) -> None:
    assert shelf.post("/cups/v1/cups").json()["text"] == "unreadable: the body is empty"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "unreadable: the body is empty"),
        (b"{}", "body name: required"),
        (b'{"name": "mug", "shape": 1}', "body shape: additionalProperties"),
        (b'{"name": "mug", "size": "1"}', "body size: type"),
        (b'{"name": "beaker"}', "beaker is too long"),
        (b'{"size": "1", "name": "beaker"}', "body size: type"),
        (b"[]", "body : type"),
    ],
)
def test_a_wrong_body_is_the_vendors_to_refuse(shelf: TestClient, sandbox: Sandbox, body: bytes, text: str) -> None:
    assert shelf.post("/cups/v1/cups", content=body, headers=JSON).json()["text"] == text
    assert names(sandbox) == ["tall", "small"]


def test_a_body_that_is_not_required_may_be_absent(shelf: TestClient, sandbox: Sandbox) -> None:
    shelf.post("/cups/v1/mischief/raise")
    assert next(iter(sandbox.journal)).row is None


def test_a_reply_without_a_body_has_none(shelf: TestClient, sandbox: Sandbox) -> None:
    reply = shelf.delete("/cups/v1/cups/1")
    assert (reply.status_code, reply.content) == (204, b"")
    assert names(sandbox) == ["small"]


def exchange_messages(
    world: World, messages: list[dict[str, Any]], content_length: bytes = b"99"
) -> list[dict[str, Any]]:
    """What the server sends after these ASGI messages, of which it may leave some unread."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/cups/v1/cups",
        "query_string": b"",
        "headers": [(b"x-cups", b"a"), (b"content-type", b"application/json"), (b"content-length", content_length)],
    }
    asyncio.run(world.app(scope, receive, send))  # type: ignore[arg-type]
    return sent


def piece(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_may_come_in_many_pieces(make: Make) -> None:
    world = make()
    pieces = [
        piece(b'{"na'),
        piece(b""),
        *(piece(bytes([byte])) for byte in b'me": "mug'),
        piece(b'"}'),
        piece(b"", more=False),
    ]
    start, body = exchange_messages(world, pieces)
    assert (start["status"], body["body"]) == (201, b'{"id":3,"name":"mug"}')
    assert next(iter(default(world).journal)).request_body == b'{"name": "mug"}'


@pytest.mark.parametrize("begun", [[], [b'{"name": "mug"}'], [b'{"name"', b': "mug"}']])
def test_a_client_that_goes_away_has_done_nothing(make: Make, begun: list[bytes]) -> None:
    world = make()
    sent = exchange_messages(world, [*(piece(body) for body in begun), {"type": "http.disconnect"}])
    assert sent == []
    assert len(default(world).journal) == 0
    assert names(default(world)) == ["tall", "small"]


def test_a_body_past_the_limit_is_not_read_to_its_end(make: Make) -> None:
    world = make(max_body=20)
    pieces = [piece(b'{"name": "mug"'), piece(b"       "), piece(b"}", more=False)]
    start, _ = exchange_messages(world, pieces)
    assert start["status"] == 413
    assert pieces == [piece(b"}", more=False)]


@pytest.mark.parametrize(("size", "status"), [(20, 201), (21, 413)])
@pytest.mark.parametrize("cut", [0, 10, 20])
def test_a_body_may_be_as_long_as_the_limit(make: Make, size: int, status: int, cut: int) -> None:
    body = b'{"name": "mug"}'.ljust(size)
    sent = exchange_messages(make(max_body=20), [piece(body[:cut]), piece(body[cut:], more=False)])
    assert sent[0]["status"] == status
    assert exchange_messages(make(max_body=20), [piece(body, more=False)])[0]["status"] == status


# Our own mistakes


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("raise", "ValueError: out of cups"),
        ("wrong-body", '/cups/0/id violates .*properties/id/type: "one" is not of type "integer"'),
        ("wrong-status", "202 application/json is not declared for {operation}; declared: 200 application/json, 400"),
        ("wrong-media-type", "200 text/plain is not declared for {operation}; declared: 200 application/json, 400"),
        ("unwritable", "Error"),
        ("surrogate", "Error"),
        ("unknown-row", "KeyError: 'nobody-knows'"),
        ("nonsense", "KeyError: 'nonsense'"),
    ],
)
@pytest.mark.parametrize(("method", "operation"), [("GET", "look"), ("POST", "meddle")])
def test_a_bug_is_said_plainly_and_alters_nothing(  # noqa: PLR0913, PLR0917
    shelf: TestClient,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    method: str,
    operation: str,
    kind: str,
    detail: str,
) -> None:
    reply = shelf.request(method, f"/cups/v1/mischief/{kind}")
    assert (reply.status_code, reply.headers["content-type"]) == (500, "application/problem+json")
    assert reply.json()["title"] == "Bug of the fake"
    assert re.match(detail.format(operation=operation), reply.json()["detail"]) or detail in reply.json()["detail"]
    assert "Traceback" not in reply.text
    exchange = next(iter(sandbox.journal))
    assert [finding.id for finding in exchange.findings] == ["bug"]
    assert exchange.findings[0].message == reply.json()["detail"]
    assert (exchange.status, exchange.row, list(exchange.changes)) == (500, None, [])
    assert names(sandbox) == ["tall", "small"]
    assert reply.json()["detail"] in caplog.text


def test_an_operation_marked_safe_cannot_alter(shelf: TestClient, sandbox: Sandbox) -> None:
    reply = shelf.get("/cups/v1/mischief/alter")
    assert reply.status_code == 500
    assert "OutsideTransaction" in reply.json()["detail"]
    assert names(sandbox) == ["tall", "small"]
    assert shelf.post("/cups/v1/mischief/alter").status_code == 200
    assert names(sandbox) == ["tall", "small", "never", "never"]


def test_accepting_what_the_contract_forbids_is_a_bug(shelf: TestClient, sandbox: Sandbox) -> None:
    reply = shelf.post("/cups/v1/cups", json={"name": "overlooked"})
    assert reply.status_code == 500
    assert reply.json()["detail"].startswith("create_cup accepted a request that violates its contract: ")
    assert names(sandbox) == ["tall", "small"]


def test_a_server_goes_on_after_a_bug(shelf: TestClient) -> None:
    shelf.post("/cups/v1/mischief/raise")
    assert shelf.post("/cups/v1/cups", json={"name": "mug"}).status_code == 201


# The journal


def test_an_exchange_is_kept_as_it_was(make: Make) -> None:
    world = make()
    sandbox = default(world)
    at = datetime(2026, 3, 4, tzinfo=UTC)
    with sandbox.ledger.transaction():
        sandbox.clock.freeze(at)
    with client(world) as shop:
        reply = shop.post("/@default/cups/v1/cups?", content=b'{"name":"mug"}', headers={"X-Twice": "a", **JSON})
        shop.get("/cups/v1/cups?size=0")
    second, first = sandbox.journal
    assert (first.vendor, first.api, first.operation, first.row) == ("cups", "cups", "create_cup", None)
    assert (first.id, first.at, first.method) == (1, at.timestamp(), "POST")
    assert first.target == "/@default/cups/v1/cups"
    assert (b"x-twice", b"a") in list(first.request_headers)
    assert (first.request_body, first.status, first.reply_body) == (b'{"name":"mug"}', 201, b'{"id":3,"name":"mug"}')
    assert dict(first.reply_headers)[b"location"] == reply.headers["location"].encode()
    assert list(first.changes) == [Change("cups.cups", 3, None, Cup(id=3, name="mug"))]
    assert list(first.findings) == []
    assert first.took > 0
    assert (second.id, second.operation, second.row, second.status) == (2, "find_cups", "field-wrong", 400)
    assert (second.target, list(second.changes)) == ("/cups/v1/cups?size=0", [])


def test_exchanges_are_numbered_whatever_became_of_them(shelf: TestClient, sandbox: Sandbox) -> None:
    paths = ["cups?size=1", "cups?size=0", "nowhere", "mischief/raise"]
    statuses = [shelf.get(f"/cups/v1/{path}").status_code for path in paths]
    assert statuses == [200, 400, 404, 500]
    assert [(exchange.id, exchange.status) for exchange in sandbox.journal] == [(4, 500), (3, 404), (2, 400), (1, 200)]


# Rate limits: three calls in a minute


def calls(shop: TestClient, count: int, key: str = "a") -> list[int]:
    return [shop.get("/cups/v1/cups?size=1", headers={"X-Cups": key}).status_code for _ in range(count)]


def move(sandbox: Sandbox, seconds: float) -> None:
    with sandbox.ledger.transaction():
        sandbox.clock.advance(timedelta(seconds=seconds))


@pytest.fixture
def enforcing(make: Make) -> World:
    world = make(rate_limits="enforce")
    with default(world).ledger.transaction():
        default(world).clock.freeze(datetime(2026, 3, 4, tzinfo=UTC))
    return world


def test_calls_past_the_limit_are_refused_until_the_window_ends(enforcing: World) -> None:
    with client(enforcing) as shop:
        assert calls(shop, 2) == [200, 200]
        move(default(enforcing), 59)
        assert calls(shop, 3) == [200, 429, 429]
        assert shop.get("/cups/v1/cups?size=1").json() == {"row": "calls-exceeded", "text": "over 3 in 60 s"}
        move(default(enforcing), 1)
        assert calls(shop, 4) == [200, 200, 200, 429]


def test_each_credential_and_each_sandbox_has_a_window_of_its_own(enforcing: World) -> None:
    enforcing.sandboxes.create("one")
    with client(enforcing) as shop:
        assert calls(shop, 4) == [200, 200, 200, 429]
        assert calls(shop, 4, key="b") == [200, 200, 200, 429]
        assert shop.get("/@one/cups/v1/cups?size=1").status_code == 200


def test_every_call_counts_even_one_that_is_refused(enforcing: World) -> None:
    with client(enforcing) as shop:
        statuses = [shop.get(f"/cups/v1/{path}").status_code for path in ("nowhere", "cups?size=0", "mischief/raise")]
        assert statuses == [404, 400, 500]
        assert calls(shop, 1) == [429]
        assert shop.get("/cups/v1/nowhere").status_code == 429


def test_a_clock_set_back_opens_a_new_window(enforcing: World) -> None:
    with client(enforcing) as shop:
        assert calls(shop, 4)[-1] == 429
        move(default(enforcing), -1)
        assert calls(shop, 1) == [200]


def test_counting_only_notes_what_the_vendor_would_refuse(make: Make) -> None:
    world = make(rate_limits="count")
    with client(world) as shop:
        assert calls(shop, 5) == [200] * 5
    found = [[finding.id for finding in exchange.findings] for exchange in default(world).journal]
    assert found == [["rate-limit"], ["rate-limit"], [], [], []]
    newest = next(iter(default(world).journal))
    assert newest.findings[0].message == "the vendor would refuse: more than 3 calls in 60 s"
    assert [window.calls for window in default(world).control.rate_windows] == [5]


def test_without_limits_nothing_is_counted(make: Make) -> None:
    world = make(rate_limits="off")
    with client(world) as shop:
        assert calls(shop, 5) == [200] * 5
    assert len(default(world).control.rate_windows) == 0
    assert all(not exchange.changes for exchange in default(world).journal)
