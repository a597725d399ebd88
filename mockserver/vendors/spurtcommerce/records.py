"""What a marketplace at Spurtcommerce keeps, table by table.

Times are texts in UTC as the database writes them, `2026-11-21 21:40:01`. Flags are 0 and 1 as there; so that any
number that a client sends can be kept, they are integers [recorded: a status of 5 is stored].
"""

from __future__ import annotations

from mockserver.mint import Mint
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import State
from mockserver.vendors.spurtcommerce.collation import collated


class Group(Record, frozen=True, kw_only=True):
    """A customer group. The one called `default` cannot be deleted."""

    id: int
    name: str
    description: str | None = None
    color_code: str | None = None
    is_active: int | None = 1
    created: str
    modified: str | None = None


class Customer(Record, frozen=True, kw_only=True):
    """A shopper. Deleting one only sets `delete_flag`; her e-mail may then be used again."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str
    email: str
    mobile: str | None = None
    password_hash: str
    group: int | None = None
    mail_status: int | None = None
    is_active: int | None = 1
    delete_flag: int = 0
    newsletter: int | None = None
    address: str | None = None
    country_id: int | None = None
    zone_id: str | None = None
    city: str | None = None
    pincode: str | None = None
    local: str | None = None
    avatar: str | None = None
    avatar_path: str | None = None
    safe: int | None = None
    ip: str | None = None
    last_login: str | None = None
    created: str
    modified: str | None = None


class Product(Record, frozen=True, kw_only=True):
    """What is sold. Lists leave out what has no default image."""

    id: int
    name: str


class ProductImage(Record, frozen=True, kw_only=True):
    """A picture of a product: a file's name, and the folder that it is in."""

    id: int
    product: int
    image: str
    container: str
    is_default: int = 0


class Order(Record, frozen=True, kw_only=True):
    """What a customer bought at once. `paid` is 1 once it is."""

    id: int
    customer: int
    email: str
    paid: int = 0
    created: str


class OrderProduct(Record, frozen=True, kw_only=True):
    """A line of an order."""

    id: int
    order: int
    product: int
    name: str
    quantity: int = 1
    created: str


class ProductView(Record, frozen=True, kw_only=True):
    """That a customer looked at a product."""

    id: int
    product: int
    customer: int
    created: str


class Visit(Record, frozen=True, kw_only=True):
    """That a customer signed in at the shop."""

    id: int
    customer: int
    created: str


class Seller(Record, frozen=True, kw_only=True):
    """A customer who sells in the marketplace: the program calls this a vendor."""

    id: int
    customer: int
    company_name: str
    created: str


class SellerProduct(Record, frozen=True, kw_only=True):
    """A product that a seller sells. `stock` is what is left of it; None where it is not counted."""

    id: int
    seller: int
    product: int
    stock: int | None = None
    created: str


class SellerOrder(Record, frozen=True, kw_only=True):
    """A seller's part of an order: one line of it. Status 5 is delivered."""

    id: int
    seller: int
    order: int
    order_product: int
    status: int = 1
    created: str


class Role(Record, frozen=True, kw_only=True):
    """What administrators may do: `permissions` by name; the first role may do everything."""

    id: int
    name: str
    is_active: int = 1
    permissions: tuple[str, ...] = ()
    created: str


class User(Record, frozen=True, kw_only=True):
    """An administrator. `username` is an e-mail."""

    id: int
    username: str
    password_hash: str
    first_name: str
    role: int
    is_active: int = 1
    delete_flag: int = 0
    created: str


class AccessToken(Record, frozen=True, kw_only=True):
    """What an administrator got for signing in. `expires` is in seconds since 1970; None is never."""

    token: str
    user: int
    expires: float | None = None


class Settings(Record, frozen=True, kw_only=True):
    """The cost of bcrypt: the vendor's is 10, which takes a tenth of a second; 4 is the least."""

    id: str = "only"
    bcrypt_cost: int = 4


class Market(State):
    """One marketplace."""

    groups = collection(Group, index={"name": lambda group: group.name.casefold()}, setting=True)
    customers = collection(
        Customer,
        index={
            "email": lambda customer: None if customer.delete_flag else collated(customer.email),
            "group": lambda customer: customer.group,
            "deleted": lambda customer: customer.delete_flag or None,
        },
        secret={"password_hash"},
    )
    products = collection(Product, setting=True)
    product_images = collection(ProductImage, index={"product": lambda image: image.product}, setting=True)
    orders = collection(Order, index={"customer": lambda order: order.customer})
    order_products = collection(OrderProduct, index={"order": lambda line: line.order})
    product_views = collection(ProductView, index={"customer": lambda view: view.customer})
    visits = collection(Visit)
    sellers = collection(Seller, index={"customer": lambda seller: seller.customer})
    seller_products = collection(SellerProduct, index={"seller": lambda product: product.seller})
    seller_orders = collection(SellerOrder, index={"seller": lambda order: order.seller})
    roles = collection(Role, setting=True)
    users = collection(
        User, index={"username": lambda user: collated(user.username)}, hidden={"password_hash"}, setting=True
    )
    access_tokens = collection(AccessToken, key="token", secret={"token"}, setting=True)
    mint = collection(Mint, counts=True)
    settings_kept = collection(Settings, setting=True)

    @property
    def settings(self) -> Settings:
        """How the marketplace behaves."""
        return self.settings_kept.get("only") or Settings()
