"""Where scenarios are run: at a fake that is started for it, at a mockserver that runs, or at whoever claims to be the vendor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import msgspec

from mockserver.client.errors import AdminError
from mockserver.client.http import AdminConnection, split_url
from mockserver.client.sandbox import Sandbox
from mockserver.client.server import MockServer
from mockserver.hosts import is_loopback
from mockserver.scenarios.beginning import Beginnings, NotBegun
from mockserver.scenarios.document import Scenario
from mockserver.scenarios.mock import Mock

_KEPT = 3600
"""Seconds after which a sandbox goes at a server that is not ours, should nobody have taken it away."""


class Misplaced(Exception):
    """A run cannot take place where it should. The message says why, and what can be done."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to run; without `url`, at a fake that is started for it.

    `servers` are the addresses of some source descriptions, `headers` are sent with every request. `token` is what a
    mockserver's admin API asks for, `ca` a certificate to trust. `keep` leaves sandboxes there; `timeout` is how many
    seconds a reply may take.
    """

    url: str | None = None
    servers: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    token: str | None = None
    ca: str | None = None
    keep: bool = False
    timeout: float = 30.0

    def base(self, source: str, server: str, root: str) -> str:
        """The address before the paths of an API whose description names a server; `root` is that of all APIs."""
        path = urlsplit(server).path.rstrip("/")
        own = self.servers.get(source)
        if own is None:
            return root + path
        return own if urlsplit(own).path else own + path

    def settled(self, scenarios: Iterable[Scenario]) -> Place:
        """The same, without a fake where no request would go to it."""
        if self.url is not None or not self.servers or not all(map(self.replaces, scenarios)):
            return self
        return msgspec.structs.replace(self, url=next(iter(self.servers.values())))

    def replaces(self, scenario: Scenario) -> bool:
        """Whether all APIs of a scenario have addresses of their own."""
        apis = [name for name, source in scenario.sources.items() if source.document is not None]
        return bool(apis) and all(name in self.servers for name in apis)


class World:
    """What one workflow runs in: a sandbox of a mockserver, or none at a foreign server.

    `given` is whether the sandbox was there before, and stays; `saved` are the snapshots that the workflow has kept, by
    the names that it gave them.
    """

    def __init__(self, root: str, server: MockServer | None, sandbox: Sandbox | None, *, given: bool = False) -> None:
        self.root = root
        self.server = server
        self.sandbox = sandbox
        self.given = given
        self.saved: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The sandbox's address, or nothing."""
        return "" if self.sandbox is None else self.sandbox.url


class Target:
    """A server to ask, from its opening until `close`."""

    def __init__(self, place: Place) -> None:
        """Raises Misplaced."""
        self.place = place
        self._stack = ExitStack()
        self._named = False
        self.server: MockServer | None = None
        self._root = ""
        try:
            self._open()
            self.client = self._stack.enter_context(_client(place, self._root))
        except BaseException:
            self._stack.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def where(self) -> str:
        """What is asked, in words."""
        if self.place.url is None:
            return "a fake that was started for this"
        return f"{self._root}, a mockserver" if self.server is not None else f"{self._root}, no mockserver"

    def is_foreign(self, scenario: Scenario) -> bool:
        """Whether none of a scenario's requests goes to a mockserver."""
        return self.server is None or self.place.replaces(scenario)

    def close(self) -> None:
        """Take back all that was made, and end what was started."""
        self._stack.close()

    @contextmanager
    def world(self, scenario: Scenario, mock: Mock) -> Iterator[World]:
        """A world that begins with these settings, and its end. Raises NotBegun, AdminError, ConnectionError."""
        if self.server is None or self.is_foreign(scenario):
            yield World(self._root, None, None)
            return
        given = self._named
        sandbox = self.server.default if given else self._begin(scenario, mock)
        world = World(sandbox.url, self.server, sandbox, given=given)
        try:
            yield world
        finally:
            if not self.place.keep:
                self._remove(world, sandbox)

    def _open(self) -> None:
        if self.place.url is None:
            self.server = self._stack.enter_context(MockServer())
            self._root = self.server.url
        elif _is_mockserver(self.place.url, self.place):
            try:
                self.server = MockServer.connect(self.place.url, self.place.token, self.place.ca)
                self._stack.callback(self.server.close)
                self.server.vendors()  # which is refused without the token
            except (AdminError, ConnectionError, ValueError, OSError) as error:
                raise Misplaced(" ".join(str(error).split())) from None
            self._root, self._named = self.server.admin.url, self.server.admin.sandbox is not None
        else:
            self._root = self.place.url.rstrip("/")
        if self.server is not None:
            self._beginnings = self._stack.enter_context(Beginnings(self.server))

    def _begin(self, scenario: Scenario, mock: Mock) -> Sandbox:
        wish = self._beginnings.wish(mock, scenario.file.parent)
        if self.place.url is not None and not self.place.keep:
            wish["ttlSeconds"] = _KEPT
        if self.server is None:
            raise NotBegun("there is no mockserver")
        return self.server.create(wish)

    def _remove(self, world: World, sandbox: Sandbox) -> None:
        with suppress(AdminError, ConnectionError):  # the server has ended meanwhile, or somebody else was quicker
            if not world.given:
                sandbox.delete()
        for name in world.saved.values():
            with suppress(AdminError, ConnectionError):
                sandbox.admin.at(None).delete(f"/snapshots/{name}")


def is_foreign(url: str) -> bool:
    """Whether an address is on another machine."""
    return not is_loopback((urlsplit(url if "://" in url else f"http://{url}").hostname or "").lower())


def _is_mockserver(url: str, place: Place) -> bool:
    """Raises Misplaced where nobody answers."""
    try:
        root, _ = split_url(url)
    except ValueError:
        return False  # it has a path, as a mockserver's never has
    try:
        with AdminConnection(root, ca=place.ca) as connection:
            reply = httpx2.get(f"{root}/__admin/health", timeout=place.timeout, **connection.reach)
            told = reply.json()
    except (httpx2.TransportError, OSError) as error:
        raise Misplaced(f"{root} does not answer: {str(error) or type(error).__name__}") from None
    except ValueError:
        return False
    return isinstance(told, dict) and "uptimeInSeconds" in told


def _client(place: Place, root: str) -> httpx2.Client:
    """One client for all requests; certificates are read only where one is looked at."""
    urls = [root, *place.servers.values()]
    verify: Any = any(url.startswith("https:") for url in urls)
    if verify and place.ca:
        import ssl  # noqa: PLC0415  few need it

        verify = ssl.create_default_context(cafile=place.ca)
    limits = httpx2.Limits(max_keepalive_connections=20, keepalive_expiry=2.0)
    return httpx2.Client(verify=verify, limits=limits, trust_env=any(map(is_foreign, urls)))
