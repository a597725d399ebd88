"""No vendor ignores a field in silence: each request of the contracts' examples, with a field more that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import yaml

from mockserver import files
from mockserver.finding_kinds import UNDOCUMENTED, kind_of
from mockserver.sandbox import Sandbox
from mockserver.schema import resolve
from mockserver.world import World
from tests.appclient import AppClient

FORM = "application/x-www-form-urlencoded"
MORE = {"favouriteColour": "red"}


class Example(NamedTuple):
    """A request as a contract shows it, with an object in its body that has a field too many."""

    api: str
    operation: str
    method: str
    path: str
    media_type: str
    body: dict[str, Any]


def examples(api: str) -> Iterator[Example]:
    """All of a contract's, each with the field at the top and in each object below."""
    document = yaml.safe_load((files.contracts() / f"{api}.yaml").read_text(encoding="utf-8"))
    base = document["servers"][0]["url"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = whole(document, operation.get("requestBody", {})) if isinstance(operation, dict) else {}
            for media_type, described in content.get("content", {}).items():
                for example in described.get("examples", {}).values():
                    value = whole(document, example).get("value")
                    for body in widened(value) if isinstance(value, dict) else ():
                        yield Example(api, operation["operationId"], method.upper(), base + path, media_type, body)


def whole(document: dict[str, Any], node: Any) -> Any:
    return resolve(node["$ref"], document) if "$ref" in node else node


def widened(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield {**value, **MORE}
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from ({**value, name: wider} for wider in widened(inner))


@pytest.mark.parametrize("api", ["open2b", "kounta", "spurtcommerce", "webcommander-plugin", "webcommander-v4"])
def test_a_field_that_nobody_knows_is_refused_or_found(world: World, sandbox: Sandbox, api: str) -> None:
    vendor = world.api(api)
    headers = vendor.dialect.credentials(sandbox.subjects[vendor.vendor])[0].headers
    client = AppClient(world.app, base_url=f"http://127.0.0.1/@{sandbox.name}", headers=headers)
    met = set()
    for example in examples(api):
        sandbox.reset()
        path = example.path.replace("{company_id}", "5678").replace("{customer_id}", "310").replace("{id}", "3")
        sent: dict[str, Any] = {"data": example.body} if example.media_type == FORM else {"json": example.body}
        client.request(example.method, path, **sent)
        exchange = next(iter(sandbox.journal))
        kinds = {kind_of(finding.id) for finding in exchange.findings}
        assert exchange.row or UNDOCUMENTED in kinds, f"{example} was answered {exchange.status}, in silence"
        met |= {UNDOCUMENTED} & kinds
    assert met or api == "open2b", "which refuses all that it does not know"
