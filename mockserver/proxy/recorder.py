"""Recording: what goes through the proxy, into an archive that has no secrets."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

from mockserver.contract import Contract
from mockserver.har import BrokenRecording, HarFile, Recorded
from mockserver.proxy.messages import Answer, Asked
from mockserver.pseudonyms import Pseudonyms
from mockserver.redaction import REDACTED, secrets
from mockserver.transport import Headers


class Recorder:
    """Writes exchanges as they come; when that fails, `failure` says why, `complain` is told it, and no more are written.

    The first of the `contracts` is that of the traffic; an app may mix up credentials, so what is secret in the headers
    of the others is secret, too. `own` are headers that the proxy was told to send: their values are kept out whatever
    they are called.
    """

    def __init__(self, file: HarFile, contracts: Sequence[Contract], upstream: str, own: Container[bytes]) -> None:
        parts = urlsplit(upstream)
        self.failure = ""
        self.complain: Callable[[str], None] = lambda _: None
        self.written = 0
        self._file = file
        self._origin = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "", "", ""))
        self._pseudonyms = Pseudonyms(contracts[0], contracts)
        self._known = {name.encode() for name in secrets(contracts[0], contracts).headers}
        self._own = own

    def record(self, asked: Asked, body: bytes, answer: Answer | None, content: bytes, took: float) -> None:
        """Write one exchange: the bodies of request and answer are those before any compression."""
        if self.failure:
            return
        recorded = Recorded(
            method=asked.method,
            url=self._origin + asked.target,
            request_headers=tuple(self._shown(asked.headers)),
            request_body=body,
            status=answer.status if answer else 0,
            reply_headers=tuple(_texts(answer.headers)) if answer else (),
            reply_body=content,
            started=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            took=round(took * 1000, 3),
        )
        try:
            self._file.append(self._pseudonyms.recorded(recorded))
            self.written += 1
        except BrokenRecording as broken:
            self.failure = str(broken)
            self.complain(self.failure)

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def _shown(self, headers: Headers) -> Iterable[tuple[str, str]]:
        """Without what the proxy adds for the server behind, which is nobody's to repeat."""
        for name, value in headers:
            if not name.startswith(b"x-forwarded-"):
                hidden = name in self._own and name not in self._known
                yield name.decode("latin-1"), REDACTED if hidden else value.decode("latin-1")


def _texts(headers: Headers) -> Iterable[tuple[str, str]]:
    return ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
