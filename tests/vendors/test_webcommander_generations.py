"""One shop behind two generations of an API: what is done in the one is seen in the other, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.sandbox import Sandbox
from mockserver.world import World
from tests.vendors.webcommander_both import (
    JOHN,
    JOHN_S_EMAIL,
    JOHN_S_PASSWORD,
    NOW_THERE,
    Both,
    Shown,
    done,
)
from tests.vendors.webcommander_deeds import AUSTRALIA, DEEDS, IN_VICTORIA, Deed

Test = Callable[..., None]
GENERATIONS = ("plugin", "v4")
WHOLE = {"country", "state", "parent", "shipping_profile"}
"""What is one thing to whoever compares."""


def paths(shown: Any, path: str = "") -> dict[str, Any]:
    """Every value that is shown, by where it stands."""
    steps = shown.items() if isinstance(shown, dict) else enumerate(shown) if isinstance(shown, list) else ()
    if not steps or path.rpartition(".")[2] in WHOLE:
        return {path: shown}
    found: dict[str, Any] = {}
    for name, inner in steps:
        found |= paths(inner, f"{path}.{name}" if path else f"{name}")
    return found


def altered(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What is shown otherwise than before."""
    old, new = paths(before), paths(after)
    return {path: new.get(path) for path in {**old, **new} if path not in old or old[path] != new.get(path)}


def request(world: World, sandbox: Sandbox, both: Both, generation: str, deed: Deed) -> None:
    """Do it, to John."""
    api = world.api(f"webcommander-{generation}")
    operation = api.contract.operations[deed.operation]
    path = operation.path.removeprefix(f"{api.contract.base_path}/").format(customer_id=JOHN)
    if generation == "plugin":
        done(both.plugin(operation.method, path, {"customerId": JOHN, **deed.sent}))
    else:
        assert both.v4(operation.method, path, deed.sent or None).status_code < 300
    newest = next(iter(sandbox.journal))
    assert (newest.operation, newest.findings) == (deed.operation, ())


# The table


@pytest.mark.parametrize(
    ("generation", "deed"), [pytest.param(*deed, id=f"{deed[0]} {deed[1].title}") for deed in DEEDS]
)
def test_a_deed_of_one_generation_is_seen_in_both(
    world: World, sandbox: Sandbox, both: Both, generation: str, deed: Deed
) -> None:
    before = both.shown(JOHN)
    request(world, sandbox, both, generation, deed)
    after = both.shown(JOHN)
    assert altered(before.plugin, after.plugin) == deed.plugin
    assert altered(before.v4, after.v4) == {**deed.v4, "version": 1}


def test_the_table_has_every_operation_that_writes(world: World) -> None:
    writing = {
        (generation, operation.id)
        for generation in GENERATIONS
        for operation in world.api(f"webcommander-{generation}").contract.operations.values()
        if not operation.safe
    }
    assert {(generation, deed.operation) for generation, deed in DEEDS} | set(TOLD_BELOW) == writing


def test_the_table_has_every_field_that_can_be_altered(world: World) -> None:
    plugin, v4 = ([deed for by, deed in DEEDS if by == generation] for generation in GENERATIONS)
    schemas = world.api("webcommander-plugin").contract.document["components"]["schemas"]
    for operation in ("update_customer", "update_billing_address", "update_shipping_address"):
        schema = schemas["CustomerChanges" if operation == "update_customer" else "AddressChanges"]
        sent = {name for deed in plugin if deed.operation == operation for name in deed.sent}
        echoed = set() if operation == "update_customer" else {"status"}
        assert sent | echoed | {"customerId"} == set(schema["properties"])
    fields = world.api("webcommander-v4").contract.document["components"]["schemas"]["CustomerUpdate"]["properties"]
    updates = [deed.sent for deed in v4 if deed.operation == "update_customer"]
    assert {name for sent in updates for name in sent} == set(fields)
    inner = {name for sent in updates for name in sent.get("customer", {})}
    assert inner == set(fields["customer"]["properties"])


# Creating


def test_whom_a_plugin_creates(both: Both) -> None:
    id = both.create(
        "plugin",
        lastName="Lee",
        password="p",  # noqa: S106
        abnBranch="001",
        source="app",
        country=12,
        state=72,
        city="Geelong",
        companyName="Lee Ltd",
        mobile="1",
        phone="2",
        addressLine1="a",
        addressLine2="b",
        postCode="3220",
        fax="3",
        sex="Female",
        isCompany=True,
        userName="annlee",
        abn="51",
    )
    shown = both.shown(id)
    expect_new(shown, ("PRIMARY", "BILLING", "SHIPPING"), line2="b", fax="3", source="app")
    assert (shown.plugin["userName"], shown.plugin["status"], shown.v4["status"]) == ("annlee", "A", "active")


def test_whom_the_second_generation_creates(both: Both) -> None:
    sent = {"last_name": "Lee", "abn_branch": "001", "country": "AU", "state": "Victoria", "city": "Geelong"}
    sent |= {"company_name": "Lee Ltd", "mobile": "1", "phone": "2", "address_line": "a", "post_code": "3220"}
    id = both.create("v4", **sent, gender="Female", is_company=True, abn="51")
    shown = both.shown(id)
    expect_new(shown, ("PRIMARY", "SHIPPING", "BILLING"), line2=None, fax=None, source=None)
    word = "awaiting_verification"
    assert (shown.plugin["userName"], shown.plugin["status"], shown.v4["status"]) == ("", "V", word)


