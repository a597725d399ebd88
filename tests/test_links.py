"""Every link of every contract leads on: each of its expressions finds something, and the operation accepts it.

Each link is followed by itself, in a sandbox of its own, from an example of its source. Schemathesis follows links too, in
sequences and with requests that it makes up, but which of them it happens to reach is not certain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from httpx2 import Response

from mockserver.app import apis_of, build, known_vendors
from mockserver.contract import JSON
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import Sandbox
from mockserver.schema import resolve
from mockserver.vendor import Api
from mockserver.world import World
from tests.appclient import AppClient
from tests.test_contracts import NAMES

APIS = {api.name: api for vendor in known_vendors().values() for api in apis_of(vendor)}
REFUSED = {
    ("kounta", "delete_webhook", "get"): "webhook-not-found",
}
"""Links that lead to a refusal, as their descriptions say, and the row that it is."""
EXPRESSION = re.compile(r"\$(request|response)\.(path|query|header|body)(?:[.#]([^#]*))?(?:#regex:(.*))?", re.DOTALL)
"""The pattern at the end is an extension that Schemathesis has: its group is meant."""


class Nothing(Exception):
    """An expression finds nothing in a request and its reply."""


class Link(NamedTuple):
    """A link of one of an operation's responses."""

    contract: str
    source: str
    status: int
    name: str
    target: str
    parameters: Mapping[str, Any]
    body: Any

    @property
    def key(self) -> tuple[str, str, str]:
        return self.contract, self.source, self.name


class Asked(NamedTuple):
    """A request: parameters by where they stand, and a body of a media type."""

    path: Mapping[str, Any]
    query: Mapping[str, Any]
    header: Mapping[str, Any]
    media: str
    body: Any


def _operations(api: Api) -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """By operation id, what a contract says of the path and of the operation itself."""
    return {
        node["operationId"]: (item, node)
        for item in api.contract.document["paths"].values()
        for node in item.values()
        if isinstance(node, dict) and "operationId" in node
    }


def _links(api: Api) -> Iterator[Link]:
    document = api.contract.document
    for source, (_, node) in _operations(api).items():
        for status, response in node["responses"].items():
            for name, referred in _deref(response, document).get("links", {}).items():
                link = _deref(referred, document)
                yield Link(
                    api.name,
                    source,
                    int(status),
                    name,
                    link["operationId"],
                    link.get("parameters", {}),
                    link.get("requestBody"),
                )


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    return resolve(node["$ref"], document) if "$ref" in node else node


LINKS = [link for name in NAMES for link in _links(APIS[name])]


@pytest.fixture(scope="module")
def strict() -> World:
    """Where only those are known whom the fixture names."""
    return build(read_fixture("default"), options=Options(rate_limits="off", auth="strict"))


@pytest.fixture
def app(strict: World, link: Link) -> Iterator[App]:
    """The first of those who may call, in a sandbox of its own."""
    api, sandbox = strict.api(link.contract), strict.sandboxes.create()
    headers = api.dialect.credentials(sandbox.subjects[api.vendor])[0].headers
    base_url = f"http://127.0.0.1/@{sandbox.name}"
    with AppClient(strict.app, base_url=base_url, headers=headers, follow_redirects=False) as client:
        yield App(api, sandbox, client)


@pytest.mark.parametrize(
    "link",
    LINKS,
    ids=lambda link: f"{link.contract} {link.source} {link.status} {link.name}",
)
def test_a_link_leads_on(link: Link, app: App) -> None:
    request = app.follow(link)
    reply, row = app.send(link.target, request)
    assert row == REFUSED.get(link.key), f"{request}: {reply.text}"
    assert (reply.status_code < 400) == (row is None), f"{request}: {reply.text}"


def test_the_table_names_links_that_there_are() -> None:
    assert REFUSED.keys() <= {link.key for link in LINKS}
    assert {link.contract for link in LINKS} == {*NAMES}


