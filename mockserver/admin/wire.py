"""The words of the admin API: who may ask, what a request is refused for, and how a refusal looks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from mockserver.call import Call, Refused, Reply
from mockserver.contract import JSON
from mockserver.findings import Violation
from mockserver.hosts import LOOPBACK, is_loopback
from mockserver.problem import problem
from mockserver.rows import ErrorRow

_OPEN = "get_health"
_LAST = frozenset({"oneOf", "const"})
"""Violations that another one explains better: an alternative's tag, and that no alternative fits."""


def authenticate(_desk: object, call: Call) -> None:
    """Where there is a token, ask for it; where there is none, refuse foreign hosts and pages of foreign origins.

    Without a token the server listens on loopback only, and the danger is a browser that a foreign page tricks into
    asking (DNS rebinding, cross-site requests). It has no token, so a token is enough.
    """
    if call.options.admin_token is not None:
        if call.operation is None or call.operation.id != _OPEN:
            _check_token(call.headers.get(b"authorization", b""), call.options.admin_token)
        return
    host, origin = call.header(b"host") or "", call.header(b"origin")
    if not _is_loopback(f"//{host}"):
        raise Refused("host-foreign", given=host, known=LOOPBACK)
    if origin is not None and not _is_loopback(origin):
        raise Refused("origin-foreign", given=origin, known=LOOPBACK)


def _check_token(header: bytes, token: str) -> None:
    scheme, _, given = header.partition(b" ")
    if scheme.lower() != b"bearer":
        raise Refused("token-missing")
    if not hmac.compare_digest(given.strip(), token.encode()):
        raise Refused("token-wrong")


def _is_loopback(url: str) -> bool:
    """Whether a URL's host is this machine by a loopback name or address."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the first violation, and with the known names where one is unknown."""
    assert call.operation is not None  # noqa: S101  only an operation has a contract to violate
    first = min(violations, key=lambda violation: violation.keyword in _LAST)
    if first.where == "body":
        if first.keyword == "additionalProperties":
            known = call.operation.body[JSON].names_at(first.path[:-1])
            raise Refused("key-unknown", name=first.name, known=[name for name in known if name != first.name])
        raise Refused("body-invalid", place=".".join(map(str, first.path)) or "its top", message=first.message)
    if first.keyword == "additionalProperties":
        raise Refused("parameter-unknown", name=first.name, known=call.operation.in_query.names)
    raise Refused("parameter-invalid", name=first.name, message=first.message)


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """A refusal as a problem document (RFC 9457)."""
    more: dict[str, Any] = {"row": row.id}
    texts = dict(values)
    if "known" in values:
        known = values["known"]
        more["known"] = known.split(", ") if isinstance(known, str) else known
        texts["known"] = ", ".join(more["known"]) or "none"
    reply = problem(row.status, row.detail["title"], row.message.format_map(texts), **more)
    if row.status == 401:  # noqa: PLR2004  RFC 9110 asks for the header with this status
        reply.headers = ((b"www-authenticate", b"Bearer"),)
    return reply


def done() -> Reply:
    """A success that has nothing to show."""
    return Reply({"status": "ok"})


def instant_text(at: datetime) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
