"""Form bodies: `application/x-www-form-urlencoded`, read by the types of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.jsonbody import Unreadable
from mockserver.parameters import convert
from mockserver.schema import Schema

FORM = "application/x-www-form-urlencoded"


def read(raw: bytes, properties: Mapping[str, Schema]) -> dict[str, Any]:
    """Values by name. Raises Unreadable for a name that stands twice, and for what is not UTF-8."""
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8: {error.reason}") from None
    values: dict[str, Any] = {}
    for name, text in pairs:
        if name in values:
            raise Unreadable(f"the field {name!r} stands twice in the form")
        values[name] = convert(text, properties.get(name, {}))
    return values
