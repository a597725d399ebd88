"""What an Open2b shop does with its customers, beside refusing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.open2b_shop import ADDRESS, FIELDS, GOODS_TO, ask, create, freeze, get, update

HOLMES, SMITH, IRENE = 37091, 70371, 722
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
FULL_ADDRESS = {
    "firstName": "A",
    "lastName": "B",
    "personalCode": "",
    "companyName": "",
    "companyCode": "",
    "companyCode2": "",
    "street1": "S",
    "street2": "",
    "city": "C",
    "postalCode": "1",
    "stateProv": "",
    "country": "GB",
    "phoneNumber": "",
    "mobileNumber": "",
    "faxNumber": "",
    "email": "a@b.co",
}
# Create


def test_the_smallest_request_makes_a_customer_of_defaults(open2b: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox, NOW)
    id = create(open2b)
    assert get(open2b, id) == {
        "id": id,
        "code": "",
        "canLogin": False,
        "hasPassword": False,
        "encryptedPassword": "",
        "locale": "en",
        "creationTime": "2026-03-04 05:06:07",
        "loginTime": None,
        "updateTime": "2026-03-04 05:06:07",
        "group": 1,
        "collection": None,
        "collections": [],
        "wishList": [],
        "cart": None,
        "invoiceRecipient": "",
        "fullName": "A B",
        "billingAddress": FULL_ADDRESS,
        "shippingAddress": None,
    }


def test_everything_given_is_kept(open2b: AppClient) -> None:
    given = {
        "code": "X1",
        "canLogin": False,
        "locale": "it",
        "creationTime": "2020-05-21 16:49:13",
        "loginTime": "2020-05-21 16:49:13",
        "group": 3,
        "collection": 8,
        "collections": [54, 22],
        "wishList": [5, 3, 5],
        "invoiceRecipient": "someone@pec.example.com",
        "billingAddress": {**FULL_ADDRESS, "companyName": "Acme", "stateProv": "LND"},
        "shippingAddress": {**GOODS_TO, "street2": "second", "stateProv": "LND"},
    }
    shown = get(open2b, ask(open2b, "create", customer=given)["id"])
    assert {name: shown[name] for name in given} == given
    assert shown["fullName"] == "Acme"


def test_keys_come_in_the_vendors_order(open2b: AppClient) -> None:
    create(open2b, shippingAddress=dict(reversed(GOODS_TO.items())), code="X1")
    reply = ask(open2b, "find", conditions={"code": "X1"})
    assert list(reply) == ["status", "customers"]
    (shown,) = reply["customers"]
    assert list(shown) == FIELDS
    assert list(shown["billingAddress"]) == list(FULL_ADDRESS)
    assert list(shown["shippingAddress"]) == [
        "name",
        "street1",
        "street2",
        "city",
        "postalCode",
        "stateProv",
        "country",
    ]


@pytest.mark.parametrize(("method", "keys"), [("get", ["status", "customer"]), ("count", ["status", "count"])])
def test_status_is_the_first_key(open2b: AppClient, method: str, keys: list[str]) -> None:
    assert list(ask(open2b, method, **({"id": HOLMES} if method == "get" else {}))) == keys


@pytest.mark.parametrize(
    "field", ["cart", "labels", "updateTime", "fullName", "hasPassword", "encryptedPassword", "id"]
)
def test_what_a_customer_shows_but_create_does_not_take_is_unknown(open2b: AppClient, field: str) -> None:
    reply = ask(open2b, "create", customer={"billingAddress": ADDRESS, field: None})
    assert reply["error"]["description"] == f"Field '{field}' is unknown"


@pytest.mark.parametrize("field", ["labels", "updateTime", "fullName", "hasPassword", "encryptedPassword", "id"])
def test_what_a_customer_shows_but_update_does_not_take_is_unknown(open2b: AppClient, field: str) -> None:
    reply = ask(open2b, "update", id=HOLMES, customer={field: None})
    assert reply["error"]["description"] == f"Field '{field}' is unknown"


NULLABLE = {"password", "loginTime", "collection", "shippingAddress", "cart"}
SETTABLE = [
    *("code", "canLogin", "password", "locale", "creationTime", "loginTime", "group", "collection", "collections"),
    *("wishList", "cart", "invoiceRecipient", "billingAddress", "shippingAddress"),
]


@pytest.mark.parametrize("field", SETTABLE)
def test_only_fields_that_can_be_null_may_be_null(open2b: AppClient, field: str) -> None:
    refusal = update(open2b, HOLMES, canLogin=False, **{field: None}) if field != "canLogin" else None
    refusal = update(open2b, HOLMES, canLogin=None) if field == "canLogin" else refusal
    expected = None if field in NULLABLE else f"{field[0].upper()}{field[1:]} is not syntactically correct"
    assert refusal == expected


@pytest.mark.parametrize("value", [None, 5])
def test_a_password_that_is_no_text_is_malformed(open2b: AppClient, value: object) -> None:
    assert update(open2b, HOLMES, password={"value": value}) == "Value is not syntactically correct"


def test_a_hundred_additional_collections_are_accepted(open2b: AppClient) -> None:
    hundred = [22, 54, *range(101, 199)]
    id = create(open2b, collections=hundred)
    assert get(open2b, id)["collections"] == hundred


def test_a_wish_list_may_hold_products_that_do_not_exist(open2b: AppClient) -> None:
    assert get(open2b, create(open2b, wishList=[2147483647]))["wishList"] == [2147483647]


# Update


def test_fields_left_out_of_an_update_stay(open2b: AppClient, sandbox: Sandbox) -> None:
    before = get(open2b, HOLMES)
    freeze(sandbox, NOW)
    assert update(open2b, HOLMES, group=1) is None
    assert get(open2b, HOLMES) == {**before, "group": 1, "updateTime": "2026-03-04 05:06:07"}


def test_an_empty_update_only_moves_the_time(open2b: AppClient, sandbox: Sandbox) -> None:
    before = get(open2b, HOLMES)
    freeze(sandbox, NOW)
    assert update(open2b, HOLMES) is None
    assert get(open2b, HOLMES) == {**before, "updateTime": "2026-03-04 05:06:07"}


def test_a_failed_update_does_not_move_the_time(open2b: AppClient) -> None:
    before = get(open2b, HOLMES)
    assert update(open2b, HOLMES, locale="it", group=254) == "Customer group 254 does not exist"
    assert get(open2b, HOLMES) == before


def test_an_address_is_replaced_as_a_whole(open2b: AppClient) -> None:
    assert update(open2b, HOLMES, billingAddress=ADDRESS, shippingAddress=GOODS_TO) is None
    after = get(open2b, HOLMES)
    assert after["billingAddress"] == FULL_ADDRESS
    assert after["shippingAddress"] == {**GOODS_TO, "street2": "", "stateProv": ""}
    assert after["fullName"] == "A B"


@pytest.mark.parametrize("field", ADDRESS)
def test_a_billing_address_without_a_required_field_is_refused(open2b: AppClient, field: str) -> None:
    partial = {name: value for name, value in ADDRESS.items() if name != field}
    assert update(open2b, HOLMES, billingAddress=partial) == f"{field[0].upper()}{field[1:]} is required"


@pytest.mark.parametrize("field", GOODS_TO)
def test_a_shipping_address_without_a_required_field_is_refused(open2b: AppClient, field: str) -> None:
    partial = {name: value for name, value in GOODS_TO.items() if name != field}
    assert update(open2b, HOLMES, shippingAddress=partial) == f"{field[0].upper()}{field[1:]} is required"


def test_null_takes_away_what_can_be_null(open2b: AppClient) -> None:
    gone = {"loginTime": None, "collection": None, "cart": None, "shippingAddress": None}
    assert update(open2b, HOLMES, **gone) is None
    after = get(open2b, HOLMES)
    assert {name: after[name] for name in gone} == gone


def test_a_password_may_be_taken_away_with_the_login_only(open2b: AppClient) -> None:
    refusal = "canLogin can be true only if password is defined"
    assert update(open2b, HOLMES, password=None) == refusal
    assert update(open2b, HOLMES, password=None, canLogin=False) is None
    after = get(open2b, HOLMES)
    assert (after["hasPassword"], after["encryptedPassword"], after["canLogin"]) == (False, "", False)
    assert update(open2b, HOLMES, canLogin=True) == refusal


def test_a_known_cart_is_accepted(open2b: AppClient) -> None:
    cart = get(open2b, HOLMES)["cart"]
    assert update(open2b, IRENE, cart=cart) is None
    assert get(open2b, IRENE)["cart"] == cart


def test_a_customer_may_keep_her_own_code_and_email(open2b: AppClient) -> None:
    address = get(open2b, HOLMES)["billingAddress"]
    assert update(open2b, HOLMES, code="TF78123", billingAddress=address) is None


def test_a_new_creation_time_is_compared_with_the_login_time_that_stays(open2b: AppClient) -> None:
    assert update(open2b, HOLMES, creationTime="2020-12-13 12:05:44") is None
    refusal = "Login time '2020-12-13 12:05:44' is before the creation time"
    assert update(open2b, HOLMES, creationTime="2020-12-13 12:05:45") == refusal
    assert update(open2b, HOLMES, creationTime="2020-12-13 12:05:45", loginTime=None) is None


def test_the_present_moment_is_not_the_future(open2b: AppClient, sandbox: Sandbox) -> None:
    freeze(sandbox, NOW)
    moment = "2026-03-04 05:06:07"
    assert update(open2b, HOLMES, creationTime=moment, loginTime=moment) is None
    assert (
        update(open2b, HOLMES, loginTime="2026-03-04 05:06:08") == "Login time '2026-03-04 05:06:08' is in the future"
    )


# Delete


def test_deleting_is_idempotent_and_takes_unknown_ids(open2b: AppClient) -> None:
    for ids in ([HOLMES, 999999, HOLMES], [HOLMES], []):
        assert ask(open2b, "delete", ids=ids) == {"status": "ok"}
        assert get(open2b, HOLMES) is None
    assert ask(open2b, "delete")["error"]["description"] == "Ids is required"


def test_ids_grow_and_are_never_used_again(open2b: AppClient) -> None:
    first = create(open2b)
    ask(open2b, "delete", ids=[first])
    second = create(open2b)
    ask(open2b, "delete", ids=[second, SMITH])
    assert SMITH < first < second < create(open2b)


def test_a_refused_request_uses_no_id(open2b: AppClient) -> None:
    first = create(open2b)
    assert ask(open2b, "create", customer={"billingAddress": ADDRESS, "group": 254})["status"] == "error"
    assert create(open2b) == first + 1


def test_a_code_and_an_email_are_free_again_after_a_deletion(open2b: AppClient) -> None:
    email = get(open2b, HOLMES)["billingAddress"]["email"]
    ask(open2b, "delete", ids=[HOLMES])
    heir = get(open2b, create(open2b, email, code="TF78123", password={"value": "elementary"}))
    assert (heir["code"], heir["billingAddress"]["email"]) == ("TF78123", email)


# One email, one code


def test_an_email_may_be_shared_while_at_most_one_has_a_password(open2b: AppClient) -> None:
    taken = "Email 'a@b.co' already exists for a customer that can login"
    first, second = create(open2b), create(open2b)
    assert update(open2b, first, password={"value": "elementary"}) is None
    third = create(open2b)
    for id in (second, third):
        assert update(open2b, id, password={"value": "different"}) == taken
    assert update(open2b, first, password=None, canLogin=False) is None
    assert update(open2b, third, password={"value": "different"}) is None


def test_an_email_is_taken_in_any_case_and_without_login(open2b: AppClient) -> None:
    create(open2b, "A@B.co", password={"value": "elementary"}, canLogin=False)
    customer = {"billingAddress": ADDRESS, "password": {"value": "elementary"}}
    assert ask(open2b, "create", customer=customer)["error"]["type"] == "AlreadyExists"


@pytest.mark.parametrize(
    "email", ["a", "ab", "abc", "a b@c.de", "a@b", "a@b.", "@b.co", "a@@b.co", "x" * 115 + "@bb.co"]
)
def test_a_text_that_is_no_email_is_refused(open2b: AppClient, email: str) -> None:
    address = {**ADDRESS, "email": email}
    assert update(open2b, HOLMES, billingAddress=address) == f"Email '{email}' is not a well formed email address"
    created = ask(open2b, "create", customer={"billingAddress": address})
    assert created["error"]["description"] == f"'{email}' is not a well formed email address"


def test_an_empty_code_is_nobodys(open2b: AppClient) -> None:
    assert create(open2b, code="") < create(open2b, code="")
    assert update(open2b, HOLMES, code="") is None


def test_codes_that_differ_in_case_differ(open2b: AppClient) -> None:
    create(open2b, code="tf78123")
    assert ask(open2b, "count", conditions={"code": "TF78123"})["count"] == 1


@pytest.mark.parametrize("recipient", ["AB7TR6K", "AB7TR6", "", "someone@pec.example.com"])
def test_an_invoice_recipient_is_a_code_or_an_email(open2b: AppClient, recipient: str) -> None:
    assert update(open2b, HOLMES, invoiceRecipient=recipient) is None


@pytest.mark.parametrize("recipient", ["AB7TR", "AB7TR6K8", "AB7TR6-", "some one@pec.it", "x" * 250 + "@pec.it"])
def test_any_other_invoice_recipient_is_refused(open2b: AppClient, recipient: str) -> None:
    assert (
        update(open2b, HOLMES, invoiceRecipient=recipient) == f"'{recipient}' is not a recipient code or email address"
    )


@pytest.mark.parametrize("locale", ["e", "EN", "en-", "en-gb", "en_GB", "en-GBR", ""])
def test_any_other_text_is_no_locale(open2b: AppClient, locale: str) -> None:
    assert update(open2b, HOLMES, locale=locale) == f"'{locale}' is not a valid locale code"


@pytest.mark.parametrize(
    "time", ["2020-02-30 00:00:00", "2020-05-21", "2020-05-21T16:49:13", "2020-05-21 24:00:00", "", 0]
)
def test_any_other_text_is_no_time(open2b: AppClient, time: object) -> None:
    assert update(open2b, HOLMES, creationTime=time) == "CreationTime is not syntactically correct"
    assert update(open2b, HOLMES, loginTime=time) == "LoginTime is not syntactically correct"
