"""A session with a fake, recorded as an archive would hold it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from httpx2 import Request, Response

from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.har import Recorded
from mockserver.options import Options
from mockserver.pseudonyms import Pseudonyms
from mockserver.vendor import Vendor
from mockserver.world import World
from tests.appclient import AppClient


class Tape:
    """Asks one API of a world, with the first of its credentials, and keeps what was said; without secrets where asked."""

    def __init__(self, world: World, api: str, *, secrets: bool = True) -> None:
        self.world = world
        self.api = world.api(api)
        self.recorded: list[Recorded] = []
        self._pseudonyms = None if secrets else Pseudonyms(self.api.contract)
        state = world.sandboxes.default.subjects[self.api.vendor]
        self._headers = self.api.dialect.credentials(state)[0].headers
        self._client = AppClient(world.app, base_url="http://shop.example.com", follow_redirects=False)

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
        """One exchange; `path` is from the API's base on."""
        given = self._headers if headers is None else headers
        url = f"{self.api.contract.base_path}{path}"
        request = self._client.build_request(method, url, headers=given, **more)
        response = self._client.send(request)
        started = self.world.sandboxes.default.clock.now.isoformat()
        self.keep(exchange(request, response, started))
        return response

    def keep(self, recorded: Recorded) -> None:
        """Keep an exchange, without secrets where they are not to be kept."""
        self.recorded.append(recorded if self._pseudonyms is None else self._pseudonyms.recorded(recorded))


def exchange(request: Request, response: Response, started: str) -> Recorded:
    """A request and its response as one exchange."""
    return Recorded(
        method=request.method,
        url=str(request.url),
        request_headers=tuple(request.headers.items()),
        request_body=request.content,
        status=response.status_code,
        reply_headers=tuple(response.headers.items()),
        reply_body=response.content,
        started=started,
    )


def shop(vendor: Vendor | None = None, fixture: str = "default", **options: Any) -> World:
    """A fake of its own."""
    return build(read_fixture(fixture), None if vendor is None else [vendor], Options(**options))
