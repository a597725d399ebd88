"""The program's filter of characters: before it asks who sends a request, and whether anybody answers it.

Of each name at the top of the body, then of each in the query, the value as a text must not have what is forbidden
there [recorded; the program's source, 4.8.3].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.call import Refused
from mockserver.vendors.spurtcommerce.javascript import entries, to_text

_ANYWHERE = tuple("'\"<>#$%^&*")
_COLOR = tuple("'\"<>$%^&*")
_KEYWORD = tuple("<>@$*^")
_SYMBOL = tuple("'\"<>%^*")
_LINK = ("http://", "https://", ".net", ".in", "ftp://", "file://", "data://")

_OF_BODY = {
    "productName": _KEYWORD,
    "permission": _KEYWORD,
    "colorcode": _COLOR,
    "colorCode": _COLOR,
    "symbolLeft": _SYMBOL,
    "symbolRight": _SYMBOL,
    "question": _LINK,
    "answer": _LINK,
}
_OF_QUERY = {**_OF_BODY, "keyword": _KEYWORD}
_NEVER_MISSING = frozenset({"productName", "permission", "colorcode", "colorCode"})
"""Where null is not passed over, and the program fails."""

_ANYTHING = frozenset(
    {
        "password",
        "confirmPassword",
        "newPassword",
        "oldPassword",
        "description",
        "productDescription",
        "categoryDescription",
        "widgetDescription",
        "companyDescription",
        "metaTagDescription",
        "metaTagTitle",
        "metaTagContent",
        "content",
    }
)
"""The names that may have any character."""


def screen_body(body: dict[str, Any] | list[Any]) -> None:
    """Raises Refused("character-refused") for the first name, in the order of JavaScript, with a forbidden character."""
    values = {str(at): value for at, value in enumerate(body)} if isinstance(body, list) else body
    _screen(values, _OF_BODY)


def screen_query(query: Mapping[str, Any]) -> None:
    """As for a body."""
    _screen(query, _OF_QUERY)


def _screen(values: Mapping[str, Any], forbidden: Mapping[str, tuple[str, ...]]) -> None:
    for name, value in entries(values):
        if name in _ANYTHING:
            continue
        if value is None:
            if name in _NEVER_MISSING:
                raise Refused("program-failed", reason="Cannot read properties of null (reading 'toString')")
            continue
        text = to_text(value)
        if any(part in text for part in forbidden.get(name, _ANYWHERE)):
            raise Refused("character-refused", field=name)
