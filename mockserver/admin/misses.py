"""Near misses: which requests come nearest to a pattern, and where they differ, without the secrets in them."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import quote

import msgspec

from mockserver import redaction
from mockserver.admin import entries
from mockserver.admin.desk import Desk
from mockserver.journal import Exchange
from mockserver.patterns import Pattern, asked_in
from mockserver.patterns.misses import each_text
from mockserver.redaction import REDACTED, Secrets

MOST = 3
_LOOKED_AT = 1000
_AT_ONCE = 50
_ABSENT = {"absent": True}


async def near_misses(desk: Desk, pattern: Pattern, exchanges: Iterable[Exchange]) -> list[dict[str, Any]]:
    """The requests that come nearest to a pattern without matching it, nearest first, of the first thousand given.

    This may take a tenth of a second, in which other requests have their turns.
    """
    missed: list[tuple[float, Exchange]] = []
    for at, exchange in enumerate(islice(exchanges, _LOOKED_AT), 1):
        asked = asked_in(exchange)
        if not pattern.matches(asked):
            missed.append((pattern.distance(asked), exchange))
        if at % _AT_ONCE == 0:
            await asyncio.sleep(0)
    nearest = heapq.nsmallest(MOST, missed, key=lambda found: found[0])
    return [_miss(desk, pattern, exchange, distance) for distance, exchange in nearest]


def told(misses: Sequence[Mapping[str, Any]]) -> str:
    """The nearest miss in words, to go on after a first sentence; empty where there is none."""
    if not misses:
        return ""
    [nearest, *_] = misses
    [first, *_] = nearest["differences"]
    expected, actual = _text(first["expected"]), _text(first["actual"])
    return (
        f"; request {nearest['request']} comes nearest, and first differs in {first['field']}: "
        f"{expected} expected, {actual} found"
    )


def _miss(desk: Desk, pattern: Pattern, exchange: Exchange, distance: float) -> dict[str, Any]:
    redactor = SecretsRedactor(entries.exchange_secrets(desk, exchange))
    differences = pattern.differences(asked_in(exchange), redactor)
    return {
        "request": exchange.id,
        "url": entries.exchange_url(desk, exchange),
        "distance": max(round(distance, 4), 0.0001),
        "differences": [msgspec.structs.asdict(difference) for difference in differences],
    }


def _text(value: Any) -> str:
    if value == _ABSENT:
        return "nothing"
    return value if isinstance(value, str) and value else msgspec.json.encode(value).decode()


class SecretsRedactor:
    """Hides in differences what the journal hides too."""

    def __init__(self, secret: Secrets) -> None:
        self._secret = secret

    def header(self, name: str, shown: Any) -> Any:
        """Of a secret header, no more than its scheme."""
        if isinstance(shown, str):
            return redaction.show_headers([(name.encode(), shown.encode("latin-1", "replace"))], self._secret)[name]
        return self._matcher(shown, hide=name in self._secret.headers)

    def parameter(self, name: str, shown: Any) -> Any:
        """Of a secret parameter, nothing."""
        secret = redaction.show_url(f"?{quote(name)}=a", self._secret).endswith(REDACTED)
        return REDACTED if secret and isinstance(shown, str) else self._matcher(shown, hide=secret)

    def url(self, shown: str) -> str:
        """Of the query, no secret parameters."""
        return redaction.show_url(shown, self._secret)

    def body(self, path: Sequence[str | int], shown: Any) -> Any:
        """Of what stands under a secret name, nothing."""
        for step in path:
            if isinstance(step, str) and step.lower() in self._secret.names and shown != _ABSENT:
                return redaction.redact({step: shown}, self._secret.names)[step]
        return redaction.redact(shown, self._secret.names)

    def text(self, shown: str) -> Any:
        """Of a text that speaks of a secret, nothing."""
        body = redaction.show_body(shown.encode("utf-8", "replace"), self._secret)
        return body.value if body.kind == "withheld" or isinstance(body.value, dict | list) else shown

    def _matcher(self, shown: Any, *, hide: bool) -> Any:
        if shown == _ABSENT:
            return shown
        return REDACTED if hide else each_text(shown, self.text)