class App:
    """Sends what a contract gives as examples, and what its links make of the replies."""

    def __init__(self, api: Api, sandbox: Sandbox, client: AppClient) -> None:
        self._api = api
        self._sandbox = sandbox
        self._client = client

    def send(self, id: str, request: Asked) -> tuple[Response, str | None]:
        """The reply, and the error row that it is."""
        operation = self._api.contract.operations[id]
        path = operation.path.format_map({name: quote(str(value), safe="") for name, value in request.path.items()})
        headers = {name: str(value) for name, value in request.header.items()}
        body: dict[str, Any] = {"json" if request.media == JSON else "data": request.body} if request.media else {}
        reply = self._client.request(
            operation.method, path.lstrip("/"), params=dict(request.query), headers=headers, **body
        )
        exchange = next(iter(self._sandbox.journal))
        assert exchange.operation == id
        return reply, exchange.row

    def follow(self, link: Link) -> Asked:
        """What a link makes of the first request to its source that is answered as the link wants it."""
        tried = []
        for request in self._requests(link):
            reply, row = self.send(link.source, request)
            tried.append(f"{request}: {reply.status_code}: {reply.text}")
            if reply.status_code == link.status and (link.status >= 400 or row is None):
                try:
                    return self._followed(link, request, reply)
                except Nothing as nothing:
                    tried.append(str(nothing))
        raise AssertionError("\n".join(tried))

    def _requests(self, link: Link) -> Iterator[Asked]:
        """The source's examples; the same after what another link comes from; and with the refusal asked for."""
        examples = [*self._examples(link.source)]
        yield from examples
        for before in LINKS:
            if before.contract == link.contract and before.target == link.source != before.source:
                for request in self._examples(before.source):
                    reply, row = self.send(before.source, request)
                    if reply.status_code == before.status and row is None:
                        with suppress(Nothing):
                            yield self._followed(before, request, reply)
        for refusal in self._api.contract.operations[link.source].errors.values():
            if refusal.status == link.status:
                yield examples[0]._replace(header={**examples[0].header, "Prefer": f"error={refusal.id}"})

    def _examples(self, id: str) -> Iterator[Asked]:
        """Every example of a body, first with the parameters that there must be, then with all of them."""
        document = self._api.contract.document
        item, node = _operations(self._api)[id]
        parameters = [
            _deref(parameter, document) for parameter in (*item.get("parameters", ()), *node.get("parameters", ()))
        ]
        content = _deref(node.get("requestBody", {}), document).get("content", {})
        bodies = [(media, body) for media, described in content.items() for body in _values(described, document)]
        for all_of_them in (False, True):
            places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
            for parameter in parameters:
                if all_of_them or parameter.get("required") or "example" in parameter:
                    places[parameter["in"]][parameter["name"]] = next(_values(parameter, document))
            for media, body in bodies or [("", None)]:
                yield Asked(**places, media=media, body=body)

    def _followed(self, link: Link, request: Asked, reply: Response) -> Asked:
        """The request that a link makes of another and its reply. Raises Nothing."""
        example = next(self._examples(link.target))
        operation = self._api.contract.operations[link.target]
        left = {name: _evaluated(value, request, reply) for name, value in link.parameters.items()}
        places = {"path": operation.in_path, "query": operation.in_query, "header": operation.in_header}
        said = {
            place: {name: left.pop(name) for name in parameters.names if name in left}
            for place, parameters in places.items()
        }
        assert not left, f"{link.target} has no such parameters: {left}"
        body = example.body if link.body is None else _evaluated(link.body, request, reply)
        return Asked(
            {**example.path, **said["path"]},
            {**example.query, **said["query"]},
            {**example.header, **said["header"]},
            example.media,
            body,
        )


def _values(described: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Any]:
    """The examples of a parameter or of a body."""
    if "example" in described:
        yield described["example"]
    for example in described.get("examples", {}).values():
        yield _deref(example, document)["value"]


def _evaluated(value: Any, request: Asked, reply: Response) -> Any:
    """A constant, an expression, a text with expressions in it, or a structure of these. Raises Nothing."""
    match value:
        case str() if value.startswith("$"):
            return _looked_up(value, request, reply)
        case str():
            return re.sub(r"\{(\$[^}]+)\}", lambda found: str(_looked_up(found[1], request, reply)), value)
        case dict():
            return {name: _evaluated(inner, request, reply) for name, inner in value.items()}
        case list():
            return [_evaluated(inner, request, reply) for inner in value]
    return value


def _looked_up(expression: str, request: Asked, reply: Response) -> Any:
    found = EXPRESSION.fullmatch(expression)
    assert found, expression
    side, place, name, pattern = found.groups()
    try:
        if place == "body":
            value = _pointed_at(request.body if side == "request" else reply.json(), name or "")
        else:
            value = (getattr(request, place) if side == "request" else reply.headers)[name]
        if pattern is not None:
            value = re.findall(pattern, value)[0]
    except (KeyError, IndexError, TypeError):
        raise Nothing(expression) from None
    if value is None:
        raise Nothing(expression)
    return value


def _pointed_at(value: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        value = value[int(step)] if isinstance(value, list) else value[step.replace("~1", "/").replace("~0", "~")]
    return value
