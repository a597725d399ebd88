from __future__ import annotations

import pytest

from mockserver.state.change import Record
from mockserver.state.collection import Collection, NotUnique, StateError, collection
from mockserver.state.transaction import Ledger, State


class Page(Record, frozen=True, kw_only=True):
    id: int = 0
    path: str
    topic: str | None = None


class Site(State):
    pages = collection(Page, unique={"path": lambda page: page.path}, index={"topic": lambda page: page.topic})


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def pages(ledger: Ledger) -> Collection[Page]:
    return Site(ledger, "site").pages


def test_a_table_of_records_is_as_if_they_had_been_stored_one_by_one(ledger: Ledger, pages: Collection[Page]) -> None:
    records = [Page(id=id, path=f"/{id}", topic=("news", None)[id % 2]) for id in (5, 3, 9, 4)]
    table = pages.tabulate(records, 20)
    with ledger.transaction():
        for record in records:
            pages.put(record)
        pages.put(Page(id=20, path="/20"))
        pages.remove(20)
    stored = pages.share()
    assert (table.records, table.unique, table.buckets, table.last_key) == (
        stored.records,
        stored.unique,
        stored.buckets,
        20,
    )
    pages.load(table)
    assert [page.id for page in pages] == [3, 4, 5, 9]
    assert [page.id for page in pages.find("topic", "news")] == [4]


def test_the_key_counter_is_past_every_key(pages: Collection[Page]) -> None:
    assert pages.tabulate([Page(id=7, path="/")], 3).last_key == 7


def test_making_a_table_alters_nothing(pages: Collection[Page]) -> None:
    pages.tabulate([Page(id=7, path="/")], 7)
    assert (len(pages), pages.last_key) == (0, 0)


def test_two_records_of_one_key_are_refused(pages: Collection[Page]) -> None:
    with pytest.raises(StateError, match="two records have the key 7"):
        pages.tabulate([Page(id=7, path="/a"), Page(id=7, path="/b")], 0)


def test_two_records_of_one_unique_value_are_refused(pages: Collection[Page]) -> None:
    with pytest.raises(NotUnique, match=r"site\.pages: path '/a' belongs to record 7"):
        pages.tabulate([Page(id=7, path="/a"), Page(id=8, path="/a")], 0)
