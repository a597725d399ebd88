"""Server-sent events, read as they come."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, NamedTuple, Self

import httpx2
import msgspec

from mockserver.client.errors import Unreachable


class Told(NamedTuple):
    """One event: its kind, its value, and the id after which a stream may be taken up again."""

    kind: str
    data: Any
    id: str


class Stream:
    """Server-sent events of one connection, until the server ends it or `close` is called.

    The server first says how it is read, which is no event yet: from then on nothing is missed. `timeout` is how many
    seconds an event may take; None waits for ever.
    """

    def __init__(self, response: httpx2.Response, timeout: float | None = None) -> None:
        self._response = response
        self._timeout = timeout
        self._lines = response.iter_lines()
        self._first = self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Told:
        """The next event. Raises TimeoutError when it takes too long, Unreachable when the connection breaks."""
        until = float("inf") if self._timeout is None else time.monotonic() + self._timeout
        fields, self._first = self._first, {}
        while "data" not in fields:
            fields = self._read()
            if not fields:
                raise StopIteration
            if time.monotonic() > until:
                self._give_up()
        return Told(fields["event"], msgspec.json.decode(fields["data"]), fields.get("id", ""))

    def close(self) -> None:
        """End the stream."""
        self._response.close()

    def _read(self) -> dict[str, str]:
        """The next lines up to an empty one, by their names; none at the end. A comment has no name."""
        fields: dict[str, str] = {}
        try:
            for line in self._lines:
                if not line:
                    return fields
                name, _, value = line.partition(": ")
                fields[name] = value
        except httpx2.ReadTimeout:
            self._give_up()
        except (httpx2.TransportError, httpx2.StreamError) as error:
            self.close()
            raise Unreachable(f"the stream of events broke: {str(error) or type(error).__name__}") from error
        return fields

    def _give_up(self) -> None:
        self.close()
        raise TimeoutError(f"no event has come within {self._timeout:g} s")
