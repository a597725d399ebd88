"""What a sandbox was asked, as a person reads it beside a test that failed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockserver.client.exchanges import FullExchange, Message
from mockserver.client.sandbox import Sandbox

MOST = 20
"""Exchanges that are shown; older ones are only counted."""
_LONGEST = 400
"""Characters of a body that are shown."""


def show_exchanges(sandbox: Sandbox) -> str:
    """The newest exchanges of a sandbox, oldest first, each with its bodies; secrets are redacted as in the journal."""
    newest = sandbox.requests.list()
    lines = [_heading(sandbox, len(newest))]
    for exchange in reversed(newest[:MOST]):
        lines += _show(sandbox.requests.get(exchange.id), f"/@{sandbox.name}")
    return "\n".join(lines)


def _heading(sandbox: Sandbox, count: int) -> str:
    if not count:
        return f"{sandbox.url} was asked nothing"
    shown = f"; the last {MOST} of them" if count > MOST else ""
    return f"{sandbox.url} was asked {count} time{'s' if count > 1 else ''}{shown}:"


def _show(exchange: FullExchange, prefix: str) -> Iterator[str]:
    status = "no answer" if exchange.status is None else str(exchange.status)
    name = "no such operation" if exchange.operation is None else f"{exchange.vendor} {exchange.operation}"
    error = f" ({exchange.error})" if exchange.error else ""
    yield f"{exchange.id}. {exchange.method} {exchange.url.removeprefix(prefix)} -> {status}{error}  [{name}]"
    if exchange.fault is not None:
        yield f"     fault: {exchange.fault}"
    for finding in exchange.findings:
        yield f"     {finding.id}: {finding.message}"
    yield from _body("   > ", exchange.request)
    yield from _body("   < ", exchange.response)


def _body(mark: str, message: Message) -> Iterator[str]:
    if message.body_kind == "empty":
        return
    body = json.dumps(message.body, ensure_ascii=False) if message.body_kind == "json" else str(message.body)
    if len(body) > _LONGEST:
        body = f"{body[:_LONGEST]}… ({len(body)} characters)"
    for line in body.splitlines() or [body]:
        yield f"{mark}{line}"
