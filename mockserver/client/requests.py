"""What a sandbox was asked: to look at, to count, to verify, to wait for, and to go back before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypedDict, Unpack

from mockserver.client.durations import Duration, millis
from mockserver.client.errors import AdminError, VerificationError
from mockserver.client.exchanges import Exchange, FullExchange, Miss, Unmatched
from mockserver.client.http import AdminConnection
from mockserver.client.patterns import Fields, Pattern, read_pattern
from mockserver.client.results import read, read_all
from mockserver.client.wording import given

_ABSENT = {"absent": True}
_GRACE = 10.0
"""Seconds that an answer may take longer than the waiting that was asked for."""


class Filters(TypedDict, total=False):
    """Which exchanges are meant; all but the admin API's own where nothing is said."""

    vendor: str
    operation: str
    status: int
    error: str
    fault: str
    since: int


class Requests:
    """The journal of one sandbox. Patterns are mappings as the admin API has them, or keyword arguments, or both."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    def list(self, *, limit: int = 1000, **filters: Unpack[Filters]) -> Sequence[Exchange]:
        """Exchanges, newest first."""
        params = {"limit": limit, **given(Filters, filters)}
        return read_all(Exchange, self._connection.get("/requests", params=params)["requests"])

    def get(self, id: int) -> FullExchange:
        """One exchange with headers, bodies and changes. Raises AdminError where there is none, or none any more."""
        return read(FullExchange, self._connection.get(f"/requests/{id}"))

    def export(
        self, *, first: int | None = None, last: int | None = None, vendor: str | None = None, admin: bool = False
    ) -> str:
        """An HTTP archive (HAR 1.2) of exchanges, oldest first, from one id to another; `admin`: also what testers did.

        Each secret is a numbered placeholder, the same one wherever the same text stood.
        """
        params = {"from": first, "to": last, "vendor": vendor, "admin": "true" if admin else None}
        return self._connection.request("GET", "/requests/export", params=params).text

    def find(
        self,
        pattern: Pattern | None = None,
        *,
        since: int | None = None,
        limit: int | None = None,
        **fields: Unpack[Fields],
    ) -> Sequence[Exchange]:
        """Exchanges that match, newest first."""
        body, params = read_pattern(pattern, fields), {"since": since, "limit": limit}
        return read_all(Exchange, self._connection.post("/requests/find", json=body, params=params)["requests"])

    def count(self, pattern: Pattern | None = None, **fields: Unpack[Fields]) -> int:
        """How many exchanges match."""
        return int(self._connection.post("/requests/count", json=read_pattern(pattern, fields))["count"])

    def verify(
        self,
        pattern: Pattern | None = None,
        *,
        times: int | None = None,
        at_least: int | None = None,
        at_most: int | None = None,
        since: int | None = None,
        **fields: Unpack[Fields],
    ) -> int:
        """Whether so many requests match; at least one where nothing is said. Returns how many did.

        Raises VerificationError, an AssertionError, whose text names the requests that came nearest.
        """
        wanted = {"exactly": times, "atLeast": at_least, "atMost": at_most}
        body: dict[str, Any] = {"request": read_pattern(pattern, fields)}
        if any(number is not None for number in wanted.values()):
            body["times"] = {name: number for name, number in wanted.items() if number is not None}
        if since is not None:
            body["since"] = since
        with _failures_explained():
            return int(self._connection.post("/verify", json=body)["count"])

    def wait(
        self,
        pattern: Pattern | None = None,
        *,
        count: int = 1,
        timeout: Duration = 5.0,
        since: int | None = None,
        **fields: Unpack[Fields],
    ) -> Sequence[Exchange]:
        """The exchanges that match, as soon as there are `count`, those of before included.

        Raises VerificationError when there are not so many in time.
        """
        milliseconds = millis(timeout)
        body = {"request": read_pattern(pattern, fields), "count": count, "timeoutMillis": milliseconds}
        if since is not None:
            body["since"] = since
        with _failures_explained():
            answer = self._connection.post("/requests/wait", json=body, timeout=milliseconds / 1000 + _GRACE)
        return read_all(Exchange, answer["requests"])

    def unmatched(self) -> Sequence[Unmatched]:
        """Requests that no operation answered, newest first, each with what was perhaps meant."""
        return read_all(Unmatched, self._connection.get("/requests/unmatched")["requests"])

    def rewind(self, id: int) -> Sequence[int]:
        """Make the state what it was just before an exchange; returns the ids of those that are undone."""
        undone: list[int] = self._connection.post(f"/requests/{id}/rewind")["undone"]
        return undone

    def clear(self) -> None:
        """Empty the journal; the state stays as it is."""
        self._connection.delete("/requests")


@contextmanager
def _failures_explained() -> Iterator[None]:
    """What the server says of a count that is not right, as an assertion that fails."""
    try:
        yield
    except AdminError as error:
        if error.row not in ("verification-failed", "verification-uncertain", "wait-timeout"):
            raise
        misses = read_all(Miss, error.problem.get("misses", ()))
        raise VerificationError(
            "\n".join([error.detail, *_told(misses)]),
            error.row,
            misses,
            error.problem.get("count", 0),
            error.problem.get("dropped", 0),
        ) from None


def _told(misses: list[Miss]) -> Iterator[str]:
    """The nearest requests, each with what is different."""
    if misses:
        yield "Nearest:"
    for miss in misses:
        yield f"  request {miss.request}: {miss.url}"
        for each in miss.differences:
            found = "there is nothing" if each.actual in (None, _ABSENT) else f"it is {each.actual!r}"
            yield f"    {each.field}: expected {each.expected!r}, but {found}"
