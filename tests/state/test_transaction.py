from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from mockserver.state.change import Change, Record
from mockserver.state.collection import Collection, NotUnique, OutsideTransaction, StateError, collection
from mockserver.state.transaction import Ledger, State


class Coupon(Record, frozen=True, kw_only=True):
    id: int = 0
    code: str
    campaign: str = ""


class Shop(State):
    coupons = collection(
        Coupon, unique={"code": lambda coupon: coupon.code}, index={"campaign": lambda coupon: coupon.campaign}
    )


class Refused(Exception):
    pass


Alteration = Callable[[Collection[Coupon]], object]

ONE, TWO, THREE = Coupon(id=1, code="one"), Coupon(id=2, code="two"), Coupon(id=3, code="three", campaign="spring")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def coupons(ledger: Ledger) -> Collection[Coupon]:
    """Three coupons."""
    coupons = Shop(ledger, "shop").coupons
    with ledger.transaction():
        for coupon in (ONE, TWO, THREE):
            coupons.put(coupon)
    return coupons


def change(before: Coupon | None, after: Coupon | None) -> Change:
    coupon = before or after
    assert coupon is not None
    return Change("shop.coupons", coupon.id, before, after)


def swap_codes(coupons: Collection[Coupon]) -> None:
    """Give coupons 1 and 2 each other's code, which takes a third value on the way."""
    coupons.put(Coupon(id=1, code="on the way"))
    coupons.put(Coupon(id=2, code="one"))
    coupons.put(Coupon(id=1, code="two"))


def alter_one_many_times(coupons: Collection[Coupon]) -> None:
    coupons.put(Coupon(id=2, code="deux", campaign="spring"))
    coupons.remove(2)
    coupons.remove(1)
    coupons.put(Coupon(id=2, code="one"))
    coupons.put(Coupon(id=2, code="zwei", campaign="autumn"))


def remove_and_look(coupons: Collection[Coupon]) -> None:
    coupons.remove(1)
    coupons.remove(2)
    assert list(coupons) == [THREE]


def refuse(
    ledger: Ledger, coupons: Collection[Coupon], alter: Alteration, error: type[BaseException] = Refused
) -> None:
    """Alter in a transaction that an exception leaves in the end."""

    def request() -> None:
        with ledger.transaction():
            alter(coupons)
            raise error

    with pytest.raises(error):
        request()


def assert_untouched(coupons: Collection[Coupon]) -> None:
    assert list(coupons) == [ONE, TWO, THREE]
    assert coupons._table.unique == {"code": {"one": 1, "two": 2, "three": 3}}
    assert coupons.find("campaign", "") == [ONE, TWO]
    assert coupons.find("campaign", "spring") == [THREE]
    assert coupons._table.buckets["campaign"].keys() == {"", "spring"}


ALTERATIONS: dict[str, Alteration] = {
    "add": lambda coupons: coupons.add(Coupon(code="four")),
    "put": lambda coupons: coupons.put(Coupon(id=9, code="nine")),
    "put over": lambda coupons: coupons.put(Coupon(id=2, code="deux", campaign="spring")),
    "remove": lambda coupons: coupons.remove(2),
    "set None": lambda coupons: coupons.set(2, None),
    "swap": swap_codes,
    "alter one many times": alter_one_many_times,
    "remove two": remove_and_look,
}
alterations = pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS.keys())


# Outside


@alterations
def test_altering_outside_a_transaction_is_refused_and_changes_nothing(
    coupons: Collection[Coupon], alter: Alteration
) -> None:
    with pytest.raises(OutsideTransaction):
        alter(coupons)
    assert_untouched(coupons)
    assert coupons.last_key == 3


@pytest.mark.parametrize("refused", [False, True], ids=["kept", "undone"])
def test_the_right_to_alter_ends_with_the_transaction(
    ledger: Ledger, coupons: Collection[Coupon], *, refused: bool
) -> None:
    ledger.begin()
    if refused:
        ledger.undo()
    else:
        ledger.commit()
    with pytest.raises(OutsideTransaction):
        coupons.remove(1)
    assert_untouched(coupons)


@pytest.mark.usefixtures("coupons")
def test_reverting_outside_a_transaction_is_refused(ledger: Ledger) -> None:
    with pytest.raises(OutsideTransaction):
        ledger.revert([change(None, THREE)])


# Keeping


