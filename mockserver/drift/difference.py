"""What differs between a recorded answer and ours, and where."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

Kind = Literal["status", "header", "added", "removed", "retyped", "message", "value", "order", "length", "undeclared"]
"""In the order in which reports have them: `added` and `removed` are fields that only the recorded, only our answer has.

`message` is the text of an error, `order` that of keys or items, `undeclared` an operation that the contract does not have.
"""
Path = tuple[str | int, ...]
ABSENT: Any = object()
_LONG = 200


class Difference(msgspec.Struct, frozen=True):
    """One place that differs, with both sides in words. `path` leads to it, `body` or `headers` first."""

    kind: Kind
    path: Path
    recorded: str
    answered: str

    @property
    def where(self) -> str:
        """The place as a person writes it: `body.data[0].name`."""
        return text_of(self.path)

    @property
    def place(self) -> str:
        """The same for all items of a list: `body.data[].name`."""
        return text_of(tuple(-1 if isinstance(step, int) else step for step in self.path)).replace("[-1]", "[]")


def text_of(path: Path) -> str:
    """A path as a person writes it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def shown(value: Any) -> str:
    """A value in so many letters that a person still reads them."""
    if value is ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else f"{text[:_LONG]}… ({len(text)} characters)"
