"""Where contracts are checked: at a server started for it, at a mockserver that runs, or at whoever claims to be the vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import msgspec

from mockserver.checking.task import Task
from mockserver.client.http import AdminConnection, AdminError, split_url
from mockserver.client.running import Beginning, Running
from mockserver.hosts import is_loopback
from mockserver.vendor import Api

_KEPT = 3600
"""Seconds after which a sandbox goes that nobody has taken away."""


class Misplaced(Exception):
    """A check cannot take place where it should. The message says why, and what can be done."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where to check; without `url`, at a server that is started for it.

    `headers` are sent with every request, `auth` names a credential of the server's; `token` is what its admin API asks
    for, and `ca` a certificate to trust.
    """

    url: str | None = None
    headers: Mapping[str, str] = {}
    auth: str | None = None
    token: str | None = None
    ca: str | None = None

    @property
    def is_foreign(self) -> bool:
        """Whether it is on another machine."""
        return self.url is not None and not is_loopback(urlsplit(split_url(self.url)[0]).hostname or "")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be checked: the contract, and the operations of it."""

    api: Api
    operations: Sequence[str]


@contextmanager
def at(place: Place, wanted: Sequence[Wanted], *, writes: bool) -> Iterator[tuple[str, list[Task]]]:
    """Where it takes place, in words, and a task for each contract. Raises Misplaced."""
    if place.url is None:
        vendors = [*dict.fromkeys(one.api.vendor for one in wanted)]
        server = Running(Beginning(vendors=vendors), {"auth": "strict", "rate_limits": "off", "journal_entries": 100})
        try:
            with _sandboxes(AdminConnection(server.url), place, wanted, writes=writes) as tasks:
                yield f"{server.url}, a server started for this", tasks
        finally:
            server.stop()
        return
    root, _ = split_url(place.url)
    if not _is_mockserver(root, place):
        if place.auth:
            raise Misplaced(f"{root} is no mockserver, and has no credentials to choose from; give them with --header")
        yield root, [_task(one, root, place.headers, place, writes=writes) for one in wanted]
        return
    with _sandboxes(AdminConnection(place.url, place.token, ca=place.ca), place, wanted, writes=writes) as tasks:
        yield f"{root}, a mockserver", tasks


def _is_mockserver(root: str, place: Place) -> bool:
    """Raises Misplaced where nobody answers."""
    connection = AdminConnection(root, ca=place.ca)
    try:
        reply = httpx2.get(f"{root}/__admin/health", timeout=30, **connection.reach)
        told = reply.json()
    except httpx2.TransportError as error:
        raise Misplaced(f"{root} does not answer: {str(error) or type(error).__name__}") from None
    except ValueError:
        return False
    finally:
        connection.close()
    return isinstance(told, dict) and "uptimeInSeconds" in told


@contextmanager
def _sandboxes(
    connection: AdminConnection, place: Place, wanted: Sequence[Wanted], *, writes: bool
) -> Iterator[list[Task]]:
    """A task for each contract, in a sandbox of its own unless the address names one."""
    made: list[str] = []
    with connection:
        try:
            tasks = []
            for one in wanted:
                sandbox = connection if connection.sandbox else connection.at(_made(connection, made))
                headers = {**_credential(sandbox, one.api, place), **place.headers}
                task = _task(one, sandbox.url, headers, place, writes=writes)
                tasks.append(msgspec.structs.replace(task, sandbox=sandbox.url, token=place.token))
            yield tasks
        except (AdminError, ConnectionError) as error:
            raise Misplaced(" ".join(str(error).split())) from None
        finally:
            for name in made:
                _remove(connection, name)


def _made(connection: AdminConnection, made: list[str]) -> str:
    wish = {"auth": "strict", "rateLimits": "off", "fidelity": "documented", "ttlSeconds": _KEPT}
    name = str(connection.post("/sandboxes", json=wish)["name"])
    made.append(name)
    return name


def _remove(connection: AdminConnection, name: str) -> None:
    try:
        connection.delete(f"/sandboxes/{name}")
    except (AdminError, ConnectionError):
        return  # the server has ended meanwhile, or somebody else was quicker


def _credential(sandbox: AdminConnection, api: Api, place: Place) -> Mapping[str, str]:
    """The credential that is to be used, as headers."""
    served = {one["api"]: one for one in sandbox.get("/vendors")["vendors"]}
    if api.name not in served:
        raise Misplaced(f"{sandbox.root} does not serve {api.name}; it serves {', '.join(served)}")
    credentials = {one["name"]: one["headers"] for one in served[api.name]["credentials"]}
    if place.auth is None:
        return next(iter(credentials.values()), {})
    if place.auth not in credentials:
        raise Misplaced(f"{api.name} has no credential called {place.auth!r}; known: {', '.join(credentials)}")
    headers: Mapping[str, str] = credentials[place.auth]
    return headers


def _task(one: Wanted, url: str, headers: Mapping[str, str], place: Place, *, writes: bool) -> Task:
    return Task(
        contract=one.api.contract,
        url=url,
        operations=one.operations,
        headers=headers,
        ca=place.ca or True,
        writes=writes,
    )
