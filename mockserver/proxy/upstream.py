"""The server behind: asked over HTTP by aiohttp, which webhooks are sent with already.

That library leaves a request's headers and the bytes of an answer as they are where it is told to.
"""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from mockserver.proxy.messages import Answer, Asked, NoAnswer

_BAD_GATEWAY, _GATEWAY_TIMEOUT = 502, 504
_HEAD_BYTES = 64 << 10
_IDLE_SECONDS = 3.0
"""How long a connection is kept for the next request; most servers close one after five seconds or more."""


class Trust(NamedTuple):
    """Whom to believe: who the system trusts, and who is in the file of certificates; or anybody."""

    file: Path | None = None
    anybody: bool = False

    def context(self) -> ssl.SSLContext:
        """What to check certificates with. Raises OSError, ssl.SSLError."""
        context = ssl.create_default_context()
        if self.file is not None:
            context.load_verify_locations(cafile=self.file)
        if self.anybody:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class Upstream:
    """The server at an address without a slash behind, asked on the event loop that runs; connections last as long as that.

    `trust` is what its certificate is checked with, where it has one. `timeout` is how many seconds it may say nothing,
    `most` how many bytes an answer may have.
    """

    def __init__(self, url: str, trust: ssl.SSLContext | None, *, timeout: float, most: int) -> None:
        self.url = url
        self._trust = trust
        self._timeout = timeout
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: aiohttp.ClientSession | None = None
        self._life: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answer:
        """Send a request on as it is; redirects are for the app to follow. Raises NoAnswer."""
        try:
            async with self._connected().request(
                asked.method,
                URL(self.url + asked.target, encoded=True),
                headers=[(name.decode("latin-1"), _text(value)) for name, value in asked.headers],
                data=asked.body or None,
                allow_redirects=False,
            ) as reply:
                headers = tuple((name.lower(), value) for name, value in reply.raw_headers)
                return Answer(reply.status, headers, await self._read(reply), self.url)
        except TimeoutError:
            detail = f"{self.url} has said nothing for {self._timeout:g} s; --timeout is how long it may"
            raise NoAnswer(_GATEWAY_TIMEOUT, "Upstream does not answer", detail) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise NoAnswer(_BAD_GATEWAY, "Upstream cannot be asked", f"{self.url}: {self._reason(error)}") from None

    async def _read(self, reply: aiohttp.ClientResponse) -> bytes:
        pieces, size = [], 0
        async for piece in reply.content.iter_any():
            size += len(piece)
            if size > self._most:
                reply.close()
                detail = f"{self.url} answers with more than {self._most} bytes; --max-body is how many it may"
                raise NoAnswer(_BAD_GATEWAY, "Upstream says too much", detail)
            pieces.append(piece)
        return b"".join(pieces)

    def _connected(self) -> aiohttp.ClientSession:
        """The connections of this loop."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._loop is not loop:
            self._loop, self._session = loop, self._open()
            self._life = loop.create_task(_keep(self._session))
        return self._session

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=self._trust or True, keepalive_timeout=_IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=self._timeout, sock_read=self._timeout),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent", "Content-Type"),
            auto_decompress=False,
            max_line_size=_HEAD_BYTES,
            max_field_size=_HEAD_BYTES,
        )

    def _reason(self, error: Exception) -> str:
        if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
            return f"{_words(error)}; --ca names a file of certificates to trust, --insecure trusts any"
        if isinstance(error, aiohttp.ClientConnectorError):
            host = urlsplit(self.url).netloc
            return f"nobody can be reached at {host}: {error.os_error.strerror or error.os_error}"
        return _words(error)


def _text(value: bytes) -> str:
    """A header's value for the library, which writes texts as UTF-8: what is UTF-8 already stays as it is."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _words(error: Any) -> str:
    return " ".join(str(getattr(error, "certificate_error", "") or error or type(error).__name__).split())


async def _keep(session: aiohttp.ClientSession) -> None:
    """Keep connections until the loop ends, which cancels this."""
    async with session:
        await asyncio.get_running_loop().create_future()
