"""Who asks Spurtcommerce in tests, in which setting, and the forms of what it answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from httpx2 import Response

from mockserver import files
from mockserver.app import build
from mockserver.contract import read_contract
from mockserver.fixture import read_fixture
from mockserver.journal import Exchange
from mockserver.options import Auth, Fidelity, Options
from mockserver.vendors.spurtcommerce.records import Market
from mockserver.world import World
from tests.appclient import AppClient

CONTRACT = read_contract(files.contracts() / "spurtcommerce.yaml")
OPERATIONS = CONTRACT.operations
BOTH: tuple[Fidelity, ...] = ("documented", "observed")

ADMIN = {"Authorization": "Bearer U2FsdGVkX19tb2Nrc2VydmVyLXNwdXJ0Y29tbWVyY2UtYWRtaW4="}
LIMITED = {"Authorization": "Bearer U2FsdGVkX19tb2Nrc2VydmVyLXNwdXJ0Y29tbWVyY2UtbGltaXRlZA=="}
STRANGER = {"Authorization": "Bearer U2FsdGVkX19hIHRva2VuIHRoYXQgbm9ib2R5IGhhcyBldmVyIGdpdmVu"}
"""The fixture's administrators: one may do everything, one only what needs no permission; and nobody's token."""
PASSWORD = "Admin-12345"  # noqa: S105  the fixture's
GRACE, TOM, RUTH = 1, 2, 3
"""Customers. Tom sells three products, Ruth sells nothing yet; both are in a group of their own."""
NEWSLETTER, DEFAULT, GOLD, WHOLESALE = 1, 2, 3, 4
"""Groups. Nobody is in the first and the third one; Grace is in the second one."""
NOW = datetime(2026, 11, 21, 21, 39, 50, tzinfo=UTC)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


@cache
def world(fidelity: Fidelity = "documented", auth: Auth = "lenient") -> World:
    """A server with the fixture of the page."""
    return build(read_fixture("documented"), options=Options(fidelity=fidelity, auth=auth))


class Shop:
    """A sandbox of its own, at an instant that does not pass."""

    def __init__(self, world: World) -> None:
        self.sandbox = world.sandboxes.create()
        self.market: Market = self.sandbox.subjects["spurtcommerce"]
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.freeze(NOW)
        url = f"http://127.0.0.1/@{self.sandbox.name}/"
        self.client = AppClient(world.app, base_url=url, follow_redirects=False)

    def ask(self, method: str, path: str, by: dict[str, str] = ADMIN, **sent: Any) -> Response:
        """Ask as somebody; `sent` is as for httpx."""
        return self.client.request(method, path, headers={**by, **sent.pop("headers", {})}, **sent)

    def done(self, method: str, path: str, by: dict[str, str] = ADMIN, **sent: Any) -> Any:
        """What a request that succeeds is answered."""
        reply = self.ask(method, path, by, **sent)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def put(self, collection: str, *records: Any) -> None:
        """Store records."""
        with self.sandbox.ledger.transaction():
            for record in records:
                getattr(self.market, collection).put(record)

    def pass_time(self, **span: float) -> None:
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.advance(timedelta(**span))

    @property
    def newest(self) -> Exchange:
        return next(iter(self.sandbox.journal))

    @property
    def findings(self) -> list[str]:
        """What is said of the last request."""
        return [finding.id for finding in self.newest.findings]

    def kept(self) -> dict[str, Any]:
        """All that the sandbox keeps."""
        return {name: list(kept) for name, kept in self.sandbox.ledger.collections.items()}


@contextmanager
def opened(fidelity: Fidelity = "documented", auth: Auth = "lenient") -> Iterator[Shop]:
    """A shop. Nothing that a test asks may bring out a bug."""
    shop = Shop(world(fidelity, auth))
    with shop.client:
        yield shop
    assert [f.message for each in shop.sandbox.journal for f in each.findings if f.id == "bug"] == []


# The forms of refusals, with their keys in order


def written(body: Any) -> str:
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def by_program(message: str, status: int = 0) -> str:
    return written({"status": status, "message": message})


def by_framework(name: str, message: str) -> str:
    return written({"name": name, "message": message})


INVALID = "You have an error in your request's body. Check 'errors' field for more details!"


def by_rules(*lines: str) -> str:
    told = [f"property {line}" for line in lines]
    return written({"message": INVALID, "status": 0, "data": {"message": told}})


def by_router(method: str, path: str) -> str:
    head = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Error</title>\n</head>\n'
    return f"{head}<body>\n<pre>Cannot {method} {path}</pre>\n</body>\n</html>\n"


# The headers of a reply, by how far its request came

UNREAD: dict[str, str] = {}
READ = {"x-powered-by": "Express"}
_ALWAYS = {"x-frame-options": "SAMEORIGIN", "x-xss-protection": "1; mode=block", "access-control-allow-origin": "*"}
PARSED = {**READ, **_ALWAYS}
SCREENED = {
    **_ALWAYS,
    "x-content-type-options": "nosniff",
    "x-download-options": "noopen",
    "x-dns-prefetch-control": "off",
    "strict-transport-security": "max-age=15552000; includeSubDomains",
    "surrogate-control": "no-store",
    "cache-control": "no-store, no-cache, must-revalidate, proxy-revalidate",
    "pragma": "no-cache",
    "expires": "0",
}
"""Too large to be read; read but not understood; understood but with a wrong character; and everything else."""


def headers_of(reply: Response) -> dict[str, str]:
    """The headers but for those of the body itself, the server's clock, and ours."""
    others = {"content-type", "content-length", "date", "x-mock-evidence"}
    return {name: value for name, value in reply.headers.items() if name not in others}
