"""A server for tests: in this process, or one that runs elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack
from urllib.parse import quote

from mockserver.client.apis import find_api
from mockserver.client.clients import Clients
from mockserver.client.http import AdminConnection
from mockserver.client.results import SandboxInfo, VendorEntry, read, read_all, read_findings, read_report
from mockserver.client.running import Beginning, Running, ServerOptions
from mockserver.client.sandbox import Sandbox
from mockserver.client.snapshots import Snapshots
from mockserver.client.socketless import Socketless
from mockserver.client.wording import camel, given

if TYPE_CHECKING:
    from mockserver.client.transports import Line
    from mockserver.coverage_report import Report
    from mockserver.findings_report import FindingsReport

URL, TOKEN, CA = "MOCKSERVER_URL", "MOCKSERVER_ADMIN_TOKEN", "MOCKSERVER_CA"
_PLANTING = 600.0
"""Seconds that a sandbox with many people may take to begin."""


class SandboxOptions(TypedDict, total=False):
    """How a sandbox begins and behaves; what is left out is as the server has it.

    `snapshot` names a state that the server keeps, to begin with instead of a fixture. `ttl_seconds` is how long it
    lives without a request. `credentials` are request headers that lead to it.
    """

    fixture: str | None
    seed: int | None
    customers: int | None
    snapshot: str | None
    auth: Literal["lenient", "strict"] | None
    fidelity: Literal["documented", "observed"] | None
    rate_limits: Literal["off", "count", "enforce"] | None
    ttl_seconds: float | None
    credentials: Sequence[Mapping[str, str]] | None


class MockServer(Socketless):
    """A server in this process, which listens on a free port of this machine until `close`, or the end of a `with`.

    `fixture` is a name or a file, `vendors` the only ones to serve; `ServerOptions` has the others. Without `sockets`
    it listens nowhere, and answers the transports only. `connect` gives one that runs elsewhere. `admin` is its admin
    API itself, for what has no method here.
    """

    admin: AdminConnection
    _running: Running | None = None

    def __init__(
        self,
        fixture: str | Path = "default",
        seed: int | None = None,
        customers: int | None = None,
        vendors: Sequence[str] = (),
        **options: Unpack[ServerOptions],
    ) -> None:
        running = self._running = Running(Beginning(fixture, seed, customers, vendors), options)
        transport = None if running.sockets else self.transport()
        self.admin = AdminConnection(running.url, running.token, transport=transport)

    @classmethod
    def connect(cls, url: str | None = None, token: str | None = None, ca: str | None = None) -> Self:
        """A server that runs elsewhere; it goes on when this is closed.

        What is not given is taken from the environment: MOCKSERVER_URL, MOCKSERVER_ADMIN_TOKEN, and MOCKSERVER_CA, a
        file with the certificate to trust. Raises ValueError without an address, Unreachable when nobody answers.
        """
        address = url or os.environ.get(URL)
        if not address:
            raise ValueError(f"which server? Give its address, such as http://127.0.0.1:8900, or set {URL}")
        server = cls.__new__(cls)
        server.admin = AdminConnection(
            address, token or os.environ.get(TOKEN) or None, ca=ca or os.environ.get(CA) or None
        )
        try:
            server.admin.get("/health")
        except BaseException:
            server.close()
            raise
        return server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<MockServer {self.url}>"

    def close(self) -> None:
        """Stop the server where it is in this process, and close all connections and clients."""
        self.clients.close_all()
        self.admin.close()
        if self._running is not None:
            self._running.stop()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self.admin.root

    @property
    def sockets(self) -> bool:
        """Whether it is asked over sockets."""
        return self._running is None or self._running.sockets

    @cached_property
    def clients(self) -> Clients:
        """The HTTP clients of its sandboxes that are open."""
        return Clients()

    @cached_property
    def default(self) -> Sandbox:
        """The sandbox of requests that name none, or the one that a given address named."""
        return Sandbox(self, self.admin.sandbox or "default")

    def sandbox(self, name: str | None = None, **options: Unpack[SandboxOptions]) -> Sandbox:
        """A new sandbox; without a name, under a new one. In a `with` it is removed at the end. Raises AdminError."""
        wish: dict[str, Any] = {} if name is None else {"name": name}
        wish |= {camel(key): value for key, value in given(SandboxOptions, options).items()}
        if "snapshot" in wish:
            wish["from"] = {"snapshot": wish.pop("snapshot")}
        return self.create(wish)

    def sandbox_named(self, name: str) -> Sandbox:
        """The sandbox of this name. Raises AdminError where there is none."""
        read(SandboxInfo, self.admin.get(f"/sandboxes/{quote(name, safe='')}"))
        return Sandbox(self, name)

    def sandboxes(self) -> list[Sandbox]:
        """All that there are."""
        return [Sandbox(self, entry["name"]) for entry in self.admin.get("/sandboxes")["sandboxes"]]

    @cached_property
    def snapshots(self) -> Snapshots:
        """The states that it keeps by name."""
        return Snapshots(self.admin)

    def coverage(self, *, vendor: str | None = None) -> Report:
        """What has been met of the contracts, in all sandboxes together, those that are gone included."""
        return read_report(self.admin.get("/coverage", params={"scope": "run", "vendor": vendor}))

    def findings(self, *, vendor: str | None = None) -> FindingsReport:
        """What the developer of the app should know, of all sandboxes together, those that are gone included."""
        return read_findings(self.admin.get("/findings", params={"scope": "run", "vendor": vendor}))

    def vendors(self) -> list[VendorEntry]:
        """What is faked: one entry for each contract."""
        return read_all(VendorEntry, self.admin.get("/vendors")["vendors"])

    def line(self, library: ModuleType, sandbox: str | None = None) -> Line:
        """What a transport needs to ask this server; with `sandbox`, on behalf of whoever names none."""
        if self._running is None:
            raise ValueError(f"{self.url} runs elsewhere: only a server in this process can be asked without sockets")
        return self._running.line(sandbox, library)

    def base_path(self, api: str) -> str:
        """What the paths of an API begin with. Raises LookupError."""
        return find_api(self._apis, api).base_path

    @cached_property
    def _apis(self) -> Sequence[VendorEntry]:
        return self.vendors()

    def create(self, wish: Mapping[str, Any]) -> Sandbox:
        """A new sandbox as the admin API is asked for one. Raises AdminError."""
        made = self.admin.post("/sandboxes", json=wish, timeout=_PLANTING)
        return Sandbox(self, read(SandboxInfo, made).name)
