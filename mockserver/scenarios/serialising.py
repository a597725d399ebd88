"""Values of parameters as OpenAPI writes them into addresses, headers and forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.scenarios.expressions import text_of

Pairs = list[tuple[str, str]]
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_RESERVED = ":/?[]@!$&'()*,;"
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|", "form": ","}


def in_path(declared: Mapping[str, Any], value: Any) -> str:
    """What stands in a path for a placeholder."""
    style, explode, name = *_way(declared, "path"), declared["name"]
    parts = _parts(declared, value, explode=explode)
    if style == "label":
        return "." + ("." if explode else ",").join(parts)
    if style == "matrix":
        if explode and isinstance(value, Mapping):
            return "".join(f";{part}" for part in parts)
        return "".join(f";{name}={part}" for part in (parts if explode else [",".join(parts)]))
    return ",".join(parts)


def in_query(declared: Mapping[str, Any], value: Any) -> Iterator[str]:
    """What stands in a query, each as `name=value`."""
    style, explode = _way(declared, "query")
    safe = _RESERVED if declared.get("allowReserved") else ""
    name = quote(declared["name"], safe="[]")
    if "content" in declared or not isinstance(value, Mapping | list):
        yield f"{name}={quote(text_of(value), safe=safe)}"
    elif style == "deepObject" and isinstance(value, Mapping):
        for key, inner in value.items():
            yield f"{name}[{quote(str(key), safe='')}]={quote(text_of(inner), safe=safe)}"
    elif explode and isinstance(value, Mapping):
        yield from (f"{quote(str(key), safe='')}={quote(text_of(inner), safe=safe)}" for key, inner in value.items())
    elif explode and style == "form":
        yield from (f"{name}={quote(text_of(each), safe=safe)}" for each in value)
    else:
        between = quote(_DELIMITERS.get(style, ","), safe=",")
        yield f"{name}={between.join(quote(text_of(each), safe=safe) for each in _flat(value))}"


def in_header(declared: Mapping[str, Any], value: Any) -> str:
    """A header's value."""
    _, explode = _way(declared, "header")
    if "content" in declared or not isinstance(value, Mapping | list):
        return text_of(value)
    if explode and isinstance(value, Mapping):
        return ",".join(f"{key}={text_of(inner)}" for key, inner in value.items())
    return ",".join(text_of(each) for each in _flat(value))


def in_cookie(declared: Mapping[str, Any], value: Any) -> str:
    """What stands in the header with all cookies."""
    return "; ".join(in_query({**declared, "in": "cookie"}, value))


def in_form(payload: Mapping[str, Any]) -> Pairs:
    """The fields of a form: a list is a field more than once, and an object is JSON."""
    pairs: Pairs = []
    for name, value in payload.items():
        for each in value if isinstance(value, list) else [value]:
            if each is not None:
                pairs.append((name, text_of(each)))
    return pairs


def _way(declared: Mapping[str, Any], where: str) -> tuple[str, bool]:
    """A parameter's style, and whether each of its values stands by itself."""
    style = str(declared.get("style", _STYLES[where]))
    return style, bool(declared.get("explode", style == "form"))


def _parts(declared: Mapping[str, Any], value: Any, *, explode: bool) -> list[str]:
    """The values in a path, with their escapes."""
    if "content" in declared or not isinstance(value, Mapping | list):
        return [quote(text_of(value), safe="")]
    if explode and isinstance(value, Mapping):
        return [f"{quote(str(key), safe='')}={quote(text_of(inner), safe='')}" for key, inner in value.items()]
    return [quote(text_of(each), safe="") for each in _flat(value)]


def _flat(value: Mapping[str, Any] | list[Any]) -> list[Any]:
    """An object's names and values one after the other; a list as it is."""
    return [each for pair in value.items() for each in pair] if isinstance(value, Mapping) else value
