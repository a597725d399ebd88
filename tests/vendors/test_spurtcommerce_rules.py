"""What the program says of a body that breaks its rules, and how it keeps passwords."""

from __future__ import annotations

from typing import Any

import bcrypt
import pytest

from mockserver import files
from mockserver.call import Call, Refused
from mockserver.contract import read_contract
from mockserver.options import Fidelity, Options
from mockserver.state.transaction import Ledger
from mockserver.vendors.spurtcommerce import passwords, validation
from mockserver.vendors.spurtcommerce.emails import is_email
from mockserver.vendors.spurtcommerce.records import Market

OPERATIONS = read_contract(files.contracts() / "spurtcommerce.yaml").operations
CUSTOMER: dict[str, Any] = {
    "customerGroupId": 1,
    "username": "Ann Lee",
    "email": "ann@example.com",
    "mobileNumber": "123456",
    "password": "Passw0rd",
    "confirmPassword": "Passw0rd",
    "mailStatus": 0,
    "status": 0,
}
WEAK = (
    "property Password must contain at least one number or one symbol and one uppercase and lowercase letter, "
    "and at least 8 and at most 128 characters"
)
MIN, GIVEN, MAX = (
    "property mobile number should be minimum 6 character",
    "property mobile number is required",
    "property mobile number should be maximum 15 characters",
)
TOO_LONG = "property  username should be maximum 32 characters"
BROKEN: list[tuple[str, dict[str, Any], list[str]]] = [
    ("create_customer", {"username": ""}, ["property username should not be empty"]),
    ("create_customer", {"username": None}, ["property username should not be empty", TOO_LONG]),
    ("create_customer", {"username": 12345}, [TOO_LONG]),
    ("create_customer", {"username": {"a": 1}}, [TOO_LONG]),
    ("create_customer", {"username": "x" * 33}, [TOO_LONG]),
    ("create_customer", {"email": "x" * 97}, ["property email should be maximum 96 characters"]),
    ("create_customer", {"mobileNumber": 9876543210}, [MIN, MAX]),
    ("create_customer", {"mobileNumber": ""}, [MIN, GIVEN]),
    ("create_customer", {"mobileNumber": None}, [MIN, GIVEN, MAX]),
    ("create_customer", {"mobileNumber": "1" * 16}, [MAX]),
    ("create_customer", {"password": "alllowercase"}, [WEAK]),
    ("create_customer", {"password": "Ab1"}, [WEAK, "property password must contain minimum 8 character"]),
    ("create_customer", {"confirmPassword": f"Aa1{'x' * 126}"}, [WEAK]),
    ("create_customer", {"password": "Passw0rd\n"}, [WEAK]),
    ("create_customer", {"status": "", "mailStatus": None}, [
        "property mailStatus should not be empty", "property status should not be empty"]),
    ("update_customer", {"username": "x" * 97}, ["property user should be maximum 96 characters"]),
    ("update_customer", {"email": "nope"}, ["property email must be an email"]),
    ("update_customer", {"status": None}, ["property mobile number is required"]),
    ("delete_customers", {"customerId": ""}, ["property customerId should not be empty"]),
    ("authenticate_user", {"username": "", "password": ""}, [
        "property username should not be empty", "property username must be an email", "property Password is required"]),
    ("create_group", {"name": 1, "colorcode": "", "status": None}, [
        "property name should be maximum 30 characters", "property colorcode is required", "property status is required"]),
]  # fmt: skip
ACCEPTED: list[tuple[str, dict[str, Any]]] = [
    ("create_customer", {"customerGroupId": [], "status": False, "mailStatus": {}}),
    ("create_customer", {"email": "not-an-email", "username": "   ", "mobileNumber": "abcdef"}),
    ("create_customer", {"password": "Password!", "newsletter": None, "unknown": 1}),
    ("update_customer", {"password": "weak", "username": "x" * 96}),
    ("delete_customers", {"customerId": []}),
    ("delete_customers", {"customerId": 0}),
]
EMAILS = [
    ("a@b.de", True), ("a.b+c@d-e.fg", True), ("é@b.de", True), ("a@日本.日本", True), ("a@xn--p1ai.xn--p1ai", True),
    (f"{'a' * 64}@b.de", True), ("nope", False), ("a@b", False), ("a@b.c", False), ("a@b.d1", False), ("a@b_c.de", False),
    ("a@-b.de", False), ("a@b-.de", False), ("a..b@c.de", False), (".a@c.de", False), ("a b@c.de", False),
    ("a@c.de ", False), ("a@c.de.", False), ("@c.de", False), ("a@b@c.de", False), (f"{'a' * 65}@b.de", False),
    (None, False), (1, False),
]  # fmt: skip


