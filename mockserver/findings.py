"""What is found in a request: a violation of its contract, or something that its developer should know."""

from __future__ import annotations

import msgspec


class Violation(msgspec.Struct, frozen=True):
    """One place where a request does not meet its contract.

    `path` leads to the offending value, outermost name first. `keyword` is JSON Schema's (`type`, `required`,
    `additionalProperties`, …); for `required` and `additionalProperties` the path ends with the missing or
    unknown name. `row` is the `x-row` of the schema there: the operation's own rule speaks for this bound.
    """

    where: str
    path: tuple[str | int, ...]
    keyword: str
    message: str
    row: str | None = None

    @property
    def name(self) -> str:
        """The innermost property name on the path; empty for the body itself."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")


class Finding(msgspec.Struct, frozen=True, gc=False):
    """Something that the app's developer should know about a request, though the vendor answers it."""

    id: str
    message: str
