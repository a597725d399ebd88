"""A proxy on a port of its own, and what it has noted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from mockserver.journal import Exchange
from mockserver.options import Options
from mockserver.proxy.app import Proxy
from mockserver.proxy.composing import Plan, compose
from mockserver.proxy.notes import Notes
from mockserver.proxy.traffic import Traffic
from mockserver.server import Server, listen


class Proxying:
    """A proxy that listens."""

    def __init__(self, proxy: Proxy, url: str, client: httpx2.Client) -> None:
        self.proxy = proxy
        self.world = proxy.world
        self.url = url
        self.client = client

    def forget(self) -> None:
        """Let it be as if nothing had gone through."""
        self.proxy.notes = Notes(self.world, self.proxy.api, self.proxy.settings.source)
        self.world.sandboxes.default.reset()
        self.client.cookies.clear()

    @property
    def traffic(self) -> Traffic:
        return self.proxy.notes.counter.traffic

    def admin(self, path: str) -> Any:
        return self.client.get(f"/__admin{path}").json()

    @property
    def last(self) -> Exchange:
        """What the journal has of the last request."""
        return next(iter(self.world.sandboxes.default.journal))

    def findings(self) -> list[dict[str, str]]:
        """What the journal has found, oldest first."""
        return [finding for each in reversed(self.admin("/requests")["requests"]) for finding in each["findings"]]


@contextmanager
def proxying(plan: Plan, options: Options | None = None) -> Iterator[Proxying]:
    proxy = compose(plan, options or Options())
    server = Server(proxy, listen())
    server.start()
    try:
        with httpx2.Client(base_url=server.url, follow_redirects=False, timeout=30) as client:
            yield Proxying(proxy, server.url, client)
    finally:
        server.stop()
        if proxy.recorder is not None:
            proxy.recorder.close()


def violations(reply: httpx2.Response) -> list[dict[str, Any]]:
    """What the header tells."""
    told: list[dict[str, Any]] = json.loads(reply.headers.get("x-mock-violations", "[]"))
    return told
