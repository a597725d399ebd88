"""Documents with something odd in them, wherever something stands."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

Place = tuple[Any, ...]
_ODD = [
    None, True, -1, 0.5, "", "x", "$inputs.email", "$steps.add.outputs.id", "{$x}", [], [None], {}, {"x": 1},
    {"reference": "$components.parameters.shop"}, {"$ref": "#/components"}, "[", "'",
]  # fmt: skip


def places(value: Any, path: Place = ()) -> list[Place]:
    """The paths to all that is in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in places(each, (*path, key)))]


def alterations(document: Any) -> st.SearchStrategy[list[tuple[Place, Any]]]:
    """What is odd, and where; `...` is for what is left out."""
    where = st.sampled_from([place for place in places(document) if place])
    return st.lists(st.tuples(where, st.sampled_from([*_ODD, ...])), min_size=1, max_size=3)


def altered(document: Any, odd: list[tuple[Place, Any]]) -> Any:
    """A document with odd things in it, as far as what is before them leaves a place for them."""
    document = copy.deepcopy(document)
    for (*way, last), value in odd:
        holder: Any = document
        for step in way:
            holder = _step(holder, step)
        if isinstance(holder, list) and isinstance(last, int) and last < len(holder):
            holder[last] = None if value is ... else copy.deepcopy(value)
        elif isinstance(holder, dict) and value is ...:
            holder.pop(last, None)
        elif isinstance(holder, dict):
            holder[last] = copy.deepcopy(value)
    return document


def _step(holder: Any, step: Any) -> Any:
    if isinstance(holder, dict):
        return holder.get(step)
    return holder[step] if isinstance(holder, list) and isinstance(step, int) and step < len(holder) else None