def test_changes_are_recorded_oldest_first_with_before_and_after(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    four, deux = Coupon(id=4, code="four"), Coupon(id=2, code="deux")
    with ledger.transaction() as changes:
        coupons.add(Coupon(code="four"))
        coupons.put(deux)
        coupons.remove(1)
        coupons.set(2, None)
    assert changes == [change(None, four), change(TWO, deux), change(ONE, None), change(deux, None)]


def test_each_transaction_has_its_own_changes(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    with ledger.transaction() as first:
        coupons.remove(1)
    with ledger.transaction() as second:
        coupons.remove(2)
    assert (first, second) == ([change(ONE, None)], [change(TWO, None)])


def test_altered_says_whether_the_open_transaction_has_altered_anything(
    ledger: Ledger, coupons: Collection[Coupon]
) -> None:
    assert not ledger.altered
    with ledger.transaction():
        assert not ledger.altered
        coupons.remove(1)
        assert ledger.altered
    assert not ledger.altered


def test_a_nested_transaction_is_refused_and_the_outer_one_goes_on(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    with ledger.transaction() as changes:
        coupons.remove(1)
        with pytest.raises(StateError, match="open already"):
            ledger.begin()
        with pytest.raises(StateError, match="open already"), ledger.transaction():
            pytest.fail("the block of a nested transaction was entered")
        coupons.remove(2)
    assert changes == [change(ONE, None), change(TWO, None)]
    assert list(coupons) == [THREE]


def test_a_refused_alteration_that_is_caught_leaves_the_others_of_its_transaction(
    ledger: Ledger, coupons: Collection[Coupon]
) -> None:
    with ledger.transaction() as changes:
        coupons.remove(3)
        with pytest.raises(NotUnique):
            coupons.add(Coupon(code="one"))
        coupons.add(Coupon(code="three"))
    assert changes == [change(THREE, None), change(None, Coupon(id=4, code="three"))]
    assert list(coupons) == [ONE, TWO, Coupon(id=4, code="three")]


# Undoing


@alterations
@pytest.mark.parametrize("error", [Refused, KeyboardInterrupt])
def test_an_exception_undoes_the_alterations_and_goes_on_its_way(
    ledger: Ledger,
    coupons: Collection[Coupon],
    alter: Alteration,
    error: type[BaseException],
) -> None:
    refuse(ledger, coupons, alter, error)
    assert_untouched(coupons)
    assert not ledger.altered


def test_a_key_that_was_given_out_and_undone_is_not_given_out_again(
    ledger: Ledger, coupons: Collection[Coupon]
) -> None:
    refuse(ledger, coupons, lambda coupons: coupons.put(Coupon(id=70, code="seventy")))
    assert coupons.last_key == 70
    with ledger.transaction():
        assert coupons.add(Coupon(code="seventy")).id == 71


def test_threads_take_turns(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    """As the event loops of a test's clients do, which share a sandbox."""

    def alter() -> None:
        for _ in range(1000):
            with ledger.transaction() as changes:
                coupons.put(Coupon(id=4, code="four"))
                coupons.remove(4)
            assert [change.key for change in changes] == [4, 4]

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(alter), threads.submit(alter)]:
            done.result()
    with pytest.raises(StateError, match="open already"), ledger.transaction(), ledger.transaction():
        pass
    assert list(coupons) == [ONE, TWO, THREE]


# Reverting


@alterations
def test_reverting_committed_changes_restores_the_records_but_not_the_key_counter(
    ledger: Ledger, coupons: Collection[Coupon], alter: Alteration
) -> None:
    with ledger.transaction() as changes:
        alter(coupons)
    last_key = coupons.last_key
    with ledger.transaction():
        ledger.revert(reversed(changes))
    assert_untouched(coupons)
    assert coupons.last_key == last_key


def test_reverting_leaves_counts_of_what_was_given_out(ledger: Ledger) -> None:
    """A refusal does not: then nothing was given out."""
    counts = ledger.open("shop.counts", collection(Coupon, counts=True))
    with ledger.transaction() as changes:
        counts.put(Coupon(id=1, code="seven given"))
    with ledger.transaction() as reverting:
        ledger.revert(reversed(changes))
    assert (list(counts), reverting) == ([Coupon(id=1, code="seven given")], [])
    refuse(ledger, counts, lambda _: counts.put(Coupon(id=1, code="eight given")))
    assert list(counts) == [Coupon(id=1, code="seven given")]


def test_reverting_is_itself_recorded_and_can_be_reverted(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    with ledger.transaction() as changes:
        coupons.remove(1)
        coupons.put(Coupon(id=2, code="one"))
    with ledger.transaction() as reverting:
        ledger.revert(reversed(changes))
    assert reverting == [change(Coupon(id=2, code="one"), TWO), change(None, ONE)]
    with ledger.transaction():
        ledger.revert(reversed(reverting))
    assert list(coupons) == [Coupon(id=2, code="one"), THREE]


def test_reverting_can_be_undone(ledger: Ledger, coupons: Collection[Coupon]) -> None:
    with ledger.transaction() as changes:
        swap_codes(coupons)
    refuse(ledger, coupons, lambda _: ledger.revert(reversed(changes)))
    assert list(coupons) == [Coupon(id=1, code="two"), Coupon(id=2, code="one"), THREE]
    assert coupons._table.unique == {"code": {"two": 1, "one": 2, "three": 3}}
