"""What runtime expressions look like: texts read into what they are made of, and what is wrong with those that are none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from mockserver.shape import meant

_EXPRESSION = re.compile(r"\$([A-Za-z]+)(?:\.([^#]*))?(?:#(.*))?", re.DOTALL)
_WHOLE = re.compile(r"\$[A-Za-z]+(?:[.#].*)?", re.DOTALL)
"""A text that is meant as one expression: anything else that begins with a dollar sign is a text."""
_EMBEDDED = re.compile(r"\{(\$[A-Za-z][^{}]*)\}")
_NAME = re.compile(r"[^\s{}$]+")
BARE = ("url", "method", "statusCode")
PARTS = {"request": ("header", "query", "path", "body"), "response": ("header", "body")}
_LIKE = {
    "inputs": "$inputs.NAME",
    "outputs": "$outputs.NAME",
    "steps": "$steps.ID.outputs.NAME",
    "workflows": "$workflows.ID.outputs.NAME or $workflows.ID.inputs.NAME",
    "sourceDescriptions": "$sourceDescriptions.NAME.url",
    "components": "$components.KIND.NAME",
}
ROOTS = (*BARE, *PARTS, *_LIKE)
"""What an expression can begin with, behind the dollar sign."""


class BrokenExpression(ValueError):
    """A text is no runtime expression. The message says what would be right."""


class Expression(msgspec.Struct, frozen=True):
    """A runtime expression such as `$steps.sign-up.outputs.id` or `$response.body#/data/0`.

    `root` is what stands before the first dot (`steps`, `response`, `statusCode`), `path` what follows, by its dots
    (`("sign-up", "outputs", "id")`), and `pointer` the JSON pointer behind `#`, None where there is none.
    """

    text: str
    root: str
    path: tuple[str, ...] = ()
    pointer: str | None = None


Template = Expression | tuple[str | Expression, ...]
"""A text that was read: one expression, or pieces of text with expressions between them."""


@lru_cache(4096)
def parse(text: str) -> Expression:
    """A text that is one whole expression. Raises BrokenExpression."""
    found = _EXPRESSION.fullmatch(text)
    if found is None:
        raise BrokenExpression(f"'{text}' is no runtime expression, which begins as in $inputs.NAME or $response.body")
    root, rest, pointer = found[1], found[2], found[3]
    if root not in ROOTS:
        names = [f"${name}" for name in ROOTS]
        raise BrokenExpression(f"there is no ${root}{meant(f'${root}', names)}; known: {', '.join(names)}")
    path = () if rest is None else (*rest.split("."),)
    _check(text, root, path, pointer)
    if root in PARTS and path[0] != "body":
        path = (path[0], rest.partition(".")[2])
    return Expression(text, root, path, pointer)


@lru_cache(4096)
def template(text: str) -> Template:
    """What a text says, with the expressions in it read. Raises BrokenExpression."""
    if _WHOLE.fullmatch(text):
        return parse(text)
    pieces: list[str | Expression] = []
    end = 0
    for found in _EMBEDDED.finditer(text):
        pieces += [text[end : found.start()], parse(found[1])]
        end = found.end()
    return (*pieces, text[end:])


def expressions_in(value: Any) -> list[Expression]:
    """All expressions of a JSON value, embedded ones included. Raises BrokenExpression."""
    return list(_expressions(value))


def _check(text: str, root: str, path: tuple[str, ...], pointer: str | None) -> None:
    """Raises BrokenExpression for what cannot follow behind a root."""
    if root in BARE:
        if path or pointer is not None:
            raise BrokenExpression(f"nothing follows behind ${root}, as it does in {text}")
        return
    if pointer and not pointer.startswith("/"):
        raise BrokenExpression(f"{text}: behind # stands a JSON pointer, which begins with /")
    if not all(_NAME.fullmatch(name) for name in path):
        raise BrokenExpression(
            f"'{text}' is no runtime expression; inside of a text it stands in braces: {{${root}.…}}"
        )
    if root in PARTS:
        _check_part(text, root, path, pointer)
    elif not _fits(root, path):
        raise BrokenExpression(f"{text} is not whole; it is written {_LIKE[root]}")


def _check_part(text: str, root: str, path: tuple[str, ...], pointer: str | None) -> None:
    known = PARTS[root]
    part = path[0] if path else ""
    if part not in known:
        names = ", ".join(f"${root}.{name}" for name in known)
        raise BrokenExpression(f"there is no {text}{meant(part, known)}; known: {names}")
    if part == "body" and len(path) > 1:
        raise BrokenExpression(
            f"{text}: inside of a body a JSON pointer leads, as in ${root}.body#/{'/'.join(path[1:])}"
        )
    if part != "body" and (len(path) == 1 or pointer is not None):
        raise BrokenExpression(f"{text} is not whole; it is written ${root}.{part}.NAME")


def _fits(root: str, path: tuple[str, ...]) -> bool:
    """Whether the path has the form that `_LIKE` shows."""
    if root in ("inputs", "outputs"):
        return len(path) > 0
    if root == "sourceDescriptions":
        return len(path) > 1
    sections = {"steps": ("outputs",), "workflows": ("inputs", "outputs")}
    if root in sections:
        return len(path) > len(("id", "section")) and path[1] in sections[root]
    return len(path) > 1


def _expressions(value: Any) -> Iterator[Expression]:
    if isinstance(value, str):
        read = template(value)
        yield from (read,) if isinstance(read, Expression) else (each for each in read if isinstance(each, Expression))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _expressions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _expressions(inner)
