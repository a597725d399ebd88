"""What a person at the terminal reads: where the server listens, what it serves, and each request as it comes."""

from __future__ import annotations

import json
import shlex
import string
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import click

from mockserver.contract import Operation
from mockserver.journal import Exchange
from mockserver.schema import resolve
from mockserver.vendor import Api
from mockserver.version import __version__
from mockserver.world import World


def banner(world: World, url: str, notes: Iterable[str], token: str | None, curl_options: Sequence[str]) -> str:
    """What is said once, when the server listens; `notes` are further lines, and `token` one that nobody knows yet."""
    count = sum(len(collection) for collection in world.sandboxes.default.ledger.collections.values())
    lines = [
        f"mockserver {__version__} listens on {click.style(url, bold=True)} (Ctrl-C stops it)",
        f"seed {world.fixture.seed}, {count} records; health, state and journal: {url}/__admin/health",
        *notes,
        "",
        *(_serves(api) for api in world.apis),
    ]
    curls = [f"  {curl}" for curl in curl_lines(world, url, curl_options)]
    if curls:
        lines += ["", "Try it:", *curls]
    if token:
        lines += ["", f"The admin API asks for: Authorization: Bearer {token}"]
    elif world.options.admin_token:
        lines += ["", "The admin API asks for the token that it was given, as: Authorization: Bearer ..."]
    return "\n".join(lines)


def _serves(api: Api) -> str:
    contract = api.contract
    return f"  {contract.base_path:<24} {contract.document['info']['title']} ({summary(api)})"


def summary(api: Api) -> str:
    """How much of an API there is."""
    return f"{len(api.contract.operations)} operations, {len(api.contract.rows())} kinds of error"


def curl_lines(world: World, url: str, options: Sequence[str]) -> Iterator[str]:
    """Requests that work as they stand: for each contract the one that it names in `x-try`."""
    sandbox = world.sandboxes.default
    curl = " ".join(["curl -s", *map(shlex.quote, options)])
    for api in world.apis:
        operation = api.contract.operations.get(api.contract.document.get("x-try", ""))
        credential = next(iter(api.dialect.credentials(sandbox.subjects[api.vendor])), None)
        if operation and credential:
            headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in credential.headers.items()]
            yield " ".join([curl, shlex.quote(url + _path(api, operation)), *headers, *_body(api, operation)])


def _path(api: Api, operation: Operation) -> str:
    """The path with the contract's examples in it and behind it, and with the ending that names a format."""
    item, document = _item(api, operation), api.contract.document
    examples: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for parameter in (*item.get("parameters", ()), *item[operation.method.lower()].get("parameters", ())):
        described = resolve(parameter["$ref"], document) if "$ref" in parameter else parameter
        if "example" in described:
            examples[described["in"]][described["name"]] = described["example"]
    query = f"?{urlencode(examples['query'])}" if examples["query"] else ""
    return operation.path.format_map(examples["path"]) + next(iter(operation.formats), "") + query


def _item(api: Api, operation: Operation) -> Mapping[str, Any]:
    item: Mapping[str, Any] = api.contract.document["paths"][operation.path.removeprefix(api.contract.base_path)]
    return item


def _body(api: Api, operation: Operation) -> Iterator[str]:
    node = _item(api, operation)[operation.method.lower()]
    for content in node.get("requestBody", {}).get("content", {}).values():
        example = next(iter(content["examples"].values()))["value"]
        yield f"-d {shlex.quote(json.dumps(example))}"
        return


class RequestLines:
    """Prints one line per exchange."""

    def __call__(self, sandbox: str, exchange: Exchange) -> None:
        """Print: sandbox, operation, status or error row, milliseconds, and what the developer should know."""
        failed = exchange.row is not None or not 0 < exchange.status < 400  # noqa: PLR2004  HTTP's own border
        said = exchange.row or str(exchange.status or "no answer")
        outcome = click.style(said, fg="red" if failed else "green")
        operation = f"{exchange.api}.{exchange.operation}" if exchange.operation else _asked(exchange)
        known = [f"fault {exchange.fault}"] if exchange.fault else []
        notes = "".join(f"  [{note}]" for note in (*known, *(finding.id for finding in exchange.findings)))
        click.echo(f"{sandbox}  {operation}  {outcome}  {exchange.took * 1000:.2f} ms{notes}")


def _asked(exchange: Exchange) -> str:
    """What a client asked for, in characters that cannot steer a terminal."""
    return f"{exchange.method} {quote(exchange.target, safe=string.punctuation)}"


class SeedingProgress:
    """Says how far seeding is, once it has taken a second."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1

    def __call__(self, done: int, total: int) -> None:
        """Told after every thousand people at a vendor."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 1
            click.echo(f"seeding: {done:,} of {total:,} customers", err=True)
