"""What is measured. Another vendor adds its requests here, and nothing elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import yaml

from mockserver import files

NUMBER = "<n>"
"""In a body: a number of its own for each request."""


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


@dataclass(frozen=True)
class Case:
    """A POST, over and over.

    `accepted` is in every answer that is a success, whatever the status says. `makes` is the collection, as
    `/__admin/state` names it, in which each request makes a record. `bars` are the least ratios to the reference, by
    number of connections.
    """

    name: str
    path: str
    headers: Mapping[str, str]
    body: str
    accepted: bytes
    reference: Reference = Reference.CONSTANT
    numbers: Numbers = Numbers()
    makes: tuple[str, str] | None = None
    bars: Mapping[int, float] = field(default_factory=dict)

    @property
    def varies(self) -> bool:
        """Whether each request is another one."""
        return NUMBER in self.body

    def body_at(self, position: int) -> bytes:
        return self.body.replace(NUMBER, str(self.numbers.at(position))).encode()

    def among(self, customers: int) -> Case:
        """The same requests, for numbers among so many customers."""
        return replace(self, numbers=replace(self.numbers, span=customers))


def printed(api: str, path: str) -> Any:
    """The first example of a request in a contract: the one that the vendor's page prints."""
    document = yaml.load((files.contracts() / f"{api}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return next(iter(content["examples"].values()))["value"]


def _open2b_customer() -> str:
    """The customer of the page, with a code and an email of her own."""
    request = printed("open2b", "/commerce.customers.create")
    request["customer"]["code"] = f"B{NUMBER}"
    request["customer"]["billingAddress"]["email"] = f"b{NUMBER}@example.com"
    return json.dumps(request)


_OPEN2B_KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
_OPEN2B_GET = Case(
    name="open2b get",
    path="/api/v13/commerce.customers.get",
    headers=_OPEN2B_KEY,
    body='{"id": 37091}',
    accepted=b'{"status":"ok","customer":{',
    bars={1: 0.9, 32: 0.9},
)

GET = [_OPEN2B_GET]
"""Reading: one server for all rounds."""

CREATE = [
    Case(
        name="open2b create",
        path="/api/v13/commerce.customers.create",
        headers=_OPEN2B_KEY,
        body=_open2b_customer(),
        accepted=b'{"status":"ok","id":',
        reference=Reference.ECHO,
        makes=("open2b", "customers"),
        bars={32: 0.9},
    )
]
"""Writing: a fresh server for every measurement, so that none finds what another one has left."""

SIZE = [
    replace(_OPEN2B_GET, name="open2b get, always the same", bars={32: 0.9}),
    replace(
        _OPEN2B_GET,
        name="open2b get, each in turn",
        body=f'{{"id": {NUMBER}}}',
        numbers=Numbers(first=1001, stride=7919),
        bars={32: 0.9},
    ),
]
"""Reading from a small and from a big shop; the numbers are ids of drawn customers."""
