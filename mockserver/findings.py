"""What is found in a request: a violation of its contract, or something that its developer should know."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import msgspec

_TYPES = {
    "string": ("a text",),
    "integer": ("an integer",),
    "number": ("a number",),
    "boolean": ("true", "false"),
    "object": ("an object",),
    "array": ("a list",),
    "null": ("null",),
}
"""Words for JSON Schema's types, in the order in which they are listed."""
_LIMITS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
_SIZES = {
    "minLength": ("at least", "character", "characters"),
    "maxLength": ("at most", "character", "characters"),
    "minItems": ("at least", "entry", "entries"),
    "maxItems": ("at most", "entry", "entries"),
}


class Violation(msgspec.Struct, frozen=True):
    """One place where a request does not meet its contract.

    `path` leads to the offending value, outermost name first. `keyword` is JSON Schema's (`type`, `required`,
    `additionalProperties`, …); for `required` and `additionalProperties` the path ends with the missing or
    unknown name. `row` is the `x-row` of the schema there: the operation's own rule speaks for this bound.
    `bound` is what the keyword demands: a limit, an enum's options, the types; None where that is not known.
    """

    where: str
    path: tuple[str | int, ...]
    keyword: str
    message: str
    row: str | None = None
    bound: Any = None

    @property
    def name(self) -> str:
        """The innermost property name on the path; empty for the body itself."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def field(self) -> str:
        """The path as a person writes it: `addresses[0].type`; empty for the body itself."""
        return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path).removeprefix(".")

    @property
    def reason(self) -> str:
        """What would be right, in words that go on from the field's name: `must be at least 1`."""
        match self.keyword:
            case "type":
                return f"must be {_types(self.bound)}" if self.bound else "is of the wrong type"
            case "enum":
                return f"must be {_options(self.bound)}"
            case "const":
                return f"must be {_option(self.bound)}"
            case keyword if keyword in _LIMITS:
                return f"must be {_LIMITS[keyword]} {self.bound}"
            case keyword if keyword in _SIZES:
                limit, one, many = _SIZES[keyword]
                return f"must have {limit} {self.bound} {one if self.bound == 1 else many}"
        return "is malformed"


def _types(types: Collection[str]) -> str:
    *most, last = [word for type, words in _TYPES.items() if type in types for word in words]
    return f"{', '.join(most)} or {last}" if most else last


def _options(options: Sequence[object]) -> str:
    return ("one of " if len(options) > 1 else "") + ", ".join(map(_option, options))


def _option(option: object) -> str:
    """A text as it is, unless nobody would see it; anything else as JSON."""
    if isinstance(option, str):
        return option or "an empty text"
    return msgspec.json.encode(option).decode()


class Finding(msgspec.Struct, frozen=True, gc=False):
    """Something that the app's developer should know about a request, though the vendor answers it."""

    id: str
    message: str