def expect_new(shown: Shown, kinds: tuple[str, ...], *, line2: str | None, fax: str | None, source: str | None) -> None:
    """The numbers go on behind the fixture's, and all three addresses say the same."""
    v4 = shown.v4
    fields = ("first_name", "last_name", "email", "sex", "company", "company_name", "abn", "abn_branch", "source")
    assert [v4[name] for name in fields] == [
        "Ann",
        "Lee",
        "ann@example.com",
        "Female",
        True,
        "Lee Ltd",
        "51",
        "001",
        source,
    ]
    assert (v4["id"], v4["display_id"], v4["version"], v4["created_at"]) == (2299563457, 1051, 0, NOW_THERE)
    words = {"first_name": "Ann", "last_name": "Lee", "email": "ann@example.com", "company_name": "Lee Ltd"}
    words |= {"address_line_1": "a", "city": "Geelong", "post_code": "3220", "mobile": "1", "phone": "2"}
    where: dict[str, Any] = {"country": AUSTRALIA, "state": IN_VICTORIA, "address_line_2": line2, "fax": fax}
    block = {**words, **where}
    first = v4["addresses"][0]["id"]
    assert v4["addresses"] == [{"id": first + at, "type": kind, **block} for at, kind in enumerate(kinds)]
    ids = {kind: first + at for at, kind in enumerate(kinds)}
    assert (v4["active_billing_address"], v4["active_shipping_address"]) == (ids["BILLING"], ids["SHIPPING"])


def test_both_generations_count_on_from_each_other(both: Both) -> None:
    ids = [both.create(generation, email=f"{at}@example.com") for at, generation in enumerate(GENERATIONS * 2)]
    shown = [both.shown(id).v4 for id in ids]
    assert ids == [2299563457, 2299563458, 2299563459, 2299563460]
    assert [each["display_id"] for each in shown] == [1051, 1052, 1053, 1054]
    numbers = [address["id"] for each in shown for address in each["addresses"]]
    assert numbers == list(range(numbers[0], numbers[0] + 12))


# Addresses


def test_added_addresses_are_seen_by_plugins(both: Both) -> None:
    kinds = ("BILLING", "shipping", "Primary", "SHIPPING")
    added = [{"type": kind, "city": kind, "country": 12, "state": "VIC"} for kind in kinds]
    done(both.v4("POST", f"admin/customers/{JOHN}/addresses", {"customer": {"addresses": added}}))
    shown = both.shown(JOHN)
    cities = [(address["type"], address["city"]) for address in shown.v4["addresses"]]
    assert cities[:3] == [("PRIMARY", "Primary"), ("BILLING", "Dhaka"), ("SHIPPING", "Dhaka")]
    assert cities[3:] == [("BILLING", "BILLING"), ("SHIPPING", "shipping"), ("SHIPPING", "SHIPPING")]
    assert shown.plugin["address"]["city"] == "Primary"
    assert [address["city"] for address in shown.plugin["billingAddresses"]] == ["Dhaka", "BILLING"]
    assert [address["city"] for address in shown.plugin["shippingAddresses"]] == ["Dhaka", "shipping", "SHIPPING"]
    assert shown.plugin["activeBillingAddress"] == shown.plugin["billingAddresses"][0]
    assert (shown.v4["active_billing_address"], shown.v4["active_shipping_address"]) == (4191, 4192)


def test_a_plugin_alters_the_active_address_and_no_added_one(both: Both) -> None:
    added = [{"type": "BILLING", "city": "Second"}]
    done(both.v4("POST", f"admin/customers/{JOHN}/addresses", {"customer": {"addresses": added}}))
    for active, cities in ((4191, ["First", "Second"]), (None, ["First", "Second"])):
        both.alter(JOHN, active_billing=active)
        done(both.plugin("POST", "update-customer-billing-address", {"customerId": JOHN, "city": "First"}))
        assert [each["city"] for each in both.shown(JOHN).plugin["billingAddresses"]] == cities
    second = both.shown(JOHN).v4["addresses"][3]["id"]
    both.alter(JOHN, active_billing=second)
    done(both.plugin("POST", "update-customer-billing-address", {"customerId": JOHN, "city": "Altered"}))
    assert [each["city"] for each in both.shown(JOHN).plugin["billingAddresses"]] == ["First", "Altered"]


# Tokens, which are a generation's own


def test_a_client_s_token_is_no_customer_s(both: Both) -> None:
    sent = {"grant_type": "refresh_token", "refresh_token": "6d6f636b7365727665722d77632d7274"}
    client = {"client_id": "mockserver-v4-client", "client_secret": "bW9ja3NlcnZlci13ZWJjb21tYW5kZXItdjQ"}
    before = both.shown(JOHN)
    token = done(both.v4("POST", "oauth2/token", {**sent, **client}))["access_token"]
    assert both.plugin("GET", "customer-details-with-token", token=token).status_code == 401
    login = done(both.login(JOHN_S_PASSWORD, email=JOHN_S_EMAIL))
    shown = done(both.plugin("GET", "customer-details-with-token", token=login["access_token"]))["customers"]
    assert (shown, both.shown(JOHN)) == (before.plugin, before)


TOLD_BELOW: dict[tuple[str, str], Test] = {
    ("plugin", "create_customer"): test_whom_a_plugin_creates,
    ("plugin", "authenticate_customer"): test_a_client_s_token_is_no_customer_s,
    ("v4", "create_customer"): test_whom_the_second_generation_creates,
    ("v4", "add_addresses"): test_added_addresses_are_seen_by_plugins,
    ("v4", "issue_token"): test_a_client_s_token_is_no_customer_s,
}
"""What writes something that the table has no room for."""
