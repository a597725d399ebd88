"""What a person at the terminal reads: where the server listens, what it serves, and each request as it comes."""

from __future__ import annotations

import json
import shlex
import string
import time
from collections.abc import Iterator
from urllib.parse import quote

import click

from mockserver import __version__
from mockserver.contract import Operation
from mockserver.journal import Exchange
from mockserver.vendor import Api
from mockserver.world import World


def banner(world: World, url: str) -> str:
    """What is said once, when the server listens."""
    count = sum(len(collection) for collection in next(iter(world.sandboxes)).ledger.collections.values())
    lines = [
        f"mockserver {__version__} listens on {click.style(url, bold=True)} (Ctrl-C stops it)",
        f"seed {world.fixture.seed}, {count} records; health, state and journal: {url}/__admin/health",
        "",
        *(_serves(api) for api in world.apis),
    ]
    curl = curl_line(world, url)
    if curl:
        lines += ["", "Try it:", f"  {curl}"]
    if world.options.admin_token:
        lines += ["", f"The admin API asks for: Authorization: Bearer {world.options.admin_token}"]
    return "\n".join(lines)


def _serves(api: Api) -> str:
    contract = api.contract
    return f"  {contract.base_path:<24} {contract.document['info']['title']} ({summary(api)})"


def summary(api: Api) -> str:
    """How much of an API there is."""
    return f"{len(api.contract.operations)} operations, {len(api.contract.rows())} kinds of error"


def curl_line(world: World, url: str) -> str | None:
    """A request that works as it stands: the one that the first contract names in `x-try`."""
    sandbox = next(iter(world.sandboxes))
    for api in world.apis:
        operation = api.contract.operations.get(api.contract.document.get("x-try", ""))
        vendor = world.vendors[api.vendor]
        credential = next(iter(vendor.credentials(sandbox.subjects[api.vendor])), None)
        if operation and credential:
            headers = [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in credential.headers.items()]
            return " ".join(["curl -s", url + operation.path, *headers, *_body(api, operation)])
    return None


def _body(api: Api, operation: Operation) -> Iterator[str]:
    node = api.contract.document["paths"][operation.path.removeprefix(api.contract.base_path)]
    for content in node[operation.method.lower()].get("requestBody", {}).get("content", {}).values():
        example = next(iter(content["examples"].values()))["value"]
        yield f"-d {shlex.quote(json.dumps(example))}"
        return


class RequestLines:
    """Prints one line per exchange."""

    def __call__(self, sandbox: str, exchange: Exchange) -> None:
        """Print: sandbox, operation, status or error row, milliseconds, and what the developer should know."""
        failed = exchange.row is not None or exchange.status >= 400  # noqa: PLR2004  HTTP's own border
        outcome = click.style(exchange.row or str(exchange.status), fg="red" if failed else "green")
        operation = f"{exchange.api}.{exchange.operation}" if exchange.operation else _asked(exchange)
        notes = "".join(f"  [{finding.id}]" for finding in exchange.findings)
        click.echo(f"{sandbox}  {operation}  {outcome}  {exchange.took * 1000:.2f} ms{notes}")


def _asked(exchange: Exchange) -> str:
    """What a client asked for, in characters that cannot steer a terminal."""
    return f"{exchange.method} {quote(exchange.target, safe=string.punctuation)}"


class SeedingProgress:
    """Says how far seeding is, once it has taken a second."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 1

    def __call__(self, done: int, total: int) -> None:
        """Told after every thousand people."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 1
            click.echo(f"seeding: {done:,} of {total:,} people", err=True)
