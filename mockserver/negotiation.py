"""Content negotiation: which of a contract's formats a client accepts (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from mockserver.call import Call
from mockserver.contract import Operation
from mockserver.rows import NOT_ACCEPTABLE
from mockserver.vendor import Api


def negotiate(api: Api, operation: Operation, call: Call) -> None:
    """Refuse a client that accepts no format of the operation. One that says nothing at all accepts none."""
    accepted = call.headers.get(b"accept", b"")
    if not any(accepts(accepted, media_type) for media_type in operation.formats.values()):
        known = ", ".join(operation.formats.values())
        raise api.condition(NOT_ACCEPTABLE, given=accepted.decode("latin-1") or "nothing", known=known)


@lru_cache(maxsize=256)
def accepts(header: bytes, media_type: str) -> bool:
    """Whether an `Accept` header allows a media type; the most specific range that fits decides."""
    kind = media_type.partition("/")[0]
    weights = dict(_ranges(header.decode("latin-1")))
    for wanted in (media_type, f"{kind}/*", "*/*"):
        if wanted in weights:
            return weights[wanted] > 0
    return False


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Each media range with its weight; parameters of the media type are left aside."""
    for part in header.lower().split(","):
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
        try:
            yield media_range, float(weight)
        except ValueError:
            yield media_range, 1.0
