"""Names: Python's in arguments, the admin API's in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def camel(name: str) -> str:
    """A name as the admin API writes it: url_path is urlPath."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def given(known: type, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of keyword arguments that a TypedDict declares. Raises TypeError for one that it does not."""
    names = known.__annotations__
    for name in arguments:
        if name not in names:
            raise TypeError(f"there is no argument '{name}' here; known: {', '.join(names)}")
    return {name: value for name, value in arguments.items() if value is not None}
