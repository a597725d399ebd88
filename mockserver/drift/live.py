"""A server that is asked now, and what it answers as a recording."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import msgspec

from mockserver.drift.carrying import Carried
from mockserver.drift.entries import Reader, target_of
from mockserver.drift.standins import filled
from mockserver.har import Recorded
from mockserver.hosts import is_loopback, is_url
from mockserver.vendor import Api

_ALWAYS = frozenset({"authorization", "cookie"})
_HOP = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "x-mock-sandbox"})
_SECONDS = 30.0


class Unasked(Exception):
    """A server was not asked, or did not answer. The message says why, and what would be right."""


@dataclass(frozen=True)
class Target:
    """Where to ask, with which headers, and whom to trust; `writes` is whether a foreign server may be altered."""

    url: str
    headers: Sequence[tuple[str, str]] = ()
    writes: bool = False
    ca: Path | None = None

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine."""
        return is_loopback((urlsplit(self.url).hostname or "").lower())


@dataclass
class Live:
    """One API at a server. Raises Unasked for what is no address."""

    target: Target
    api: Api
    reader: Reader
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not is_url(self.target.url):
            raise Unasked(f"'{self.target.url}' is no address of a server; write it as https://shop.example.com")

    def ask(self, requests: Iterable[Recorded]) -> list[Recorded]:
        """Send requests, one after the other, and keep what is answered. Raises Unasked.

        What the server makes up takes the place of what the recorded program had made up.
        """
        known = list(requests)
        self._refuse_writes(known)
        carried = Carried(self.api.contract.secrets)
        answered = []
        with self._client() as client:
            credentials = self._credentials(client)
            for number, each in enumerate(known, 1):
                recorded = filled(each)
                reply = self._send(client, carried.request(recorded), credentials)
                answered.append(reply)
                if recorded.status:
                    self._learn(number, carried, recorded, reply)
        return answered

    def _learn(self, number: int, carried: Carried, recorded: Recorded, reply: Recorded) -> None:
        carried.learn(recorded, reply)
        theirs, ours = (self.reader.told(number, each) for each in (recorded, reply))
        carried.learn_keys(theirs, ours)

    def _refuse_writes(self, requests: Sequence[Recorded]) -> None:
        if self.target.is_here or self.target.writes:
            return
        writing = [each for each in requests if not self.reader.is_safe(each)]
        if writing:
            first = writing[0]
            raise Unasked(
                f"{self.target.url} is not this machine, and {len(writing)} requests may alter something there, "
                f"{first.method} {first.path} first; --allow-writes sends them all the same"
            )

    @contextmanager
    def _client(self) -> Iterator[httpx2.Client]:
        try:
            trust = ssl.create_default_context(cafile=self.target.ca) if self.target.ca else True
        except (OSError, ssl.SSLError) as error:
            raise Unasked(f"{self.target.ca}: {error}") from None
        with httpx2.Client(verify=trust, timeout=_SECONDS, follow_redirects=False) as client:
            yield client

    def _credentials(self, client: httpx2.Client) -> Mapping[str, str]:
        """The headers to send: those that were given, else those that a mockserver on this machine says to work."""
        given = {name.lower(): value for name, value in self.target.headers}
        if given or not self.target.is_here:
            return given
        with suppress(httpx2.HTTPError, ValueError, LookupError, TypeError):
            told = client.get(f"{self.target.url.rstrip('/')}/__admin/vendors").json()
            found = next(each for each in told["vendors"] if each["api"] == self.api.name)
            return {name.lower(): value for name, value in found["credentials"][0]["headers"].items()}
        return {}

    def _send(self, client: httpx2.Client, recorded: Recorded, credentials: Mapping[str, str]) -> Recorded:
        secret = _ALWAYS | {name.decode() for name in self.api.contract.secret_headers}
        had = {name.lower() for name, _ in recorded.request_headers}
        kept = {
            name.lower(): value
            for name, value in recorded.request_headers
            if name.lower() not in _HOP and not (name.lower() in secret and credentials)
        }
        wanted = credentials if not recorded.status or had & secret else {}
        started = datetime.now(UTC)
        url = self.target.url.rstrip("/") + target_of(recorded)
        try:
            reply = client.request(
                recorded.method, url, headers={**kept, **wanted}, content=recorded.request_body or None
            )
        except httpx2.HTTPError as error:
            raise Unasked(f"{recorded.method} {url}: {type(error).__name__}: {error}") from None
        return msgspec.structs.replace(
            recorded,
            url=url,
            request_headers=tuple({**kept, **wanted}.items()),
            status=reply.status_code,
            reply_headers=tuple(reply.headers.multi_items()),
            reply_body=reply.content,
            started=started.isoformat(),
        )
