"""What Kounta refuses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mockserver.call import Call, Refused
from mockserver.countries import COUNTRIES
from mockserver.hosts import is_url
from mockserver.vendors.kounta.bodies import AddressDraft, CustomerDraft, TokenRequest
from mockserver.vendors.kounta.records import (
    Address,
    Application,
    Code,
    Company,
    Customer,
    RefreshToken,
    Restaurant,
    Webhook,
)
from mockserver.vendors.kounta.wire import BASIC, read_authorization, stranger

CREATED, UPDATED, DELETED = "customers/created", "customers/updated", "customers/deleted"
NEVER_FIRES = "orders/completed"
TOPICS = (CREATED, UPDATED, DELETED, NEVER_FIRES)
ATTRIBUTES = ("name", "phone", "mobile", "email", "address", "tags", "image", "accepts_marketing")
"""What a webhook for updates may be limited to [page]."""

_LONGEST = 255
_FILTERS = ("attributes", "site_ids")
_HEADER = re.compile(r"authorization|x-(?!kounta)[!#$%&'*+.^_`|~0-9a-z-]+", re.IGNORECASE)
_HEADER_VALUE = re.compile(r"[\t -~]*")


def find_company(restaurant: Restaurant, call: Call) -> Company:
    """The company that the path names; there is one."""
    company = restaurant.companies.get(call.path["company_id"])
    if company is None:
        raise Refused("company-not-found", company=call.path["company_id"])
    return company


def find_customer(restaurant: Restaurant, call: Call) -> Customer:
    """The customer that the path names."""
    customer = restaurant.customers.get(call.path["customer_id"])
    if customer is None:
        raise Refused("customer-not-found", customer=call.path["customer_id"])
    return customer


def find_webhook(restaurant: Restaurant, call: Call) -> Webhook:
    """The webhook that the path names; an application sees its own only."""
    webhook = restaurant.webhooks.get(call.path["webhook_id"])
    if webhook is None or webhook.application != call.principal.application.client_id:
        raise Refused("webhook-not-found", webhook=call.path["webhook_id"])
    return webhook


def check_draft(draft: CustomerDraft) -> None:
    """What is wrong with a draft whatever it is made of."""
    if draft.email and draft.email.strip() and not _is_email(draft.email):
        raise Refused("field-malformed", field="email", reason="must have one @ with text on both sides of it")
    _check_lines("primary_address", draft.primary_address)
    _check_lines("shipping_address", draft.shipping_address)
    if draft.image and draft.image.strip() and not is_url(draft.image.strip()):
        raise Refused("field-malformed", field="image", reason="must be an http or https URL")


def check_customer(restaurant: Restaurant, customer: Customer) -> None:
    """The error table of create and update. `customer` is what the draft would make."""
    if not customer.first_name.strip():
        raise Refused("first-name-missing")
    if not (customer.email or customer.phone or customer.mobile):
        raise Refused("contact-missing")
    if customer.mobile is not None:
        holder = restaurant.customers.by("mobile", customer.mobile)
        if holder is not None and holder.id != customer.id:
            raise Refused("mobile-already-exists", mobile=customer.mobile)
    _check_country(customer.primary_address)
    _check_country(customer.shipping_address)


def check_webhook(webhook: Webhook, filters: Iterable[str]) -> None:
    """The error table of a webhook as a whole; `filters` are the keys of the filter that was sent."""
    if webhook.topic not in TOPICS:
        raise Refused("topic-unknown", topic=webhook.topic, known=", ".join(TOPICS))
    if not is_url(webhook.address):
        raise Refused("address-malformed", address=webhook.address)
    if webhook.format != "json":
        raise Refused("format-unsupported", format=webhook.format)
    for name, value in webhook.headers:
        if not _HEADER.fullmatch(name):
            raise Refused("header-not-allowed", header=name)
        if not _HEADER_VALUE.fullmatch(value):
            raise Refused("field-malformed", field=f"headers.{name}", reason="must be printable ASCII text")
    _check_filter(webhook, filters)


def check_authorization(restaurant: Restaurant, call: Call) -> tuple[Application, str]:
    """Who asks for leave, and where the answer goes. What is wrong here is shown to the person, never sent on [RFC 6749]."""
    id, kind = call.query.get("client_id", ""), call.query.get("response_type", "")
    application = restaurant.applications.get(id)
    if application is None:
        if not id or call.options.auth == "strict":
            raise Refused("client-not-known", client=id)
        application = stranger(id)
    known = application.redirect_uris
    uri = call.query.get("redirect_uri") or (known[0] if known else "")
    if (uri not in known) if known else (not is_url(uri)):
        raise Refused("redirect-uri-mismatch", uri=uri)
    if kind != "code":
        raise Refused("response-type-unsupported", type=kind)
    return application, uri


def check_client(restaurant: Restaurant, call: Call, request: TokenRequest) -> Application:
    """The application that asks for a token: by HTTP Basic, else by what the body says."""
    sent = read_authorization(call.headers.get(b"authorization", b""))
    id, secret = (sent.id, sent.secret) if sent.scheme == BASIC else (request.client_id, request.client_secret)
    if not id or not secret:
        raise Refused("client-malformed")
    application = restaurant.applications.get(id)
    if application is None:
        if call.options.auth == "strict":
            raise Refused("client-malformed")
        return stranger(id)
    if application.client_secret != secret:
        raise Refused("client-malformed")
    return application


def check_code(restaurant: Restaurant, call: Call, request: TokenRequest, application: Application) -> Code:
    """The authorization code that a token is asked for with: the application's own, unused, not older than it may be."""
    if not request.code:
        raise Refused("field-missing", field="code")
    code = restaurant.codes.get(request.code)
    if code is None or code.application != application.client_id or call.at >= code.expires:
        raise Refused("grant-malformed", grant="code")
    if request.redirect_uri != code.redirect_uri and (code.is_named or request.redirect_uri):
        raise Refused("grant-malformed", grant="redirect_uri")
    return code


def check_refresh(restaurant: Restaurant, request: TokenRequest, application: Application) -> RefreshToken:
    """The refresh token that another access token is asked for with."""
    if not request.refresh_token:
        raise Refused("field-missing", field="refresh_token")
    token = restaurant.refresh_tokens.get(request.refresh_token)
    if token is None or token.application != application.client_id:
        raise Refused("grant-malformed", grant="refresh_token")
    return token


def _is_email(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name.strip() and at and domain.strip()) and "@" not in domain


def _check_lines(field: str, address: object) -> None:
    if isinstance(address, AddressDraft) and address.lines and len(", ".join(address.lines)) > _LONGEST:
        raise Refused(
            "field-malformed",
            field=f"{field}.lines",
            reason=f"must have at most {_LONGEST} characters, joined by commas",
        )


def _check_country(address: Address | None) -> None:
    if address is not None and address.country is not None and address.country not in COUNTRIES:
        raise Refused("country-unknown", country=address.country)


def _check_filter(webhook: Webhook, filters: Iterable[str]) -> None:
    unknown = [key for key in filters if key not in _FILTERS]
    unknown += [name for name in webhook.filter.attributes if name not in ATTRIBUTES]
    if unknown:
        raise Refused("filter-unknown", filter=unknown[0])
    if webhook.filter.attributes and webhook.topic != UPDATED:
        raise Refused("filter-unknown", filter="attributes")
