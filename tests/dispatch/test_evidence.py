"""How we know that a vendor answers so: each of its replies tells it, in a header of ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.world import World
from tests.appclient import AppClient

OPEN2B = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
GET = "/api/v13/commerce.customers.get"


@pytest.fixture
def shop(world: World) -> Iterator[AppClient]:
    sandbox = world.sandboxes.create()
    headers = {"X-Mock-Sandbox": sandbox.name}
    with AppClient(world.app, base_url="http://127.0.0.1", headers=headers) as made:
        yield made
    world.sandboxes.remove(sandbox.name)


@pytest.mark.parametrize(
    ("method", "path", "sent", "evidence"),
    [
        ("POST", GET, {"json": {"id": 37091}}, "documented"),
        ("POST", GET, {"json": {"id": "x"}}, "documented; row=field-malformed"),
        ("POST", GET, {"json": {"id": 37091}, "headers": {"Prefer": "code=503"}}, "inferred; row=injected"),
        ("DELETE", GET, {}, "inferred; row=http-method"),
        ("POST", "/api/v13/commerce.customers.nothing", {"json": {}}, "documented; row=method-unknown"),
    ],
)
def test_each_reply_tells_how_it_is_known(
    shop: AppClient, method: str, path: str, sent: dict[str, Any], evidence: str
) -> None:
    sent = {**sent, "headers": {**OPEN2B, **sent.get("headers", {})}}
    for _ in range(3):  # replies that were found valid are known again
        assert shop.request(method, path, **sent).headers["x-mock-evidence"] == evidence


def test_what_the_fake_says_for_itself_is_no_vendors_reply(shop: AppClient) -> None:
    unknown = shop.post(GET, json={"id": 37091}, headers={**OPEN2B, "Prefer": "error=nothing"})
    assert (unknown.status_code, "x-mock-evidence" in unknown.headers) == (400, False)
    assert "x-mock-evidence" not in shop.get("/nowhere").headers


def test_the_journal_has_it_as_it_was_sent(world: World, shop: AppClient) -> None:
    shop.post(GET, json={"id": 37091}, headers=OPEN2B)
    sandbox = world.sandboxes.get(shop.headers["X-Mock-Sandbox"])
    assert sandbox is not None
    assert (b"x-mock-evidence", b"documented") in next(iter(sandbox.journal)).reply_headers
