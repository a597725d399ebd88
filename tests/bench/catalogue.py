"""What is measured. Another vendor adds its requests here, and nothing elsewhere."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import yaml

from mockserver import files
from tests.bench.cases import NUMBER, RECEIVER, RECORD, Case, Numbers, Reference, Request

SMALL = 100
"""How many customers a small shop draws."""


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


def _plugin_customer() -> str:
    """The customer of the page, with an e-mail of her own."""
    customer = printed("webcommander-plugin", "/customer-create", "page")
    return json.dumps(customer | {"email": f"b{NUMBER}@example.com"})


def _v4_customer() -> str:
    """Every key of the page but the password, with an e-mail of her own."""
    request = printed("webcommander-v4", "/admin/customers", "page")
    request["customer"]["email"] = f"b{NUMBER}@example.com"
    request["customer"].pop("password", None)
    return json.dumps(request)


def _spurtcommerce_customer() -> str:
    """The customer of the contract, with an e-mail of her own."""
    customer = printed("spurtcommerce", "/admin-customer", "numbers")
    return json.dumps(customer | {"email": f"b{NUMBER}@example.com"})


def _without_password(body: str) -> str:
    return json.dumps({name: value for name, value in json.loads(body).items() if name != "password"})


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

_PLUGIN = {"uuid": "F8A3-A88E-C6EF-B1CB", "accessToken": "11b4ec017714ef095b8e115545467fcb"}
_V4 = {"Authorization": "Bearer 6d6f636b7365727665722d77632d6174"}
_CUSTOMERS_OF_V4 = "/api/v4/admin/customers"
_PLUGIN_CREATE = Case(
    name="webcommander plugin create, as printed",
    path="/external/app/access/customer-create",
    headers={**_PLUGIN, "Content-Type": "application/json"},
    body=_plugin_customer(),
    accepted=b'{"customers":{',
    reference=Reference.ECHO,
    makes=("webcommander", "customers"),
    bars={32: 0.9},
)

_SPURTCOMMERCE = {"Authorization": "Bearer U2FsdGVkX19tb2Nrc2VydmVyLXNwdXJ0Y29tbWVyY2UtYWRtaW4="}
_CUSTOMERS_OF_SPURTCOMMERCE = "/api/admin-customer"
_SPURTCOMMERCE_GET = Case(
    name="spurtcommerce get",
    method="GET",
    path=f"{_CUSTOMERS_OF_SPURTCOMMERCE}/customer-detail/1",
    headers=_SPURTCOMMERCE,
    accepted=b'"data":{"id":1,',
    bars={1: 0.9, 32: 0.9},
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
    Case(
        name="webcommander plugin get",
        method="GET",
        path="/external/app/access/customer?customerId=310",
        headers=_PLUGIN,
        accepted=b'"displayId":102,',
        bars={1: 0.9, 32: 0.9},
    ),
    Case(
        name="webcommander v4 get",
        method="GET",
        path=f"{_CUSTOMERS_OF_V4}/310",
        headers=_V4,
        accepted=b'{"customer":{"id":310,',
        bars={1: 0.9, 32: 0.9},
    ),
    _SPURTCOMMERCE_GET,
]
"""Reading: one server for all rounds."""

LIST = [
    Case(
        name="webcommander plugin list of 100",
        method="GET",
        path="/external/app/access/customers?max=100",
        headers=_PLUGIN,
        accepted=b'{"customers":[{',
        bars={1: 0.4, 32: 0.4},
        customers=SMALL,
    ),
]
"""Reading many at once."""

FILTERED = [
    Case(
        name=f"spurtcommerce {name}",
        method="GET",
        path=f"{_CUSTOMERS_OF_SPURTCOMMERCE}?{query}",
        headers=_SPURTCOMMERCE,
        accepted=b'{"status":1,"message":"Successfully got ',
    )
    for name, query in {
        "page, no filters": "limit=10",
        "page by name": "limit=10&name=an",
        "page by name and email": "limit=10&name=an&email=example.org",
        "page by email, far back": "limit=10&offset=20000&email=example",
        "count by name and email": "count=1&name=an&email=example.org",
    }.items()
]
"""Reading some of very many, where all must be looked at."""

EXPORT = Case(
    name="spurtcommerce export",
    method="GET",
    path=f"{_CUSTOMERS_OF_SPURTCOMMERCE}/allcustomer-excel-list",
    headers=_SPURTCOMMERCE,
    accepted=b"PK",
)
EXPORTED = Request(method="GET", path=f"{_CUSTOMERS_OF_SPURTCOMMERCE}?count=1", headers=_SPURTCOMMERCE)
MEANWHILE = _SPURTCOMMERCE_GET
"""A reply that is made in pieces, how many records are in it, and who else asks while it is made."""

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
    _PLUGIN_CREATE,
    replace(
        _PLUGIN_CREATE,
        name="webcommander plugin create, no password",
        body=_without_password(_PLUGIN_CREATE.body),
    ),
    Case(
        name="webcommander v4 create, no password",
        path=_CUSTOMERS_OF_V4,
        headers={**_V4, "Content-Type": "application/json"},
        body=_v4_customer(),
        accepted=b'{"customer":{"id":',
        reference=Reference.ECHO,
        makes=("webcommander", "customers"),
        bars={32: 0.9},
    ),
    Case(
        name="spurtcommerce create, bcrypt of cost 4",
        path=_CUSTOMERS_OF_SPURTCOMMERCE,
        headers={**_SPURTCOMMERCE, "Content-Type": "application/json"},
        body=_spurtcommerce_customer(),
        accepted=b'{"status":1,',
        reference=Reference.ECHO,
        makes=("spurtcommerce", "customers"),
        bars={32: 0.9},
    ),
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

WATCHED = [(_OPEN2B_GET, "open2b", "get_customer"), (GET[1], "kounta", "get_customer")]
"""Requests that are watched by all that a tester may want to know or steer: with the vendor and the operation."""
