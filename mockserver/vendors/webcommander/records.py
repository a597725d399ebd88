"""What a shop at WebCommander keeps: one state, which two generations of the vendor's API show.

Amounts of money are in the shop's currency, with two decimals. Texts of time are in UTC.
"""

from __future__ import annotations

from typing import Literal

from mockserver.mint import Mint
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendors.webcommander.sales import Address, Order

Status = Literal["active", "inactive", "pending", "approval_awaiting", "awaiting_verification"]
EventName = Literal["customer-create", "customer-update", "customer-delete", "added-to-cart"]

_ONLY = "only"


class Customer(Record, frozen=True, kw_only=True):
    """A person who buys from the shop.

    `display_id` is a number of its own, which people see. `store_credit` may not go above `store_credit_limit`, nor
    above the shop's where that is None. `active_billing` and `active_shipping` are ids of addresses. `version` counts
    alterations.
    """

    id: int
    display_id: int = 0
    first_name: str
    last_name: str | None = None
    email: str | None = None
    status: Status = "active"
    is_in_trash: bool = False
    sex: str | None = None
    is_company: bool = False
    company_name: str | None = None
    user_name: str = ""
    abn: str | None = None
    abn_branch: str | None = None
    source: str | None = None
    timezone: str = "UTC"
    parent: int | None = None
    shipping_profile: int | None = None
    transaction_number: str | None = None
    referral_code: str | None = None
    used_referral_code: str | None = None
    count_referral_code_used: int = 0
    allow_credit_limit: bool = False
    store_credit: float = 0.0
    store_credit_limit: float | None = None
    credit_limit: float = 0.0
    how_do_you_know: str | None = None
    password_hash: str | None = None
    password_expired: bool = False
    hide_price: bool = False
    newsletter: bool = False
    default_tax_code: str | None = None
    base_url: str = "/"
    background_image: str | None = None
    profile_picture: str | None = None
    created_at: str
    version: int = 0
    addresses: tuple[Address, ...] = ()
    active_billing: int | None = None
    active_shipping: int | None = None

    def address(self, id: int | None) -> Address | None:
        """The address with this id; None where there is none."""
        return next((address for address in self.addresses if address.id == id), None)

    @property
    def primary(self) -> Address | None:
        """The address of the customer herself."""
        return next((address for address in self.addresses if address.type == "PRIMARY"), None)


class ShippingRule(Record, frozen=True, kw_only=True):
    """One rule of a shipping profile."""

    id: int
    name: str
    description: str | None = None
    zones: tuple[int, ...] = ()
    shipping_class: str | None = None
    shipping_policy: int | None = None


class ShippingProfile(Record, frozen=True, kw_only=True):
    """How parcels to a customer are priced."""

    id: int
    name: str
    description: str | None = None
    rules: tuple[ShippingRule, ...] = ()
    rule_precedence: str | None = None
    created: str
    updated: str
    version: int = 0


class Plugin(Record, frozen=True, kw_only=True):
    """An app of the first generation. `position` is its place in the fixture."""

    uuid: str
    access_token: str
    client_id: str = ""
    name: str
    position: int = 0


class Client(Record, frozen=True, kw_only=True):
    """An app of the second generation, and the administrator who speaks through it."""

    client_id: str
    client_secret: str
    username: str
    password_hash: str
    name: str
    position: int = 0


class CustomerToken(Record, frozen=True, kw_only=True):
    """What a customer got for logging in through a plugin. `expires` is in seconds since 1970; None is never."""

    token: str
    customer: int
    expires: float | None = None


class AccessToken(Record, frozen=True, kw_only=True):
    """A client's token. `expires` is in seconds since 1970; None is never."""

    token: str
    client: str
    expires: float | None = None


class RefreshToken(Record, frozen=True, kw_only=True):
    """What a client gets new access tokens for, any number of times."""

    token: str
    client: str


class Webhook(Record, frozen=True, kw_only=True, rename="camel"):
    """A plugin's wish to be told, in the vendor's own words. Without `plugin`, a uuid, it is the first one's."""

    id: int
    plugin: str = ""
    source_url: str
    event_name: EventName
    render_scope: str = ""
    access_type: Literal["webhook"] = "webhook"


class Counters(Record, frozen=True, kw_only=True):
    """The last numbers that were given to an address and shown to people as a customer's."""

    id: str = _ONLY
    address: int = 0
    display: int = 0


class Settings(Record, frozen=True, kw_only=True):
    """How the shop behaves.

    `store_credit_limit` holds for customers without one of their own; None is no limit. `lost_email_customer` is named
    by an empty e-mail, for the vendor's page has lost all of its addresses. `iterations`, `memory_kib` and
    `parallelism` are argon2's costs.
    """

    id: str = _ONLY
    store_credit_limit: float | None = None
    lost_email_customer: int | None = None
    iterations: int = 1
    memory_kib: int = 8
    parallelism: int = 1


_ENDLESS = Settings()
_NOTHING_YET = Counters()


def fold(text: str | None) -> str | None:
    """What an e-mail or a user's name is found under; None for an empty one."""
    return text.casefold() if text else None


class Shop(State):
    """One shop."""

    customers = collection(
        Customer,
        unique={"email": lambda customer: fold(customer.email), "user_name": lambda customer: fold(customer.user_name)},
        index={"trash": lambda customer: customer.is_in_trash or None},
        hidden={"password_hash"},
    )
    orders = collection(Order, index={"customer": lambda order: order.customer})
    shipping_profiles = collection(ShippingProfile, setting=True)
    plugins = collection(Plugin, key="uuid", secret={"access_token"}, setting=True)
    clients = collection(Client, key="client_id", secret={"client_secret"}, hidden={"password_hash"}, setting=True)
    customer_tokens = collection(CustomerToken, key="token", secret={"token"})
    access_tokens = collection(AccessToken, key="token", secret={"token"}, setting=True)
    refresh_tokens = collection(RefreshToken, key="token", secret={"token"}, setting=True)
    mint = collection(Mint, counts=True)
    webhooks = collection(Webhook, index={"event": lambda webhook: webhook.event_name}, setting=True)
    counters = collection(Counters, counts=True)
    settings_kept = collection(Settings, setting=True)

    @property
    def settings(self) -> Settings:
        """How the shop behaves."""
        return self.settings_kept.get(_ONLY) or _ENDLESS

    @property
    def first_plugin(self) -> Plugin | None:
        """The plugin that the fixture names first."""
        return min(self.plugins, key=lambda plugin: plugin.position, default=None)

    @property
    def first_client(self) -> Client | None:
        """The client that the fixture names first."""
        return min(self.clients, key=lambda client: client.position, default=None)

    def next_numbers(self, addresses: int, *, customers: int = 0) -> Counters:
        """The first of so many new numbers of addresses, and of customers as people see them; they are used up."""
        last = self.counters.get(_ONLY) or _NOTHING_YET
        self.counters.put(Counters(id=_ONLY, address=last.address + addresses, display=last.display + customers))
        return Counters(id=_ONLY, address=last.address + 1, display=last.display + 1)
