"""Values filled into regular expressions and JSONPaths, where a runtime expression stands in braces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from mockserver.scenarios.syntax import Expression, template


def expressions(text: str) -> list[Expression]:
    """The expressions in braces. Raises BrokenExpression."""
    return [piece for piece in _pieces(text) if isinstance(piece, Expression)]


def escaped(text: str, value: Callable[[Expression], str]) -> str:
    """A regular expression with texts for its expressions."""
    return "".join(piece if isinstance(piece, str) else value(piece) for piece in _pieces(text))


def quoted(text: str, value: Callable[[Expression], Any]) -> str:
    """A JSONPath with values for its expressions: as literals, and within quotes as the text that they are."""
    filled = ""
    for piece in _pieces(text):
        if isinstance(piece, str):
            filled += piece
            continue
        given, quote = value(piece), _open_quote(filled)
        if not quote:
            filled += _literal(given)
        else:
            inner = _literal(given if isinstance(given, str) else _literal(given))[1:-1]
            filled += inner.replace('\\"', '"').replace(quote, f"\\{quote}") if quote == "'" else inner
    return filled


def _pieces(text: str) -> Iterator[str | Expression]:
    """A text's pieces; one that begins with a dollar sign is no expression here."""
    read = template(f" {text}")  # which no whole expression begins with
    if isinstance(read, Expression):  # pragma: no cover
        return
    yield from (str(read[0])[1:], *read[1:])


def _literal(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _open_quote(text: str) -> str:
    """The quote in which a JSONPath's text ends; empty outside of quotes."""
    quote, escaped = "", False
    for letter in text:
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = bool(quote)
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
    return quote
