"""What a measurement asks for, over and over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

NUMBER = "<n>"
"""In a body: a number of its own for each request."""
RECEIVER = "<receiver>"
"""In the body of a request that is made before: where a process listens that answers every webhook."""
RECORD = b'{"id":'
"""In the body of a webhook: what stands before the number of the record that it tells of."""


class Reference(Enum):
    """What the bare Starlette application does with the same request."""

    CONSTANT = "constant"  # sends the bytes that the fake has answered
    ECHO = "echo"  # parses the body and sends it back


@dataclass(frozen=True)
class Numbers:
    """The numbers that requests get: from `first` on, `span` of them; with a stride they come in no order."""

    first: int = 0
    span: int = 1_000_000_000
    stride: int = 1

    def at(self, position: int) -> int:
        return self.first + position * self.stride % self.span


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request."""

    path: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Case(Request):
    """A request, over and over.

    `accepted` is in every answer that is a success, whatever the status says. `makes` is the collection, as
    `/__admin/state` names it, in which each request makes a record. `bars` are the least ratios to the reference, by
    number of connections. The requests in `before` are made once, at the fake only, and are not measured. `customers`
    is how many are drawn, where it is not what the fixture says.
    """

    name: str
    accepted: bytes
    reference: Reference = Reference.CONSTANT
    numbers: Numbers = Numbers()
    makes: tuple[str, str] | None = None
    bars: Mapping[int, float] = field(default_factory=dict)
    before: tuple[Request, ...] = ()
    customers: int | None = None

    def body_at(self, position: int) -> bytes:
        return self.body.replace(NUMBER, str(self.numbers.at(position))).encode()

    def among(self, customers: int) -> Case:
        """The same requests, for numbers among so many customers."""
        return replace(self, numbers=replace(self.numbers, span=customers))
