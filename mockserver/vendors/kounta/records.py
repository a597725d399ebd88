"""What a company at Kounta keeps.

Times of records are texts in the company's offset, as the vendor writes them; those of tokens are seconds since 1970.
"""

from __future__ import annotations

from mockserver.mint import Mint
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State


class Address(Record, frozen=True):
    """Where someone lives. Keys in the vendor's order, as it writes addresses today."""

    address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class Customer(Record, frozen=True):
    """A person who buys from the company. What an application calls her is a `Reference`."""

    id: int
    first_name: str
    last_name: str | None = ""
    email: str | None = None
    phone: str | None = None
    mobile: str | None = None
    primary_address: Address | None = None
    shipping_address: Address | None = None
    tags: tuple[str, ...] = ()
    image: str | None = None
    accepts_marketing: bool = False


class Reference(Record, frozen=True, kw_only=True):
    """What one application calls one customer; it sees no other application's. `application` is a client id."""

    key: str
    application: str
    customer: int
    value: str


class Timezone(Record, frozen=True, kw_only=True):
    """A company's offset from UTC as it ends its timestamps (`+10:00`), and the zone's name."""

    offset: str
    name: str


class Staff(Record, frozen=True, kw_only=True):
    """Someone who works for the company."""

    id: int
    first_name: str
    last_name: str
    email: str


class Counted(Record, frozen=True, kw_only=True):
    """How many there are of something."""

    count: int
    updated_at: str


class Registers(Record, frozen=True, kw_only=True):
    """How many registers there are, and how many are paid for."""

    count: int
    limit: int
    updated_at: str


class Company(Record, frozen=True, kw_only=True):
    """The company, as its own address shows it. Keys in the vendor's order."""

    id: int
    name: str
    shipping_address: Address | None
    postal_address: Address | None
    addresses: Counted
    business_number: str
    contact_staff_member: Staff | None
    image: str | None
    website: str | None
    currency: str
    timezone: Timezone
    sites: Counted
    registers: Registers
    created_at: str
    updated_at: str


class Application(Record, frozen=True, kw_only=True):
    """An add-on. `position` is its place in the fixture; `signature_token` vouches for what its webhooks are told."""

    client_id: str
    client_secret: str = ""
    name: str
    position: int = 0
    signature_token: str = ""
    redirect_uris: tuple[str, ...] = ()


class Code(Record, frozen=True, kw_only=True):
    """An authorization code, to be used once. `is_named` says whether the request for it named its redirect_uri."""

    code: str
    application: str
    redirect_uri: str
    is_named: bool
    expires: float


class AccessToken(Record, frozen=True, kw_only=True):
    """A bearer token; without `expires` it never does."""

    token: str
    application: str
    expires: float | None = None


class RefreshToken(Record, frozen=True, kw_only=True):
    """What an application gets new access tokens for, any number of times."""

    token: str
    application: str


class Filter(Record, frozen=True, omit_defaults=True):
    """What a webhook is limited to; empty is no limit."""

    attributes: tuple[str, ...] = ()
    site_ids: tuple[int, ...] = ()


class Webhook(Record, frozen=True, kw_only=True):
    """An application's subscription to a topic. `headers` go with every delivery."""

    id: int
    application: str
    topic: str
    address: str
    format: str = "json"
    headers: tuple[tuple[str, str], ...] = ()
    filter: Filter = Filter()
    created_at: str
    updated_at: str


def name_key(customer: Customer) -> tuple[str, str, str] | None:
    """What a search by name and telephone finds a customer under; it needs all three."""
    if not customer.phone or not customer.last_name:
        return None
    return customer.first_name.strip(), customer.last_name.strip(), customer.phone


class Restaurant(State):
    """One company, its customers, and the applications that may ask for them."""

    companies = collection(Company, setting=True)
    customers = collection(
        Customer,
        unique={"mobile": lambda customer: customer.mobile or None},
        index={"email": lambda customer: customer.email.casefold() if customer.email else None, "name": name_key},
    )
    references = collection(
        Reference, key="key", index={"value": lambda reference: (reference.application, reference.value)}
    )
    applications = collection(Application, key="client_id", secret={"client_secret", "signature_token"}, setting=True)
    codes = collection(Code, key="code", secret={"code"})
    access_tokens = collection(AccessToken, key="token", secret={"token"}, setting=True)
    refresh_tokens = collection(RefreshToken, key="token", secret={"token"}, setting=True)
    mint = collection(Mint, counts=True)
    webhooks = collection(
        Webhook,
        index={"application": lambda webhook: webhook.application, "topic": lambda webhook: webhook.topic},
        secret={"headers"},
    )

    @property
    def company(self) -> Company | None:
        """The company; None where a tester has emptied the sandbox."""
        return next(iter(self.companies), None)

    @property
    def first_application(self) -> Application | None:
        """The application that the fixture names first."""
        return min(self.applications, key=lambda application: application.position, default=None)

    def reference_id(self, application: str, customer: int) -> str:
        """What an application calls a customer; an empty text where it has not said."""
        reference = self.references.get(f"{application}:{customer}")
        return "" if reference is None else reference.value

    def refer(self, application: str, customer: int, value: str) -> None:
        """Let an application call a customer so; by an empty text it forgets what it called her."""
        key = f"{application}:{customer}"
        if not value:
            self.references.remove(key)
        elif self.reference_id(application, customer) != value:
            self.references.put(Reference(key=key, application=application, customer=customer, value=value))