def call(operation: str, body: Any, fidelity: Fidelity = "observed") -> Call:
    """A request to an operation."""
    return Call(OPERATIONS[operation], Options(fidelity=fidelity), "POST", "/api", {}, 0.0, body=body)


def body_of(operation: str, changes: dict[str, Any]) -> dict[str, Any]:
    """A good body with changes, where the operation is about one customer."""
    return {**CUSTOMER, **changes} if operation.endswith("_customer") else changes


@pytest.mark.parametrize(("operation", "changes", "lines"), BROKEN)
def test_each_broken_rule_has_its_line(operation: str, changes: dict[str, Any], lines: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        validation.check(call(operation, body_of(operation, changes)))
    assert (refused.value.row, refused.value.values["lines"]) == ("body-invalid", lines)


@pytest.mark.parametrize(("operation", "changes"), ACCEPTED)
def test_nothing_else_is_asked_of_a_body(operation: str, changes: dict[str, Any]) -> None:
    body = body_of(operation, changes)
    assert validation.check(call(operation, body)) == body


def test_nothing_at_all_breaks_sixteen_rules() -> None:
    with pytest.raises(Refused) as refused:
        validation.check(call("create_customer", {}))
    lines = refused.value.values["lines"]
    assert isinstance(lines, list)
    assert len(lines) == 16


def test_an_update_keeps_the_email_where_the_page_is_followed() -> None:
    body = {name: value for name, value in CUSTOMER.items() if name != "email"}
    lenient = call("update_customer", body, "documented")
    assert validation.check(lenient) == body
    assert [finding.id for finding in lenient.findings] == ["email-left-out"]
    with pytest.raises(Refused, match="body-invalid"):
        validation.check(call("update_customer", body))


def test_a_list_passes_for_a_body_that_meets_every_rule() -> None:
    assert validation.check(call("create_group", [])) == {}
    with pytest.raises(Refused, match="program-failed"):
        validation.check(call("create_customer", []))


@pytest.mark.parametrize(("value", "is_one"), EMAILS)
def test_what_an_email_is(value: Any, is_one: bool) -> None:  # noqa: FBT001  the table's answer
    assert is_email(value) is is_one


def test_passwords_have_the_same_hashes_each_time_and_other_ones_in_a_row() -> None:
    hashes = []
    for _ in range(2):
        ledger = Ledger()
        market = Market(ledger, "spurtcommerce")
        with ledger.transaction():
            hashes.append([passwords.hashed(market, "Passw0rd1") for _ in range(2)])
    assert hashes[0] == hashes[1]
    assert hashes[0][0] != hashes[0][1]
    assert hashes[0][0].startswith("$2b$04$")
    assert bcrypt.checkpw(b"Passw0rd1", hashes[0][0].encode())
    assert passwords.is_right("Passw0rd1", hashes[0][1])
    assert not passwords.is_right("Passw0rd2", hashes[0][1])


def test_only_the_first_72_bytes_of_a_password_count() -> None:
    ledger = Ledger()
    with ledger.transaction():
        hashed = passwords.hashed(Market(ledger, "spurtcommerce"), "é" * 36 + "a")
    assert passwords.is_right("é" * 36 + "b", hashed)
