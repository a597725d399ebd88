from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from mockserver.state.change import Change, Key, Record
from mockserver.state.collection import Collection, Declared, NotUnique, OutsideTransaction, StateError, collection
from mockserver.state.transaction import Ledger, State


class Customer(Record, frozen=True, kw_only=True):
    id: int = 0
    email: str = ""
    number: int | None = None
    city: str | None = None


class Group(Record, frozen=True, kw_only=True):
    name: str


class Shop(State):
    customers = collection(
        Customer,
        unique={"email": lambda customer: customer.email or None, "number": lambda customer: customer.number},
        index={"city": lambda customer: customer.city},
        secret=["email"],
    )
    groups = collection(Group, key="name")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def shop(ledger: Ledger) -> Shop:
    return Shop(ledger, "shop")


def put(ledger: Ledger, *customers: Customer) -> None:
    with ledger.transaction():
        for customer in customers:
            ledger.collections["shop.customers"].put(customer)


# Keys


def test_add_returns_the_stored_record_with_the_next_key_in_place_of_its_own(ledger: Ledger, shop: Shop) -> None:
    given = Customer(id=99, email="ann@example.com")
    with ledger.transaction():
        stored = shop.customers.add(given)
    assert stored == Customer(id=1, email="ann@example.com")
    assert shop.customers.get(1) is stored
    assert given.id == 99
    assert 99 not in shop.customers


@pytest.mark.parametrize(
    ("keys", "removed", "expected"),
    [
        ([], [], 1),
        ([1, 2, 3], [], 4),
        ([1, 2, 3], [3], 4),
        ([1, 2, 3], [1, 2, 3], 4),
        ([500], [], 501),
        ([500], [500], 501),
        ([500, 2], [], 501),
        ([0, -7], [], 1),
    ],
)
def test_add_continues_after_the_highest_key_ever_used(
    ledger: Ledger, shop: Shop, keys: list[int], removed: list[int], expected: int
) -> None:
    put(ledger, *(Customer(id=key) for key in keys))
    with ledger.transaction():
        for key in removed:
            shop.customers.remove(key)
        assert shop.customers.last_key == expected - 1
        assert shop.customers.add(Customer()).id == expected


def test_a_refused_add_uses_up_no_key(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1, email="ann@example.com"))
    with ledger.transaction():
        with pytest.raises(NotUnique):
            shop.customers.add(Customer(email="ann@example.com"))
        assert shop.customers.add(Customer(email="bob@example.com")).id == 2


def test_put_takes_the_place_of_the_record_with_the_same_key(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1, email="ann@example.com"), Customer(id=1, email="bob@example.com"))
    assert list(shop.customers) == [Customer(id=1, email="bob@example.com")]
    assert shop.customers.by("email", "ann@example.com") is None


def test_remove_returns_the_record_and_none_the_second_time(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1))
    with ledger.transaction() as changes:
        assert shop.customers.remove(1) == Customer(id=1)
        assert shop.customers.remove(1) is None
    assert changes == [Change("shop.customers", 1, Customer(id=1), None)]
    assert len(shop.customers) == 0


def test_text_keys_leave_the_counter_alone_and_are_in_order_of_the_alphabet(ledger: Ledger, shop: Shop) -> None:
    with ledger.transaction():
        for name in ["retail", "wholesale", "", "b2b"]:
            shop.groups.put(Group(name=name))
    assert [group.name for group in shop.groups] == ["", "b2b", "retail", "wholesale"]
    assert "" in shop.groups
    assert shop.groups.last_key == 0


# Order


@pytest.mark.parametrize(
    ("put_and_removed", "expected"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([3, 1, 2], [1, 2, 3]),
        ([1, 2, 3, -2, 2], [1, 2, 3]),
        ([1, 2, 3, -3, 3], [1, 2, 3]),
        ([1, 2, 3, -3, 2], [1, 2]),
        ([1, 2, 3, -1, -2, -3, 2, 1], [1, 2]),
        ([1, 9, 4, -9, 8, 7], [1, 4, 7, 8]),
        ([2, 9, -9, 1], [1, 2]),
    ],
)
def test_iteration_is_in_key_order_whatever_was_put_and_removed(
    ledger: Ledger, shop: Shop, put_and_removed: list[int], expected: list[int]
) -> None:
    with ledger.transaction():
        for key in put_and_removed:
            if key > 0:
                shop.customers.put(Customer(id=key))
            else:
                shop.customers.remove(-key)
    assert [customer.id for customer in shop.customers] == expected


def test_a_middle_key_that_comes_back_is_in_its_old_place_also_after_a_first_iteration(
    ledger: Ledger, shop: Shop
) -> None:
    put(ledger, Customer(id=3), Customer(id=2), Customer(id=1))
    assert [customer.id for customer in shop.customers] == [1, 2, 3]
    with ledger.transaction():
        shop.customers.remove(2)
    assert [customer.id for customer in shop.customers] == [1, 3]
    put(ledger, Customer(id=2))
    assert [customer.id for customer in shop.customers] == [1, 2, 3]


