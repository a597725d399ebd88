"""Transports for whatever runs in this process."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, overload

import httpx2

if TYPE_CHECKING:
    from mockserver.client.transports import Line


class Socketless:
    """What can be asked without sockets, when it runs in this process."""

    def line(self, library: ModuleType) -> Line:
        """What a transport of an HTTP library needs. Raises ValueError where the server runs elsewhere."""
        raise NotImplementedError

    @overload
    def transport(self) -> httpx2.BaseTransport: ...

    @overload
    def transport(self, *, library: ModuleType) -> Any: ...

    def transport(self, *, library: ModuleType = httpx2) -> Any:
        """A transport that asks without sockets; for a client of httpx2, or of httpx where that is given as `library`.

        Raises ValueError for a server that runs elsewhere.
        """
        from mockserver.client.transports import make_transport  # noqa: PLC0415  few tests need it

        return make_transport(self.line(library))

    @overload
    def async_transport(self) -> httpx2.AsyncBaseTransport: ...

    @overload
    def async_transport(self, *, library: ModuleType) -> Any: ...

    def async_transport(self, *, library: ModuleType = httpx2) -> Any:
        """The same for an asynchronous client, on an event loop of asyncio."""
        from mockserver.client.transports import make_async_transport  # noqa: PLC0415

        return make_async_transport(self.line(library))
