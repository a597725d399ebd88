"""Sessions for scenarios to be made of: what a tester does by hand, in a sandbox of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from mockserver import MockServer, Sandbox, files
from mockserver.contract import METHODS, read_contract
from mockserver.forms import FORM
from mockserver.scenarios.choosing import Chosen
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.reading import read_scenario
from mockserver.scenarios.recording.composing import Wish
from mockserver.scenarios.recording.session import Session, read_session
from mockserver.scenarios.recording.trial import Tried, record
from mockserver.scenarios.recording.writing import text_of
from mockserver.scenarios.result import WorkflowResult
from mockserver.scenarios.running import Runner
from mockserver.schema import resolve

PASSWORD = "Correct-Horse-77"  # noqa: S105  of nobody
COMPANY = "/companies/5678"


def session_of(server: MockServer, play: Callable[[Sandbox], object], **options: Any) -> Session:
    """What the journal tells of a play."""
    with server.sandbox(**options) as sandbox:
        play(sandbox)
        return read_session(sandbox.admin)


def recorded(server: MockServer, play: Callable[[Sandbox], object], first: int | None = None, **options: Any) -> Tried:
    """A scenario of a play."""
    return record(session_of(server, play, **options), Wish(first=first))


def run(tried: Tried) -> WorkflowResult:
    """Run the file as everybody would, on a fake that nobody has asked yet."""
    with tempfile.TemporaryDirectory() as folder, Target(Place()) as target:
        file = Path(folder) / "recorded.arazzo.yaml"
        file.write_text(text_of(tried.composed.document), encoding="utf-8")
        scenario = read_scenario(file)
        [workflow] = scenario.workflows.values()
        return Runner(target, {}, Asking(sure=True)).run(Chosen(scenario=scenario, workflow=workflow))


def steps(tried: Tried) -> list[dict[str, Any]]:
    """The steps of the file."""
    workflow: dict[str, Any] = tried.composed.document["workflows"][0]
    return list(workflow["steps"])


@dataclass
class Hand:
    """Somebody who tries things out at several vendors; `ids` are those of customers that came of it."""

    sandbox: Sandbox
    ids: dict[str, list[int]] = field(default_factory=dict)
    made: int = 0

    def __post_init__(self) -> None:
        self._clients: dict[str, httpx2.Client] = {}

    def client(self, api: str) -> httpx2.Client:
        """The same one each time, with its headers as they were left."""
        if api not in self._clients:
            self._clients[api] = self.sandbox.client(api)
        return self._clients[api]

    def sign_up(self, api: str) -> httpx2.Response:
        """Make a customer."""
        self.made += 1
        email = f"person{self.made}@example.com"
        path, body = _SIGN_UPS[api](email)
        reply = self.client(api).post(path, json=body)
        assert reply.status_code < 300, reply.text
        self.ids.setdefault(api, []).append(int(_ID[api](reply)))
        return reply

    def look(self, api: str, id: int) -> httpx2.Response:
        """Ask for a customer."""
        if api == "open2b":
            return self.client(api).post("commerce.customers.get", json={"id": id})
        return self.client(api).get(_PLACES[api].format(id=id))

    def remove(self, api: str, id: int) -> httpx2.Response:
        """Take a customer out, where the vendor lets apps do that."""
        if api == "open2b":
            return self.client(api).post("commerce.customers.delete", json={"ids": [id]})
        path = {"spurtcommerce": f"/admin-customer/{id}"}.get(api, _PLACES[api].format(id=id))
        return self.client(api).delete(path)


def _people_of_open2b(email: str) -> tuple[str, dict[str, Any]]:
    address = {"firstName": "A", "lastName": "B", "street1": "S", "city": "C", "postalCode": "1", "country": "GB"}
    customer = {"canLogin": True, "password": {"value": PASSWORD}, "billingAddress": {**address, "email": email}}
    return "commerce.customers.create", {"customer": customer}


def _people_of_spurtcommerce(email: str) -> tuple[str, dict[str, Any]]:
    person = {"customerGroupId": 1, "username": "Kim", "email": email, "mobileNumber": "9876543210"}
    secrets = {"password": PASSWORD, "confirmPassword": PASSWORD}
    return "/admin-customer", {**person, **secrets, "newsletter": 1, "mailStatus": 0, "status": 1}


def _people_of_webcommander(email: str) -> tuple[str, dict[str, Any]]:
    return "/admin/customers", {"customer": {"first_name": "Robin", "email": email, "password": PASSWORD}}


def _people_of_kounta(email: str) -> tuple[str, dict[str, Any]]:
    return f"{COMPANY}/customers.json", {"first_name": "Ann", "email": email}


_SIGN_UPS = {
    "open2b": _people_of_open2b,
    "spurtcommerce": _people_of_spurtcommerce,
    "webcommander-v4": _people_of_webcommander,
    "kounta": _people_of_kounta,
}
_ID: dict[str, Callable[[httpx2.Response], Any]] = {
    "open2b": lambda reply: reply.json()["id"],
    "spurtcommerce": lambda reply: reply.json()["data"]["id"],
    "webcommander-v4": lambda reply: reply.json()["customer"]["id"],
    "kounta": lambda reply: reply.json()["id"],
}
_PLACES = {
    "spurtcommerce": "/admin-customer/customer-detail/{id}",
    "webcommander-v4": "/admin/customers/{id}",
    "kounta": COMPANY + "/customers/{id}.json",
}
APIS = list(_SIGN_UPS)


def ask_examples(sandbox: Sandbox, api: str) -> None:
    """Ask every operation of a contract for what its examples show."""
    contract = read_contract(files.contracts() / f"{api}.yaml")
    headers, document = sandbox.credentials(api), contract.document
    with httpx2.Client(base_url=sandbox.url, headers=headers, **sandbox.admin.reach) as client:
        for item in document["paths"].values():
            for method in METHODS:
                if method in item:
                    operation = contract.operations[item[method]["operationId"]]
                    shared = [*item.get("parameters", []), *item[method].get("parameters", [])]
                    values = {each["name"]: (each["in"], _example(each, document)) for each in _all(shared, document)}
                    for kind, body in _bodies(item[method], document):
                        client.request(method, **_request(operation.path, values), **_content(kind, body))


def _all(nodes: list[Any], document: Any) -> list[Any]:
    return [resolve(each["$ref"], document) if "$ref" in each else each for each in nodes]


def _example(parameter: Any, document: Any) -> Any:
    [schema] = _all([parameter.get("schema", {})], document)
    shown = [each["value"] for each in parameter.get("examples", {}).values() if "value" in each]
    return next(iter([*shown, *schema.get("examples", []), *schema.get("enum", [])]), "1")


def _bodies(node: Any, document: Any) -> list[tuple[str | None, Any]]:
    [body] = _all([node.get("requestBody", {})], document)
    shown = [
        (kind, each["value"])
        for kind, content in body.get("content", {}).items()
        for each in _all(list(content.get("examples", {}).values()), document)
    ]
    return list(shown) or [(None, None)]


def _request(path: str, values: dict[str, tuple[str, Any]]) -> dict[str, Any]:
    params = {}
    for name, (where, value) in values.items():
        path = path.replace(f"{{{name}}}", str(value))
        if where == "query" and value is not None:
            params[name] = value
    return {"url": path, "params": params}


def _content(kind: str | None, body: Any) -> dict[str, Any]:
    if kind is None:
        return {}
    return {"data": body} if kind == FORM else {"json": body}