def test_a_list_of_the_records_may_be_walked_while_they_are_removed(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1), Customer(id=2))
    with ledger.transaction():
        for customer in list(shop.customers):
            shop.customers.remove(customer.id)
    assert list(shop.customers) == []


# Indexes


def test_find_returns_records_in_key_order_and_follows_a_record_that_moves(ledger: Ledger, shop: Shop) -> None:
    put(ledger, *(Customer(id=key, city="Oslo") for key in [30, 4, 100]))
    assert [customer.id for customer in shop.customers.find("city", "Oslo")] == [4, 30, 100]
    put(ledger, Customer(id=30, city="Bern"))
    assert [customer.id for customer in shop.customers.find("city", "Oslo")] == [4, 100]
    assert [customer.id for customer in shop.customers.find("city", "Bern")] == [30]
    assert shop.customers.find("city", "Rome") == []


def test_an_index_finds_as_many_as_there_are(ledger: Ledger, shop: Shop) -> None:
    keys = [*range(1, 41)]
    put(ledger, *(Customer(id=key, city="Oslo") for key in keys))
    while keys:
        assert [customer.id for customer in shop.customers.find("city", "Oslo")] == keys
        with ledger.transaction():
            shop.customers.remove(keys.pop(len(keys) // 2))
    assert shop.customers.find("city", "Oslo") == []


def test_a_value_of_none_is_filed_nowhere_and_shared_freely(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1), Customer(id=2))
    assert shop.customers.by("email", "") is None
    assert shop.customers.by("email", None) is None
    assert shop.customers.find("city", None) == []


def test_falsy_values_and_keys_are_filed_like_any_other(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=0, number=0, city=""))
    assert shop.customers.by("number", 0) == Customer(id=0, number=0, city="")
    assert shop.customers.find("city", "") == [Customer(id=0, number=0, city="")]
    with ledger.transaction(), pytest.raises(NotUnique, match="number 0 belongs to record 0"):
        shop.customers.add(Customer(number=0))


@pytest.mark.parametrize(
    "alter",
    [
        lambda customers: customers.add(Customer(number=5, email="ann@example.com", city="Bern")),
        lambda customers: customers.put(Customer(id=8, email="ann@example.com", city="Bern")),
        lambda customers: customers.put(Customer(id=2, email="ann@example.com", city="Bern")),
        lambda customers: customers.set(2, Customer(id=2, email="ann@example.com", number=6)),
    ],
    ids=["add", "put under a new key", "put over another record", "set"],
)
def test_not_unique_names_collection_index_value_and_holder_and_alters_nothing(
    ledger: Ledger, shop: Shop, alter: Callable[[Collection[Customer]], object]
) -> None:
    ann, bob = Customer(id=1, email="ann@example.com", city="Oslo"), Customer(id=2, email="bob@example.com")
    put(ledger, ann, bob)
    with ledger.transaction() as changes:
        with pytest.raises(NotUnique) as refused:
            alter(shop.customers)
        assert changes == []
    assert str(refused.value) == "shop.customers: email 'ann@example.com' belongs to record 1"
    assert (refused.value.index, refused.value.value, refused.value.key) == ("email", "ann@example.com", 1)
    assert list(shop.customers) == [ann, bob]
    assert shop.customers.last_key == 2
    assert shop.customers._table.unique == {"email": {"ann@example.com": 1, "bob@example.com": 2}, "number": {}}
    assert shop.customers._table.buckets == {"city": {"Oslo": (1,)}}


def test_a_record_may_keep_its_own_unique_value_and_take_one_that_was_given_up(ledger: Ledger, shop: Shop) -> None:
    put(ledger, Customer(id=1, email="ann@example.com"), Customer(id=2, email="bob@example.com"))
    put(ledger, Customer(id=1, email="ann@example.com", city="Oslo"))
    put(ledger, Customer(id=1, email="new@example.com"), Customer(id=2, email="ann@example.com"))
    assert shop.customers.by("email", "ann@example.com") == Customer(id=2, email="ann@example.com")
    assert shop.customers.by("email", "bob@example.com") is None


@pytest.mark.parametrize(
    ("key", "record"),
    [
        (2, replace(Customer(id=2, email="bob@example.com"), city=["cannot be hashed"])),
        ("two", replace(Customer(id=2, email="bob@example.com"), id="two")),
    ],
    ids=["a plain index's value cannot be filed", "a key of the other type"],
)
def test_an_alteration_that_fails_leaves_no_index_entry_behind(
    ledger: Ledger, shop: Shop, key: Key, record: Customer
) -> None:
    put(ledger, Customer(id=1, email="ann@example.com"))
    with pytest.raises(TypeError), ledger.transaction():
        shop.customers.set(key, record)
    assert list(shop.customers) == [Customer(id=1, email="ann@example.com")]
    assert shop.customers._table.unique["email"] == {"ann@example.com": 1}


