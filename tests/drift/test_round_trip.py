"""Whatever session is played to a fake and recorded, it agrees with a fresh fake that is prepared from the recording alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mockserver.app import known_vendors
from mockserver.drift.session import Session, Setting
from mockserver.world import World
from tests.drift.taping import Tape, shop
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture

API = "spurtcommerce"
PASSWORD = "Passw0rd-1"  # noqa: S105  nobody's
IDS = st.integers(1, 8) | st.sampled_from([40, 1051, 1052, 99999])
NAMES = st.sampled_from(["Ada", "Grace", "Edsger", ""])
EMAILS = st.sampled_from(["ada@example.com", "grace@example.com", "edsger@example.org", "no email"])
CUSTOMERS = st.fixed_dictionaries(
    {
        "customerGroupId": st.sampled_from(["1", "2", 3, "9", "x"]),
        "username": NAMES,
        "email": EMAILS,
        "mobileNumber": st.sampled_from(["0770090001", "1"]),
        "mailStatus": st.sampled_from(["0", 1]),
        "status": st.sampled_from(["1", 0]),
        "password": st.just(PASSWORD),
        "confirmPassword": st.sampled_from([PASSWORD, PASSWORD, "Passw0rd-2"]),
    }
)
GROUPS = st.fixed_dictionaries(
    {"name": st.sampled_from(["Gold", "Silver", "default"]), "status": st.sampled_from([1, "0"])},
    optional={"description": NAMES, "colorcode": st.just("#ffcc00")},
)
QUERIES = st.sampled_from(
    ["", "?limit=3", "?limit=2&offset=1", "?limit=2&offset=4", "?count=1", "?name=a", "?email=example.com", "?limit=x"]
)


def ask(method: str, path: st.SearchStrategy[str], body: st.SearchStrategy[Any] | None = None) -> Any:
    return st.tuples(st.just(method), path, st.none() if body is None else body)


def with_id(path: str) -> st.SearchStrategy[str]:
    return IDS.map(path.format)


REQUESTS = st.one_of(
    ask("GET", QUERIES.map("/admin-customer{}".format)),
    ask("GET", with_id("/admin-customer/customer-detail/{}")),
    ask("POST", st.just("/admin-customer"), CUSTOMERS),
    ask("PUT", with_id("/admin-customer/{}"), CUSTOMERS),
    ask("DELETE", with_id("/admin-customer/{}")),
    ask("POST", st.just("/admin-customer/delete-customer"), st.fixed_dictionaries({"customerId": st.lists(IDS, max_size=1)})),
    ask("GET", st.sampled_from(["recent-customerlist", "customer-count", "today-customercount"]).map("/admin-customer/{}".format)),
    ask("GET", with_id("/admin-customer/customer-excel-list?customerId={}")),
    ask("GET", with_id("/admin-customer/vendor-graph-list?vendorId={}")),
    ask("GET", st.sampled_from(["", "?keyword=o", "?count=true"]).map("/customer-group{}".format)),
    ask("POST", st.just("/customer-group"), GROUPS),
    ask("PUT", with_id("/customer-group/{}"), GROUPS),
    ask("DELETE", with_id("/customer-group/{}"), st.fixed_dictionaries({"groupId": IDS})),
    ask("POST", st.just("/auth/login"), st.just({"username": "admin@example.com", "password": "Admin-12345"})),
    ask("GET", st.just("/nothing")),
)  # fmt: skip


@cache
def world(fidelity: Any) -> World:
    return shop(known_vendors()[API], fidelity=fidelity)


@cache
def session(fidelity: Any) -> Session:
    return Session(API, Setting(fidelity=fidelity))


@pytest.mark.usefixtures("unwatched")
@given(st.lists(REQUESTS, min_size=1, max_size=12), st.sampled_from(["documented", "observed"]), st.booleans())
@settings(max_examples=25 * EFFORT, deadline=None)
def test_any_session_agrees(requests: list[tuple[str, str, Any]], fidelity: Any, secrets: bool) -> None:  # noqa: FBT001  drawn
    world(fidelity).sandboxes.default.reset()
    tape = Tape(world(fidelity), API, secrets=secrets)
    for method, path, body in requests:
        tape.ask(method, path, json=body)
    report = session(fidelity).compare(tape.recorded, "a session")
    assert report.differences == [], [(each.status, each.reply_body) for each in tape.recorded]


def customer(**fields: Any) -> dict[str, Any]:
    return {
        "customerGroupId": "1",
        "username": "Ada",
        "email": "ada@example.com",
        "mobileNumber": "0770090001",
        "mailStatus": "0",
        "status": "1",
        "password": PASSWORD,
        "confirmPassword": PASSWORD,
        **fields,
    }


def test_what_a_recording_tells_without_showing_it() -> None:
    """Refusals that tell of records, pages that others come before, and records that are only altered."""
    world("observed").sandboxes.default.reset()
    tape = Tape(world("observed"), API, secrets=False)
    emails = [each.email for each in tape.world.sandboxes.default.subjects[API].customers if not each.delete_flag]
    for method, path, body in [
        ("GET", "/admin-customer?limit=2&offset=40", None),
        ("GET", "/admin-customer?limit=2&offset=7", None),
        ("POST", "/admin-customer", customer(email=emails[10])),
        ("PUT", "/admin-customer/3", customer(email=emails[11])),
        ("PUT", "/admin-customer/4", customer(confirmPassword="other")),
        ("PUT", "/admin-customer/5", customer(password="weak", confirmPassword="weak")),  # noqa: S106  nobody's
        ("PUT", "/admin-customer/6", customer(email="new@example.com", customerGroupId=2)),
        ("DELETE", "/admin-customer/2", None),
        ("POST", "/admin-customer/delete-customer", {"customerId": "2"}),
        ("DELETE", "/admin-customer/7", None),
        ("POST", "/admin-customer/delete-customer", {"customerId": [8, 9]}),
        ("DELETE", "/customer-group/2", {"groupId": 2}),
        ("DELETE", "/customer-group/1", {"groupId": 1}),
        ("POST", "/customer-group", {"name": "Silver", "status": 1}),
        ("POST", "/customer-group", {"name": "Copper", "status": 1}),
        ("PUT", "/customer-group/3", {"name": "Tin", "status": 1}),
        ("GET", "/customer-group?keyword=in", None),
        ("GET", "/admin-customer/customer-excel-list?customerId=10,3", None),
        ("GET", "/admin-customer/vendor-graph-list?vendorId=1", None),
        ("POST", "/auth/login", {"username": "admin@example.com", "password": "Admin-12345"}),
    ]:
        tape.ask(method, path, json=body)
    report = session("observed").compare(tape.recorded, "a session")
    assert report.differences == [], [(each.status, each.reply_body) for each in tape.recorded]
    assert report.remarks == []
