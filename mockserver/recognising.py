"""Which error row a reply is, told from its status and its words alone: any server's, also one without a journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import unescape
from string import Formatter
from typing import Any, NamedTuple

from mockserver.rows import ErrorRow

_TAG = re.compile(r"<[^>]*>")
_LEAST_ERROR = 400
_NO_FIT = (-1, -1)
Beside = Mapping[str, Any]


class _Said(NamedTuple):
    """A text of a reply, and the object that it stands in."""

    text: str
    beside: Beside


class _Template(NamedTuple):
    """A text of the contract: what it looks like once its placeholders are filled, and how much of it is fixed."""

    pattern: re.Pattern[str]
    fixed: int


def recognise(rows: Iterable[ErrorRow], status: int, body: Any) -> ErrorRow | None:
    """The row that a reply is, or None where it is none of them.

    `body` is the value of a JSON text, or the text itself where it was none (a page, a plain sentence). Of several rows
    with the same words the one that the rest of the reply agrees with best is meant, then the one with most words.
    """
    candidates = [row for row in rows if row.status == status]
    said = [*_texts(body, {})] if candidates else []
    best: ErrorRow | None = None
    most = _NO_FIT
    for row in candidates:
        fit = _fit_without_words(row, body) if "reply" in row.detail else _fit_of_all(row, said)
        if fit > most:
            best, most = row, fit
    return best


def _fit_of_all(row: ErrorRow, said: Sequence[_Said]) -> tuple[int, int]:
    """How well the best of the texts fits. What a row has as a list of texts must stand there too, to count."""
    agreeing, fixed = max((_fit(row, text) for text in said), default=_NO_FIT)
    lines = [line for listed in row.detail.values() if isinstance(listed, list) for line in listed]
    more = bool(lines) and {*lines} <= {text.text for text in said}
    return (agreeing + more, fixed) if fixed >= 0 else _NO_FIT


def _fit(row: ErrorRow, said: _Said) -> tuple[int, int]:
    """How well a text and what stands beside it fit a row: agreeing details first, then fixed words."""
    template = _compiled(row.message)
    if not template.pattern.fullmatch(said.text):
        return _NO_FIT
    told = {name: text for name, text in row.detail.items() if isinstance(text, str) and name in said.beside}
    if not told and (row.status < _LEAST_ERROR or not template.fixed):
        return _NO_FIT  # words that anybody may say, in what may be no error
    agreeing = (_compiled(text).pattern.fullmatch(str(said.beside[name])) is not None for name, text in told.items())
    return sum(agreeing), template.fixed


def _fit_without_words(row: ErrorRow, body: Any) -> tuple[int, int]:
    """How well a reply fits a row that is told by fields instead of words."""
    fields = row.detail["reply"]
    fits = isinstance(body, dict) and all(body.get(name) == value for name, value in fields.items())
    return (len(fields), 0) if fits else _NO_FIT


def _texts(node: Any, beside: Beside) -> Iterator[_Said]:
    if isinstance(node, str):
        pieces = () if beside else (unescape(piece).strip() for piece in _TAG.split(node))
        yield from (_Said(piece, beside) for piece in (node, *pieces))
    elif isinstance(node, dict):
        for inner in node.values():
            yield from _texts(inner, node)
    elif isinstance(node, list):
        for inner in node:
            yield from _texts(inner, beside)


@lru_cache(maxsize=1024)
def _compiled(text: str) -> _Template:
    parts = [*Formatter().parse(text)]
    pattern = "".join(re.escape(literal) + ("" if name is None else ".*") for literal, name, _, _ in parts)
    return _Template(re.compile(pattern, re.DOTALL), sum(len(literal) for literal, *_ in parts))
