"""Requests that Spurtcommerce refuses for its rules, and for what there is: the rows of the operations' own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.vendors.spurtcommerce_clients import (
    DEFAULT,
    GRACE,
    INVALID,
    RUTH,
    TOM,
    WHOLESALE,
    by_framework,
    by_program,
    by_rules,
    written,
)
from tests.vendors.spurtcommerce_refusals import CUSTOMER, GROUP, LOGIN, Trigger, path_of, trigger

INACTIVE, DELETED, PAUSED = "inactive@example.com", "deleted@example.com", "paused@example.com"
"""Administrators who cannot sign in: the last one for her role."""

_CUSTOMERS, _GROUPS = "/api/admin-customer", "/api/customer-group"
_VENDOR = "{} customer have vendor account, you have to first delete the products mapped to this Vendor."


def refusal(row: str, operation: str, message: str, *, number: int = 0, **sent: Any) -> Trigger:
    """What the program itself refuses with 400."""
    return trigger(row, operation, 400, by_program(message, number), **sent)


def by_login() -> Iterator[Trigger]:
    for wrong in (
        {"password": "admin-12345"},
        {"password": 5},
        {"password": ["Admin-12345"]},
        {"username": "nobody@example.com"},
        {"username": INACTIVE},
        {"username": DELETED},
    ):
        yield refusal("login-failed", "authenticate_user", "Wrong Login Information.", json={**LOGIN, **wrong}, by={})
    yield refusal("role-inactive", "authenticate_user", "InActive Role.", json={**LOGIN, "username": PAUSED}, by={})


def by_customer() -> Iterator[Trigger]:
    """There are customers 1 to 3, of whom the second one sells products."""
    taken = "A Customer is already registered with this email Id."
    for email in ("grace.ellery@example.com", "GRACE.Ellery@example.com "):
        json = {**CUSTOMER, "email": email, "confirmPassword": "Passw0rd2"}
        yield refusal("email-already-exists", "create_customer", taken, number=1, json=json)
    differ = {**CUSTOMER, "confirmPassword": "Passw0rd2"}
    yield refusal("passwords-differ", "create_customer", "Password does not match.", json=differ)
    unknown = {
        "get_customer": ("invalid CustomerId", f"{_CUSTOMERS}/customer-detail/"),
        "update_customer": ("Invalid customer id.", f"{_CUSTOMERS}/"),
        "delete_customer": ("Invalid customer Id.", f"{_CUSTOMERS}/"),
    }
    for operation, (message, path) in unknown.items():
        for id in ("99999", "0", "-1", "1.5"):
            body: Any = {"json": CUSTOMER} if operation == "update_customer" else {}
            yield refusal("customer-not-found", operation, message, path=f"{path}{id}", **body)
    yield refusal("customer-has-vendor", "delete_customer", _VENDOR.format("This"), path=f"{_CUSTOMERS}/{TOM}")


def by_update() -> Iterator[Trigger]:
    registered = {**CUSTOMER, "email": "TOM.arden@example.com", "confirmPassword": ""}
    yield refusal("email-already-registered", "update_customer", "MailId is already registered", json=registered)
    one = {name: value for name, value in CUSTOMER.items() if name != "password"}
    for json in (one, {**CUSTOMER, "confirmPassword": None}, {**CUSTOMER, "password": "passw0rd1", "avatar": "x"}):
        yield refusal("passwords-differ", "update_customer", "Password does not match.", json=json)
    types = "Only PNG,png,jpg,jpeg,svg types are allowed"
    for avatar in ("text", "data:image/gif;base64,R0lGODlh", "data:image/svg+xml;base64,PHN2Zz4="):
        json = {**CUSTOMER, "avatar": avatar, "password": "weak", "confirmPassword": "weak"}
        yield refusal("avatar-type-refused", "update_customer", types, json=json)
    line = "Password must contain at least one number and one uppercase and lowercase letter, and at least 8 or more characters"
    weak = written({"status": 0, "message": INVALID, "data": {"message": [line]}})
    for password in ("weak", "alllowercase1"):
        json = {**CUSTOMER, "password": password, "confirmPassword": password}
        yield trigger("password-weak", "update_customer", 422, weak, json=json)


def by_bulk() -> Iterator[Trigger]:
    """Nobody can be deleted here, so that nothing is altered."""
    ids: Any
    choose = "Please choose a Customer that you want to delete."
    for ids in ([], [99999], ["abc"], "0", f"99999,{TOM}", False):
        yield refusal("customers-unknown", "delete_customers", choose, json={"customerId": ids})
    yield refusal(
        "customers-unknown", "delete_customers", choose, data={"customerId": f"[{GRACE}]"}, fidelities=("observed",)
    )
    for ids in ([TOM], TOM, f"{TOM},99999"):
        yield refusal("customer-has-vendor", "delete_customers", _VENDOR.format("Choosen"), json={"customerId": ids})


def by_report() -> Iterator[Trigger]:
    path, invalid = path_of("export_customers"), "Invalid customerId"
    for ids in ("text", "99999", f"{GRACE},99999", f"{GRACE},", ""):
        yield refusal("customer-ids-unknown", "export_customers", invalid, path=f"{path}?customerId={ids}")
    undefined = written({"name": "TypeError", "message": "Cannot read properties of undefined (reading 'split')"})
    for query in ("", f"?customerId={GRACE}&customerId={RUTH}"):
        yield trigger("customer-ids-missing", "export_customers", 500, undefined, path=f"{path}{query}")
    for query in ("name=text&status=1&email=text", "customerGroup=99", "date=1999-"):
        path = f"{path_of('export_all_customers')}?{query}"
        yield refusal("list-empty", "export_all_customers", "list is empty", path=path)
    for query in ("", "?vendorId=99", "?vendorId=1.5&duration=3"):
        path = f"{path_of('get_vendor_graph')}{query}"
        yield refusal("vendor-unknown", "get_vendor_graph", "Invalid Vendor.", path=path)


def by_group() -> Iterator[Trigger]:
    id: Any
    for name in ("Gold", "GOLD", "góld "):
        exists = "This Customer Group already exists."
        yield refusal("group-already-exists", "create_group", exists, json={**GROUP, "name": name})
    unknown, default = "Invalid group Id.", "You cannot delete this customer group."
    used = "You cannot delete this Customer group as Users are mapped to it."
    for id in ("99", "0"):
        yield refusal("group-not-found", "update_group", unknown, path=f"{_GROUPS}/{id}", json=GROUP)
    for row, message, id in (
        ("group-not-found", unknown, 99),
        ("group-not-found", unknown, "abc"),
        ("group-is-default", default, DEFAULT),
        ("group-in-use", used, WHOLESALE),
    ):
        yield refusal(row, "delete_group", message, json={"groupId": id})
        path = f"{_GROUPS}/{id}"
        yield refusal(row, "delete_group", message, path=path, fidelities=("documented",))


# Rules for bodies, and lists, which have none


def by_rule() -> Iterator[Trigger]:
    wrong: Any
    login = ["username should not be empty", "username must be an email", "Password is required"]
    group = ["name is required", "name should be maximum 30 characters", "colorcode is required", "status is required"]
    for wrong in ({"json": {}}, {}, {"content": "{}", "headers": {"Content-Type": "text/plain"}}):
        yield trigger("body-invalid", "authenticate_user", 422, by_rules(*login), **wrong)
        yield trigger("body-invalid", "create_group", 422, by_rules(*group), **wrong)
        yield trigger("body-invalid", "update_group", 422, by_rules(*group), **wrong)
        yield trigger("body-invalid", "delete_customers", 422, by_rules("customerId should not be empty"), **wrong)
        yield trigger(
            "body-invalid",
            "delete_group",
            422,
            by_rules("groupId should not be empty"),
            fidelities=("observed",),
            **wrong,
        )
    for nothing in (None, ""):
        told = by_rules("groupId should not be empty")
        yield trigger("body-invalid", "delete_group", 422, told, json={"groupId": nothing})
    mobile = by_rules("mobile number should be minimum 6 character", "mobile number should be maximum 15 characters")
    for operation in ("create_customer", "update_customer"):
        yield trigger("body-invalid", operation, 422, mobile, json={**CUSTOMER, "mobileNumber": 1234567})
    no_email = {name: value for name, value in CUSTOMER.items() if name != "email"}
    told = by_rules("email must be an email", "email should be maximum 96 characters")
    yield trigger("body-invalid", "update_customer", 422, told, json=no_email, fidelities=("observed",))
    yield trigger(
        "body-invalid", "update_customer", 422, by_rules("email must be an email"), json={**CUSTOMER, "email": "text"}
    )
    lists = {
        "authenticate_user": ("TypeError", "Cannot read properties of undefined (reading 'toLowerCase')"),
        "create_customer": ("Error", "data and salt arguments required"),
        "delete_customers": ("TypeError", "Cannot read properties of undefined (reading 'toString')"),
    }
    for operation, failure in lists.items():
        yield trigger("program-failed", operation, 500, by_framework(*failure), json=[])


REFUSED = [*by_rule(), *by_login(), *by_customer(), *by_update(), *by_bulk(), *by_report(), *by_group()]
