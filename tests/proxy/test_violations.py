"""What violates a contract is reported exactly once everywhere: in the header, in the journal, in the findings and in the summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from mockserver.findings import Violation
from mockserver.proxy.breaches import Breach, from_violations
from mockserver.proxy.composing import Plan
from mockserver.proxy.traffic import KEPT, Counter, Exchanged, render
from mockserver.world import World
from tests.proxy.behind import Said, Spoiled, spoiled
from tests.proxy.proxying import Proxying, proxying, violations

BASIC = {"Authorization": "Basic bW9ja3NlcnZlci1rb3VudGEtYWRkb24taWQ6bW9ja3NlcnZlci1rb3VudGEtYWRkb24tc2VjcmV0"}
KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
ALL, ONE = "/v1/companies/5678/customers.json", "/v1/companies/5678/customers/389427.json"
GET = "/api/v13/commerce.customers.get"
JSON = {"Content-Type": "application/json"}


class Request(NamedTuple):
    """A request, and what the proxy says of it: place, rule, and words of its message."""

    api: str
    method: str
    target: str
    place: str
    rule: str
    words: str
    body: bytes | None = None
    headers: Mapping[str, str] = MappingProxyType({})


REQUESTS = {
    "unknown path": Request("kounta", "GET", "/v2/companies", "path", "outside-contract", "has no /v2/companies"),
    "unknown path below the base": Request("kounta", "GET", "/v1/tills", "path", "outside-contract", "has no /v1/tills"),
    "wrong method": Request("kounta", "PATCH", ONE, "method", "outside-contract", "PATCH is not in the contract here; known: GET, HEAD, PUT"),
    "unknown query": Request("kounta", "GET", f"{ALL}?limitt=3", "query.limitt", "additionalProperties", "is not in the contract"),
    "mistyped query": Request("webcommander-plugin", "GET", "/external/app/access/customers?max=many", "query.max", "type", "must be an integer"),
    "malformed path": Request("kounta", "GET", "/v1/companies/5678/customers/jamie.json", "path.customer_id", "type", "must be an integer"),
    "no credential": Request("kounta", "GET", ONE, "header.authorization", "credential", "Authorization: Basic ...", None, {"Authorization": ""}),
    "another credential": Request("open2b", "POST", GET, "header.x-key", "credential", "X-Key: ...", b'{"id":37091,"fields":["id"]}', {"X-Key": ""}),
    "format not accepted": Request("kounta", "GET", ONE.removesuffix(".json"), "header.accept", "accept", "must allow application/json", None, {"Accept": "text/html"}),
    "wrong media type": Request("kounta", "PUT", ONE, "header.content-type", "media-type", "text/plain is not in the contract; known: application/json", b"{}", {"Content-Type": "text/plain"}),
    "no body": Request("kounta", "POST", ALL, "body", "required", "is missing"),
    "no JSON": Request("kounta", "PUT", ONE, "body", "unreadable", "cannot be read: not JSON", b'{"first_name":', JSON),
    "a key that stands twice": Request("kounta", "PUT", ONE, "body", "unreadable", "stands twice", b'{"phone":"1","phone":"2"}', JSON),
    "mistyped field": Request("kounta", "PUT", ONE, "body.first_name", "type", "must be a text or null", b'{"first_name":3}', JSON),
    "missing field": Request("open2b", "POST", GET, "body.id", "required", "is missing", b'{"fields":["id"]}'),
    "extra field where none may be": Request("open2b", "POST", GET, "body.all", "additionalProperties", "is not in the contract", b'{"id":37091,"fields":["id"],"all":1}'),
    "extra field that the vendor ignores": Request("kounta", "PUT", ONE, "body.shoe_size", "additionalProperties", "is not in the contract", b'{"shoe_size":3}', JSON),
    "extra field further down": Request("kounta", "PUT", ONE, "body.primary_address.planet", "additionalProperties", "is not in the contract", b'{"primary_address":{"planet":"Mars"}}', JSON),
    "enum": Request("open2b", "POST", GET, "body.fields[]", "enum", "must be one of id, code", b'{"id":37091,"fields":["id","shoe"]}'),
    "signs that the vendor refuses": Request("spurtcommerce", "POST", "/api/auth/login", "body", "unreadable", "the vendor refuses to read it: character-refused", b'{"username":"<a>","password":"b"}', {**JSON, "Authorization": ""}),
    "compressed by stealth": Request("kounta", "PUT", ONE, "body", "encoding", "is not gzip", b"{}", {**JSON, "Content-Encoding": "gzip"}),
}  # fmt: skip


def altered(alter: Callable[[Any], object]) -> Callable[[Said], None]:
    """The same answer with another JSON body."""

    def spoil(said: Said) -> None:
        body = json.loads(said.body)
        replacement = alter(body)
        said.body = json.dumps(body if replacement is None else replacement).encode()

    return spoil


class Reply(NamedTuple):
    """How an answer is spoiled, and what the proxy says of it."""

    spoil: Callable[[Said], object]
    place: str
    rule: str
    words: str
    api: str = "kounta"
    target: str = ONE


def status(number: int) -> Callable[[Said], object]:
    return lambda said: setattr(said, "status", number)


def body(text: bytes) -> Callable[[Said], object]:
    return lambda said: setattr(said, "body", text)


def headers(**given: str) -> Callable[[Said], object]:
    return lambda said: said.headers.update({name.replace("_", "-"): value for name, value in given.items()})


def refusal(said: Said) -> None:
    said.status, said.body = 404, b'{"error":"not_found"}'


REPLIES = {
    "undeclared status": Reply(status(418), "status", "status", "418 is not declared for get_customer; declared: 200, 400, 401"),
    "success that is none": Reply(status(202), "status", "status", "202 is not declared"),
    "a status with another body": Reply(refusal, "body.error_description", "required", "is missing"),
    "missing field": Reply(altered(lambda it: it.pop("email") and None), "body.email", "required", "is missing"),
    "mistyped field": Reply(altered(lambda it: it.update(id="389427")), "body.id", "type", "must be an integer"),
    "extra field": Reply(altered(lambda it: it.update(shoe_size=9)), "body.shoe_size", "additionalProperties", "is not in the contract"),
    "extra field further down": Reply(altered(lambda it: it["primary_address"].update(planet="Mars")), "body.primary_address.planet", "additionalProperties", "not in the contract"),
    "null": Reply(altered(lambda it: it.update(id=None)), "body.id", "type", "must be an integer"),
    "another shape": Reply(altered(lambda it: [it]), "body", "type", "must be an object"),
    "enum": Reply(altered(lambda it: it.update(status="fine")), "body.status", "enum", "must be one of ok, error", "open2b", GET),
    "in every entry of a list": Reply(altered(lambda it: [each.pop("email") for each in it] and None), "body[].email", "required", "is missing", target=ALL),
    "media type": Reply(headers(content_type="text/html"), "header.content-type", "media-type", "text/html is not declared with status 200; declared: application/json"),
    "no JSON": Reply(body(b'{"id": 389427,'), "body", "unreadable", "cannot be read: not JSON"),
    "empty": Reply(body(b""), "body", "unreadable", "the body is empty"),
    "a key that stands twice": Reply(body(b'{"id":1,"id":1}'), "body", "unreadable", "stands twice"),
    "mistyped header": Reply(headers(x_page="first"), "header.x-page", "type", "must be an integer", target=ALL),
    "lost header": Reply(lambda said: said.headers.pop("x-page"), "header.x-page", "required", "is missing", target=ALL),
    "unknown coding": Reply(headers(content_encoding="br"), "body", "encoding", "is compressed as br; what can be read is gzip"),
    "gzip that is none": Reply(headers(content_encoding="gzip"), "body", "encoding", "is not gzip"),
}  # fmt: skip


class Shops(NamedTuple):
    """The fakes behind, whose answers can be spoiled, and a proxy for each API."""

    app: Spoiled
    proxies: dict[str, Proxying]

    def proxy(self, api: str) -> Proxying:
        """One through which nothing has gone."""
        self.app.spoil = lambda _: None
        self.app.asked = 0
        self.proxies[api].forget()
        return self.proxies[api]


@pytest.fixture(scope="module")
def shops(world: World) -> Iterator[Shops]:
    sandbox, apis = (
        world.sandboxes.create(),
        ("kounta", "open2b", "spurtcommerce", "webcommander-plugin", "webcommander-v4"),
    )
    with ExitStack() as stack:
        app, url = stack.enter_context(spoiled(world.app))
        plans = {api: Plan(api=api, upstream=f"{url}/@{sandbox.name}") for api in apis}
        yield Shops(app, {api: stack.enter_context(proxying(plan)) for api, plan in plans.items()})
    world.sandboxes.remove(sandbox.name)


def credential(api: str) -> dict[str, str]:
    return {"open2b": KEY, "webcommander-plugin": {"uuid": "F8A3-A88E-C6EF-B1CB", "accessToken": "a" * 32}}.get(
        api, BASIC
    )


def planted(made: Request) -> tuple[str, str, dict[str, str], bytes | None]:
    given = {**credential(made.api), **made.headers}
    return made.method, made.target, {name: value for name, value in given.items() if value}, made.body


def assert_reported_once(proxy: Proxying, told: dict[str, Any], finding: str) -> None:
    """In the journal, by the findings, and in the summary."""
    found = proxy.findings()
    assert [each["id"] for each in found] == [finding]
    entries = proxy.admin("/findings")["findings"]
    assert [(each["id"], each["count"]) for each in entries] == [(finding, 1)]
    (same,) = proxy.traffic.violations
    assert (same.direction, same.place, same.rule, same.message) == (
        told["in"],
        told["place"],
        told["rule"],
        told["message"],
    )
    assert (same.count, same.first) == (told.get("count", 1), proxy.last.id)
    summary = render(proxy.traffic)
    assert summary.count(told["message"]) == 1
    assert "1 exchange, 1 with violations" in summary
    if finding != "outside-contract":
        assert found[0]["message"] == f"{told['place']}: {told['message']}"


@pytest.mark.parametrize("made", REQUESTS.values(), ids=REQUESTS)
def test_a_request_that_violates_its_contract_is_reported_and_passed_on(made: Request, shops: Shops) -> None:
    proxy = shops.proxy(made.api)
    method, target, sent, content = planted(made)
    reply = proxy.client.request(method, target, headers=sent, content=content)
    (told,) = violations(reply)
    assert (told["in"], told["place"], told["rule"]) == ("request", made.place, made.rule)
    assert made.words in told["message"]
    assert shops.app.asked == 1
    finding = "outside-contract" if made.rule == "outside-contract" else "request-violation"
    assert_reported_once(proxy, told, finding)


@pytest.mark.parametrize("made", REPLIES.values(), ids=REPLIES)
def test_an_answer_that_violates_its_contract_is_reported_and_passed_back(made: Reply, shops: Shops) -> None:
    proxy = shops.proxy(made.api)
    shops.app.spoil = made.spoil
    content = b'{"id":37091,"fields":["id"]}' if made.api == "open2b" else None
    sent = {**credential(made.api), "Accept-Encoding": "identity"}
    with proxy.client.stream("POST" if content else "GET", made.target, headers=sent, content=content) as reply:
        (told,) = violations(reply)
        came = b"".join(reply.iter_raw())
    assert (told["in"], told["place"], told["rule"]) == ("reply", made.place, made.rule)
    assert made.words in told["message"]
    assert_reported_once(proxy, told, "reply-violation")
    assert proxy.last.status == reply.status_code
    assert came == proxy.last.reply_body


def test_browsers_may_ask_what_they_may_ask_where_the_vendor_says_so(shops: Shops) -> None:
    reply = shops.proxy("spurtcommerce").client.options("/api/customer-group")
    assert (reply.status_code, violations(reply)) == (204, [])
    (told,) = violations(shops.proxy("kounta").client.options(ONE))
    assert (told["place"], told["rule"]) == ("method", "outside-contract")


def test_violations_that_are_too_many_to_be_told_apart_are_counted() -> None:
    counter = Counter("shop", "http://shop.example", ["get_toy"])
    exchanged = Exchanged(1, "get_toy", "GET /toys", 200)
    counter.add(exchanged, [Breach("reply", f"body.{at}", "type", "must be a text") for at in range(KEPT + 2)])
    counter.add(exchanged, [Breach("reply", "body.1", "type", "must be a text", 3)])
    traffic = counter.traffic
    assert (len(traffic.violations), traffic.more, traffic.violations[1].count) == (KEPT, 2, 4)
    summary = render(traffic).splitlines()
    assert summary[0] == "2 exchanges, 2 with violations"
    assert "  get_toy  reply body.1: must be a text (4 times)" in summary
    assert summary[-1] == "  and 2 more, of other kinds"


def test_nothing_to_tell_is_told_so() -> None:
    assert render(Counter("shop", "", []).traffic) == "0 exchanges, none with violations"


@pytest.mark.parametrize(
    ("violation", "place", "message"),
    [
        (
            Violation("body", ("a", 0, "b"), "pattern", "'secret' does not match", bound="^x$"),
            "body.a[].b",
            "must match ^x$",
        ),
        (
            Violation("body", (3,), "format", "'secret' is not", bound="email"),
            "body[]",
            "must be a text of the format email",
        ),
        (
            Violation("query", ("a",), "minLength", "'secret' is short", bound=9),
            "query.a",
            "must have at least 9 characters",
        ),
        (Violation("body", (), "contains", "'secret' is not"), "body", "is malformed"),
    ],
)
def test_what_is_wrong_is_said_without_the_value(violation: Violation, place: str, message: str) -> None:
    (breach,) = from_violations("request", [violation])
    assert (breach.place, breach.message) == (place, message)
