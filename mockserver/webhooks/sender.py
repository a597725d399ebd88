"""Sending one delivery over HTTP.

Imported when there is first something to send: the import of aiohttp takes as long as the whole start of the server.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from mockserver.hosts import LOOPBACK, is_loopback
from mockserver.version import __version__
from mockserver.webhooks.delivery import Delivery

_READ = 1 << 16
"""Bytes of an answer that are read, for the connection to be of use again; after more it is closed instead."""
_THIS_MACHINE = {"127.0.0.1": socket.AF_INET, "::1": socket.AF_INET6}


class Sender:
    """Sends to this machine and to the hosts in `allowed`, over connections that are kept; a context manager."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        connector = aiohttp.TCPConnector(limit=0, resolver=_Resolver())
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            headers={"User-Agent": f"mockserver/{__version__}"},
            skip_auto_headers=("Accept", "Accept-Encoding"),
            auto_decompress=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._session.close()

    def refusal(self, url: str) -> str | None:
        """Why nothing is sent to an address, or None. Resolves no name."""
        return _refusal(url, self._allowed)

    async def send(self, delivery: Delivery) -> tuple[int | None, str]:
        """Post a delivery, to the address as it stands; returns the HTTP status of the answer, and what is wrong with it or why there is none."""
        try:
            async with self._session.post(
                URL(delivery.url, encoded=True),
                data=delivery.body.encode(),
                headers=delivery.headers,
                allow_redirects=False,
            ) as answer:
                await _read(answer)
                return answer.status, _complaint(answer.status)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return None, str(error) or type(error).__name__


@lru_cache
def _refusal(url: str, allowed: frozenset[str]) -> str | None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        return f"'{url}' is no address: {error}"
    if parts.scheme not in {"http", "https"} or not host:
        return f"'{url}' is no address that begins with http:// or https://"
    if is_loopback(host) or host in allowed:
        return None
    known = ", ".join((*LOOPBACK, *sorted(allowed)))
    return f"webhooks are sent to {known}; to allow this host, start the server with --webhook-allow {host}"


def _complaint(status: int) -> str:
    """What is wrong with a status; nothing with those that begin with 2."""
    match status // 100:
        case 2:
            return ""
        case 3:
            return f"answered {status}, and redirects are not followed"
    return f"answered {status}, and only 2xx is success"


async def _read(answer: aiohttp.ClientResponse) -> None:
    """Read to the end what an app says beside its status, unless it says too much."""
    content, size = answer.content, 0
    while not content.at_eof():
        size += len(await content.readany())
        if size > _READ:
            answer.close()
            return


class _Resolver(AbstractResolver):
    """Names that end in localhost are this machine (RFC 6761), whatever a name server would say."""

    def __init__(self) -> None:
        self._others = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of a host."""
        if not is_loopback(host.lower()):
            return await self._others.resolve(host, port, family)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST)
            for address, kind in _THIS_MACHINE.items()
        ]

    async def close(self) -> None:
        """Release what is held: nothing."""
