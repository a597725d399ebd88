"""What an Open2b shop keeps.

Times are texts `yyyy-mm-dd hh:mm:ss` in UTC, as the vendor writes them: they sort as the times do.
"""

from __future__ import annotations

from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State


class BillingAddress(Record, frozen=True, kw_only=True, rename="camel"):
    """Where a customer lives, and how she is reached and taxed. Keys in the vendor's order."""

    first_name: str
    last_name: str
    personal_code: str = ""
    company_name: str = ""
    company_code: str = ""
    company_code2: str = ""
    street1: str
    street2: str = ""
    city: str
    postal_code: str
    state_prov: str = ""
    country: str
    phone_number: str = ""
    mobile_number: str = ""
    fax_number: str = ""
    email: str


class ShippingAddress(Record, frozen=True, kw_only=True, rename="camel"):
    """Where a customer's goods go. Keys in the vendor's order."""

    name: str
    street1: str
    street2: str = ""
    city: str
    postal_code: str
    state_prov: str = ""
    country: str


class Customer(Record, frozen=True, kw_only=True):
    """A customer.

    `encrypted_password` is 45 characters, or empty for a customer without a password. `collection` is the catalog
    that she sees, `collections` are the additional ones. `labels` (1 to 32) only the back office sets.
    """

    id: int = 0
    code: str = ""
    can_login: bool = False
    encrypted_password: str = ""
    locale: str
    creation_time: str
    login_time: str | None = None
    update_time: str
    group: int
    collection: int | None = None
    collections: tuple[int, ...] = ()
    wish_list: tuple[int, ...] = ()
    cart: str | None = None
    invoice_recipient: str = ""
    billing_address: BillingAddress
    shipping_address: ShippingAddress | None = None
    labels: frozenset[int] = frozenset()

    @property
    def full_name(self) -> str:
        """The company's name, else first and last name [page]."""
        address = self.billing_address
        return address.company_name or f"{address.first_name} {address.last_name}"


class Group(Record, frozen=True, kw_only=True):
    """A customer group. One is the default, which new customers join."""

    id: int
    name: str
    is_default: bool = False


class ProductCollection(Record, frozen=True, kw_only=True):
    """A collection of products: a catalog, or an additional one that single customers may see."""

    id: int
    is_catalog: bool


class Cart(Record, frozen=True, kw_only=True):
    """A saved cart, known by its token of 32 characters."""

    token: str


class ApiKey(Record, frozen=True, kw_only=True):
    """A key of an app.

    `denied_fields` are fields that the app has no right to, `unlicensed_methods` what its installation lacks.
    """

    key: str
    name: str
    denied_fields: frozenset[str] = frozenset()
    unlicensed_methods: frozenset[str] = frozenset()


def login_key(customer: Customer) -> str | None:
    """What no two customers with a password may share: the email, in whatever case."""
    return customer.billing_address.email.casefold() if customer.encrypted_password else None


class Shop(State):
    """One shop."""

    customers = collection(
        Customer,
        unique={"code": lambda customer: customer.code or None, "login": login_key},
        index={"email": lambda customer: customer.billing_address.email.casefold()},
        secret={"encrypted_password"},
    )
    groups = collection(Group, setting=True)
    collections = collection(ProductCollection, setting=True)
    carts = collection(Cart, key="token")
    keys = collection(ApiKey, key="key", secret={"key"}, setting=True)

    @property
    def default_group(self) -> int:
        """The id of the group that new customers join; 1 when no group is the default."""
        return next((group.id for group in self.groups if group.is_default), 1)