# Replaying


def test_replacing_what_the_changes_of_another_ledger_say_makes_the_same_state(ledger: Ledger, shop: Shop) -> None:
    with ledger.transaction() as changes:
        shop.customers.put(Customer(id=7, email="ann@example.com", city="Oslo"))
        shop.customers.add(Customer(email="bob@example.com", city="Oslo"))
        shop.customers.put(Customer(id=7, email="eve@example.com"))
        shop.customers.remove(8)
    follower = Ledger()
    other = Shop(follower, "shop")
    for change in changes:
        follower.collections[change.collection].replace(change.key, change.before, change.after)
    assert list(other.customers) == [Customer(id=7, email="eve@example.com")]
    assert other.customers._table.unique == shop.customers._table.unique
    assert other.customers._table.buckets == shop.customers._table.buckets
    assert other.customers.last_key == 8


# Declarations


def test_a_declaration_is_declared_on_the_class_and_the_collection_on_the_instance(shop: Shop) -> None:
    assert isinstance(Shop.customers, Declared)
    assert Shop.customers.key == "id"
    assert Shop.groups.key == "name"
    assert isinstance(shop.customers, Collection)
    assert shop.customers.name == "shop.customers"
    assert shop.customers.record_type is Customer
    assert shop.customers.secret == {"email"}
    assert shop.groups.secret == frozenset()


def test_two_instances_of_a_state_share_nothing(ledger: Ledger, shop: Shop) -> None:
    other = Shop(ledger, "other")
    put(ledger, Customer(id=1, email="ann@example.com"))
    assert len(shop.customers) == 1
    assert len(other.customers) == 0
    assert sorted(ledger.collections) == ["other.customers", "other.groups", "shop.customers", "shop.groups"]


def test_a_state_has_the_collections_of_the_classes_it_extends(ledger: Ledger) -> None:
    class BiggerShop(Shop):
        archive = collection(Customer)

    shop = BiggerShop(ledger, "big")
    assert list(ledger.collections) == ["big.customers", "big.groups", "big.archive"]
    assert shop.archive is ledger.collections["big.archive"]


@pytest.mark.usefixtures("shop")
def test_two_collections_with_one_name_are_refused(ledger: Ledger) -> None:
    first = ledger.collections["shop.customers"]
    with pytest.raises(StateError, match=r"two collections are called shop\.customers"):
        Shop(ledger, "shop")
    assert ledger.collections["shop.customers"] is first


# Values


@pytest.mark.parametrize(
    ("value", "attribute"),
    [(Customer(id=1), "email"), (Group(name="retail"), "name"), (Change("shop.customers", 1, None, None), "after")],
)
def test_records_and_changes_are_frozen(value: object, attribute: str) -> None:
    with pytest.raises(AttributeError, match="immutable"):
        setattr(value, attribute, "altered")


def test_a_record_type_is_frozen_without_saying_so_itself() -> None:
    tag: Any = msgspec.defstruct("Tag", [("name", str)], bases=(Record,))(name="new")
    with pytest.raises(AttributeError, match="immutable"):
        tag.name = "altered"


ANN = Customer(id=1, email="ann@example.com")
CHANGE = Change("shop.customers", 1, None, ANN)


def test_changes_that_say_the_same_are_equal() -> None:
    assert Change("shop.customers", 1, None, Customer(id=1, email="ann@example.com")) == CHANGE
    assert len({CHANGE, Change("shop.customers", 1, None, Customer(id=1, email="ann@example.com"))}) == 1


@pytest.mark.parametrize(
    "difference",
    [{"collection": "shop.groups"}, {"key": 2}, {"before": ANN}, {"after": None}, {"after": Customer(id=1)}],
)
def test_changes_that_differ_in_one_thing_are_unequal(difference: dict[str, Any]) -> None:
    assert replace(CHANGE, **difference) != CHANGE


def test_setting_none_where_there_is_no_record_changes_nothing(shop: Shop, ledger: Ledger) -> None:
    with ledger.transaction() as changes:
        shop.customers.set(5, None)
        assert changes == []


def test_removing_what_is_not_there_still_needs_a_transaction(shop: Shop) -> None:
    with pytest.raises(OutsideTransaction):
        shop.customers.remove(5)


def test_a_record_is_stored_under_the_key_that_it_carries(shop: Shop, ledger: Ledger) -> None:
    with ledger.transaction(), pytest.raises(StateError, match="record 1 cannot be stored under 77"):
        shop.customers.set(77, Customer(id=1, email="a@example.com"))
    assert 77 not in shop.customers
