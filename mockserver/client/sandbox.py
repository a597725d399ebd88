"""One sandbox of a server, and all that a test does with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from http import HTTPStatus
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import httpx2

from mockserver.client.apis import find_api
from mockserver.client.clock import Clock
from mockserver.client.durations import Duration, seconds
from mockserver.client.errors import AdminError
from mockserver.client.events import Events, Kind
from mockserver.client.faults import Faults
from mockserver.client.http import AdminConnection
from mockserver.client.records import Records
from mockserver.client.requests import Requests
from mockserver.client.results import (
    SandboxInfo,
    SnapshotEntry,
    VendorEntry,
    read,
    read_all,
    read_findings,
    read_report,
)
from mockserver.client.scenarios import Scenarios
from mockserver.client.socketless import Socketless
from mockserver.client.webhooks import Webhooks

if TYPE_CHECKING:
    from mockserver.client.server import MockServer
    from mockserver.client.transports import Line
    from mockserver.coverage_report import Report
    from mockserver.findings_report import FindingsReport


class Sandbox(Socketless):
    """An isolated world on a server. Made by `MockServer.sandbox`; in a `with`, it is removed at the end."""

    def __init__(self, server: MockServer, name: str) -> None:
        self.name = name
        self._server = server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.delete()

    def __repr__(self) -> str:
        return f"<Sandbox {self.url}>"

    # Where it is.

    @property
    def url(self) -> str:
        """Its address, before the paths of all APIs: http://127.0.0.1:8900/@NAME."""
        return self.admin.url

    @cached_property
    def admin(self) -> AdminConnection:
        """The admin API as this sandbox has it, for what has no method here."""
        return self._server.admin.at(self.name)

    @property
    def info(self) -> SandboxInfo:
        """What the server says of it. Raises AdminError where it is gone."""
        return read(SandboxInfo, self.admin.get(f"/sandboxes/{quote(self.name, safe='')}"))

    def base_url(self, api: str) -> str:
        """What an app has for its base URL: of an API, or of a vendor that has one only. Raises LookupError."""
        return f"{self.url}{self._server.base_path(api)}"

    def credentials(self, api: str) -> dict[str, str]:
        """Request headers that work at an API. Raises LookupError where there is none such."""
        entries = read_all(VendorEntry, self.admin.get("/vendors")["vendors"])
        entry = find_api(entries, api)
        if not entry.credentials:
            raise LookupError(f"sandbox {self.name} has no credentials for {entry.api}")
        return entry.credentials[0].headers

    def client(self, api: str) -> httpx2.Client:
        """An HTTP client with the base URL and credentials of an API; closed with the sandbox, if not before."""
        transport = None if self._server.sockets else self.transport()
        client = httpx2.Client(
            base_url=self.base_url(api),
            headers=self.credentials(api),
            transport=transport,
            **self.admin.reach,
        )
        self._server.clients.add(self.name, client)
        return client

    def async_client(self, api: str) -> httpx2.AsyncClient:
        """The same for asynchronous code, which closes it itself: `async with sandbox.async_client(…) as client`."""
        transport = None if self._server.sockets else self.async_transport()
        return httpx2.AsyncClient(
            base_url=self.base_url(api),
            headers=self.credentials(api),
            transport=transport,
            **self.admin.reach,
        )

    def line(self, library: ModuleType) -> Line:
        """What a transport needs to ask this sandbox, whatever the host. Raises ValueError where it is elsewhere."""
        return self._server.line(library, self.name)

    # What is in it.

    def records(self, vendor: str, collection: str) -> Records:
        """The records of a collection."""
        return Records(self.admin, vendor, collection)

    @cached_property
    def clock(self) -> Clock:
        """Its time."""
        return Clock(self.admin)

    @cached_property
    def faults(self) -> Faults:
        """What goes wrong on purpose."""
        return Faults(self.admin)

    @cached_property
    def scenarios(self) -> Scenarios:
        """The named states that what goes wrong is tied to."""
        return Scenarios(self.admin)

    @cached_property
    def requests(self) -> Requests:
        """What it was asked."""
        return Requests(self.admin)

    @cached_property
    def webhooks(self) -> Webhooks:
        """What it told to apps."""
        return Webhooks(self.admin)

    def coverage(self, *, vendor: str | None = None) -> Report:
        """What its requests have met of the contracts."""
        return read_report(self.admin.get("/coverage", params={"vendor": vendor}))

    def findings(self, *, vendor: str | None = None) -> FindingsReport:
        """What the developer of the app that asked it should know."""
        return read_findings(self.admin.get("/findings", params={"vendor": vendor}))

    def events(
        self, types: Sequence[Kind] = (), *, since: int | None = None, timeout: Duration | None = None
    ) -> Events:
        """What happens from now on, and before that, what the journal has after the exchange `since`.

        Where an event takes longer than `timeout`, TimeoutError is raised; without one, it is awaited for ever.
        """
        params = {"types": ",".join(types) or None, "since": since}
        return Events(self.admin.stream("/events", params=params, timeout=seconds(timeout)))

    # How it goes on.

    def reset(self) -> None:
        """Back to how it began: records, clock, faults, journal."""
        self.admin.post("/reset")

    def purge(self) -> None:
        """Empty: only what the shops are set up with stays."""
        self.admin.post("/purge")

    def clone(self, name: str | None = None) -> Sandbox:
        """A new sandbox that begins as this one is now."""
        return self._copy(name, {"sandbox": self.name})

    def fork(self, before: int, name: str | None = None) -> Sandbox:
        """A new sandbox that begins as this one was just before an exchange."""
        return self._copy(name, {"sandbox": self.name, "before": before})

    def save(self, name: str) -> SnapshotEntry:
        """Have the server keep the state as it is, under a name."""
        return self._server.snapshots.save(name, sandbox=self.name)

    def load(self, name: str) -> None:
        """Go to a state that the server keeps. Raises AdminError."""
        self.admin.post(f"/snapshots/{quote(name, safe='')}/load")

    def delete(self) -> None:
        """Remove it from the server, if it is still there, and close its clients."""
        self._server.clients.close(self.name)
        try:
            self._server.admin.delete(f"/sandboxes/{quote(self.name, safe='')}")
        except AdminError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def _copy(self, name: str | None, source: dict[str, str | int]) -> Sandbox:
        return self._server.create({"from": source} if name is None else {"name": name, "from": source})
