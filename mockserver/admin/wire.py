"""The words of the admin API: who may ask, what a request is refused for, and how a refusal looks."""

from __future__ import annotations

import hmac
from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.hosts import LOOPBACK, is_loopback
from mockserver.problem import problem
from mockserver.rows import ErrorRow

_OPEN = "get_health"
_LAST = frozenset({"oneOf", "const"})
"""Violations that another one explains better: an alternative's tag, and that no alternative fits."""
_CHOICES = frozenset({"enum", "const", "type"})
"""Violations that are best told by what would be right."""


def authenticate(_desk: object, call: Call) -> None:
    """Where there is a token, ask for it; where there is none, refuse foreign hosts and pages of foreign origins.

    Without a token the server listens on loopback only, and the danger is a browser that a foreign page tricks into
    asking (DNS rebinding, cross-site requests). It has no token, so a token is enough.
    """
    if call.options.admin_token is not None:
        if call.operation is None or call.operation.id != _OPEN:
            _check_token(call.headers.get(b"authorization", b""), call.options.admin_token)
        return
    host, origin, allowed = call.header(b"host") or "", call.header(b"origin"), call.options.admin_hosts
    if not _is_ours(f"//{host}", allowed):
        raise Refused("host-foreign", given=host, known=[*LOOPBACK, *sorted(allowed)])
    if origin is not None and not _is_ours(origin, allowed):
        raise Refused("origin-foreign", given=origin, known=[*LOOPBACK, *sorted(allowed)])


def _check_token(header: bytes, token: str) -> None:
    scheme, _, given = header.partition(b" ")
    if scheme.lower() != b"bearer":
        raise Refused("token-missing")
    if not hmac.compare_digest(given.strip(), token.encode()):
        raise Refused("token-wrong")


def _is_ours(url: str, allowed: Container[str]) -> bool:
    """Whether a URL's host is this machine by a loopback name or address, or one that the server was told of."""
    try:
        host = urlsplit(url).hostname or ""
        return is_loopback(host) or host in allowed
    except ValueError:
        return False


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the violation that says most, and with the known names where one is unknown."""
    assert call.operation is not None  # noqa: S101  only an operation has a contract to violate
    first = min(violations, key=_merit)
    if first.where == "body":
        if first.keyword == "additionalProperties":
            raise Refused("key-unknown", name=first.name, known=first.bound or [])
        place = ".".join(map(str, first.path)) or "its top"
        raise Refused("body-invalid", place=place, message=_message(first), **_choices(first))
    if first.keyword == "additionalProperties":
        raise Refused("parameter-unknown", name=first.name, known=call.operation.in_query.names)
    raise Refused("parameter-invalid", name=first.name, message=_message(first), **_choices(first))


def _merit(violation: Violation) -> int:
    """A mistyped key explains what is missing, and a violation within an alternative that no alternative fits."""
    return 2 if violation.keyword in _LAST else violation.keyword != "additionalProperties"


def _message(violation: Violation) -> str:
    """What is wrong, or where there is a choice, what is right."""
    told = violation.keyword in _CHOICES and violation.bound is not None
    return violation.reason if told else violation.message


def _choices(violation: Violation) -> dict[str, object]:
    return {"known": list(map(str, violation.bound))} if violation.keyword == "enum" else {}


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """A refusal as a problem document (RFC 9457)."""
    more: dict[str, Any] = {"row": row.id}
    texts = dict(values)
    if "known" in values:
        known = values["known"]
        more["known"] = known.split(", ") if isinstance(known, str) else known
        texts["known"] = ", ".join(more["known"]) or "none"
    more |= {name: values[name] for name in row.detail.get("members", ())}
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
