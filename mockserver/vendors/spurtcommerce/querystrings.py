"""Forms and queries as the program reads them: names with brackets make lists and objects (the npm package qs).

`a=1&a=2` and `a[]=1&a[]=2` are lists, `a[b]=1` is an object, `a[b` is a name like any other [qs 6.11].
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from mockserver.vendors.spurtcommerce.javascript import entries

FEW, MANY = 20, 100
"""The highest index in brackets that makes a list, of a query and of a form; a higher one is a name."""
SHALLOW, DEEP = 5, 32
"""How many brackets of a name count, of a query and of a form."""

_PARAMETERS = 1000
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_BROKEN = re.compile("%(?![0-9a-fA-F]{2})")


class _Array(dict[int, Any]):
    """A list that may still have holes: values by index."""

    def push(self, value: Any) -> None:
        self[max(self, default=-1) + 1] = value


def read(text: str, *, limit: int, depth: int) -> dict[str, Any]:
    """The values by name: texts, lists and objects."""
    if not text:
        return {}
    values: Any = {}
    for name, value in entries(_pairs(text)):
        if name:
            values = _merged(values, _nested(_steps(name, depth), value, limit))
    whole: dict[str, Any] = _compact(values)
    return whole


def _pairs(text: str) -> dict[str, Any]:
    """Values by name, brackets and all; several of one name are a list."""
    pairs: dict[str, Any] = {}
    for part in text.split("&")[:_PARAMETERS]:
        if part:
            in_brackets = part.find("]=")
            name, _, value = part.partition("=") if in_brackets < 0 else _parted(part, in_brackets + 1)
            name, value = _decoded(name), _decoded(value)
            pairs[name] = [*_listed(pairs[name]), value] if name in pairs else value
    return pairs


def _parted(part: str, at: int) -> tuple[str, str, str]:
    return part[:at], "=", part[at + 1 :]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _decoded(text: str) -> str:
    """A text without its percent signs; as it is where they make no sense."""
    text = text.replace("+", " ")
    if "%" not in text or _BROKEN.search(text):
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return text


def _steps(name: str, depth: int) -> list[str]:
    """A name taken apart: what stands before its brackets, then each of them; what is too deep is one name."""
    found = list(_BRACKETS.finditer(name))
    if not found:
        return [name]
    steps = [name[: found[0].start()]] if found[0].start() else []
    steps += [bracket[0] for bracket in found[:depth]]
    return steps if len(found) <= depth else [*steps, f"[{name[found[depth].start() :]}]"]


def _nested(steps: list[str], value: Any, limit: int) -> Any:
    """A value at the end of its steps."""
    value = _Array(enumerate(value)) if isinstance(value, list) else value
    for step in reversed(steps):
        name = step[1:-1] if step[:1] == "[" and step[-1:] == "]" else step
        if step == "[]":
            value = value if isinstance(value, _Array) else _Array({0: value})
        elif name != step and _is_index(name) and int(name) <= limit:
            value = _Array({int(name): value})
        else:
            value = {name: value} if name != "__proto__" else {}
    return value


def _is_index(name: str) -> bool:
    return name.isdecimal() and name.isascii() and str(int(name)) == name


def _merged(target: Any, source: Any) -> Any:
    """What two values of one name are together."""
    if not isinstance(source, dict):
        return _with_text(target, source) if source else target
    if not isinstance(target, dict):
        items = source.items() if isinstance(source, _Array) else [(0, source)]
        return _Array({0: target, **{at + 1: item for at, item in items}})
    if isinstance(target, _Array) and isinstance(source, _Array):
        return _joined(target, source)
    names = {str(name): value for name, value in target.items()} if isinstance(target, _Array) else target
    for name, value in source.items():
        names[str(name)] = _merged(names[str(name)], value) if str(name) in names else value
    return names


def _with_text(target: Any, source: Any) -> Any:
    if isinstance(target, _Array):
        target.push(source)
    elif isinstance(target, dict):
        target[source] = True
    else:
        return _Array({0: target, 1: source})
    return target


def _joined(target: _Array, source: _Array) -> _Array:
    for at, item in source.items():
        if at not in target:
            target[at] = item
        elif isinstance(target[at], dict) and isinstance(item, dict):
            target[at] = _merged(target[at], item)
        else:
            target.push(item)
    return target


def _compact(value: Any) -> Any:
    """Lists in place of arrays, without holes."""
    if isinstance(value, _Array):
        return [_compact(value[at]) for at in sorted(value)]
    return {name: _compact(item) for name, item in value.items()} if isinstance(value, dict) else value
