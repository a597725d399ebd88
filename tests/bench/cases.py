"""What is measured. Another vendor adds its requests here, and nothing elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

import yaml

from mockserver import files

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
    number of connections. The requests in `before` are made once, at the fake only, and are not measured.
    """

    name: str
    accepted: bytes
    reference: Reference = Reference.CONSTANT
    numbers: Numbers = Numbers()
    makes: tuple[str, str] | None = None
    bars: Mapping[int, float] = field(default_factory=dict)
    before: tuple[Request, ...] = ()

    def body_at(self, position: int) -> bytes:
        return self.body.replace(NUMBER, str(self.numbers.at(position))).encode()

    def among(self, customers: int) -> Case:
        """The same requests, for numbers among so many customers."""
        return replace(self, numbers=replace(self.numbers, span=customers))


def printed(api: str, path: str, name: str) -> Any:
    """An example of a POST in a contract."""
    document = yaml.load((files.contracts() / f"{api}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return content["examples"][name]["value"]


def _open2b_customer() -> str:
    """The customer of the page, with a code and an email of her own."""
    request = printed("open2b", "/commerce.customers.create", "page")
    request["customer"]["code"] = f"B{NUMBER}"
    request["customer"]["billingAddress"]["email"] = f"b{NUMBER}@example.com"
    return json.dumps(request)


def _kounta_customer() -> str:
    """Everything that can be set; of what may belong to one customer only, or finds one, she has her own."""
    customer = printed("kounta", "/companies/{company_id}/customers", "full")
    own = {"email": f"b{NUMBER}@example.com", "phone": NUMBER, "mobile": NUMBER, "reference_id": f"B{NUMBER}"}
    return json.dumps(customer | {name: own[name] for name in own if name in customer})


def _kounta_client() -> str:
    """The credentials of the fixture's first application."""
    fixture = yaml.load((files.fixtures() / "documented.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    application = fixture["vendors"]["kounta"]["applications"][0]
    return "Basic " + b64encode(f"{application['client_id']}:{application['client_secret']}".encode()).decode()


_OPEN2B_KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
_OPEN2B_GET = Case(
    name="open2b get",
    path="/api/v13/commerce.customers.get",
    headers=_OPEN2B_KEY,
    body='{"id": 37091}',
    accepted=b'{"status":"ok","customer":{',
    bars={1: 0.9, 32: 0.9},
)

_KOUNTA_BASIC = {"Authorization": _kounta_client()}
_KOUNTA_JSON = {**_KOUNTA_BASIC, "Content-Type": "application/json"}
_KOUNTA_CREATE = Case(
    name="kounta create",
    path="/v1/companies/5678/customers.json",
    headers=_KOUNTA_JSON,
    body=_kounta_customer(),
    accepted=RECORD,
    reference=Reference.ECHO,
    makes=("kounta", "customers"),
    bars={32: 0.9},
)

GET = [
    _OPEN2B_GET,
    Case(
        name="kounta get",
        method="GET",
        path="/v1/companies/5678/customers/389427.json",
        headers=_KOUNTA_BASIC,
        accepted=b'{"id":389427,',
        bars={1: 0.9, 32: 0.9},
    ),
]
"""Reading: one server for all rounds."""

TOLD = replace(
    _KOUNTA_CREATE,
    name="kounta create, one webhook",
    before=(
        Request(
            path="/v1/companies/5678/webhooks.json",
            headers=_KOUNTA_JSON,
            body=json.dumps({"topic": "customers/created", "address": RECEIVER}),
        ),
    ),
)
"""Writing what an app is told of beside."""

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
    ),
    _KOUNTA_CREATE,
    TOLD,
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
