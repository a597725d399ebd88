"""How the program reads a request, before anything else is asked of it: its body by its Content-Type, then the filter.

JSON and forms are read; any other body is passed over, as if there were none [recorded].
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.call import Call, Refused
from mockserver.vendors.spurtcommerce import querystrings, screening

JSON, FORM = "application/json", "application/x-www-form-urlencoded"

_BLANK = " \t\n\r"
_PARAMETERS = 1000
_DEEPEST = 100
_EXACT = 2**53
"""Numbers up to here are exact in JavaScript."""

_OF_EXPRESS = ((b"x-powered-by", b"Express"),)
_OF_ANY_PAGE = (
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"x-xss-protection", b"1; mode=block"),
    (b"access-control-allow-origin", b"*"),
)
_WHEN_READ = (*_OF_EXPRESS, *_OF_ANY_PAGE)
_WHEN_SCREENED = (
    *_OF_ANY_PAGE,
    (b"x-content-type-options", b"nosniff"),
    (b"x-download-options", b"noopen"),
    (b"x-dns-prefetch-control", b"off"),
    (b"strict-transport-security", b"max-age=15552000; includeSubDomains"),
    (b"surrogate-control", b"no-store"),
    (b"cache-control", b"no-store, no-cache, must-revalidate, proxy-revalidate"),
    (b"pragma", b"no-cache"),
    (b"expires", b"0"),
)
"""The headers of a reply say how far its request came: a body that cannot be read gets none of them [recorded]."""


def read(call: Call, raw: bytes) -> dict[str, Any] | list[Any]:
    """The body's value: an object, or a list. Raises Refused("body-unreadable"), Refused("character-refused")."""
    call.reply_headers = _OF_EXPRESS
    value = _parsed(call.header(b"content-type") or "", raw) if raw or b"content-length" in call.headers else {}
    call.reply_headers = _WHEN_READ
    if call.method != "OPTIONS":
        screening.screen_body(value)
        screening.screen_query(read_query(call))
        call.reply_headers = _WHEN_SCREENED
    return value


def read_query(call: Call) -> dict[str, Any]:
    """The query's values by name: texts, and lists and objects of them."""
    return querystrings.read(call.query_text, limit=querystrings.FEW, depth=querystrings.SHALLOW)


def _parsed(content_type: str, raw: bytes) -> dict[str, Any] | list[Any]:
    media_type, _, parameters = content_type.partition(";")
    media_type = media_type.strip().lower()
    if media_type == JSON:
        return _read_json(_text(raw, parameters, "utf-"))
    return _read_form(_text(raw, parameters, "utf-8")) if media_type == FORM else {}


def _text(raw: bytes, parameters: str, known: str) -> str:
    """A body in the charset that its type names, or in UTF-8. Raises Refused("body-unreadable") for a foreign one."""
    _, _, charset = parameters.lower().partition("charset=")
    charset = charset.partition(";")[0].strip(_BLANK + '"') or "utf-8"
    try:
        text = raw.decode(charset, "replace") if charset.startswith(known) else None
    except LookupError:
        text = None
    if text is None:
        reason = f'unsupported charset "{charset.upper()}"'
        raise Refused("body-unreadable", error="UnsupportedMediaTypeError", reason=reason)
    return text.removeprefix("\ufeff")


def _read_form(text: str) -> dict[str, Any]:
    if text.count("&") >= _PARAMETERS:
        raise Refused("body-unreadable", error="PayloadTooLargeError", reason="too many parameters")
    limit = max(querystrings.MANY, text.count("&"))
    return querystrings.read(text, limit=limit, depth=querystrings.DEEP)


def _read_json(text: str) -> dict[str, Any] | list[Any]:
    """A JSON object or list; nothing is an empty object. Raises Refused("body-unreadable")."""
    if not text:
        return {}
    begin = len(text) - len(text.lstrip(_BLANK))
    if text[begin : begin + 1] not in ("{", "["):
        raise Refused("body-unreadable", error="SyntaxError", reason=_unexpected(text, begin))
    try:
        value: dict[str, Any] | list[Any] = _whole(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise Refused("body-unreadable", error="SyntaxError", reason=_unexpected(text, error.pos)) from None
    return value


def _unexpected(text: str, at: int) -> str:
    """What the program's engine says of a text that is no JSON from there on."""
    if not text[at:].strip(_BLANK):
        return "Unexpected end of JSON input"
    return f"Unexpected token {text[at]} in JSON at position {at}"


def _whole(value: Any, depth: int = 0) -> Any:
    """A value whose numbers are integers where they are whole, as JavaScript writes them.

    Raises Refused("body-unreadable") for lists in lists without end, which the program would go on with.
    """
    if depth > _DEEPEST:
        raise Refused("body-unreadable", error="RangeError", reason=f"more than {_DEEPEST} levels of lists and objects")
    match value:
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
        case dict():
            return {name: _whole(item, depth + 1) for name, item in value.items()}
        case list():
            return [_whole(item, depth + 1) for item in value]
    return value
