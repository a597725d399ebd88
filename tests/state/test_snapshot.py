from __future__ import annotations

import pytest

from mockserver.state.change import Record
from mockserver.state.collection import NotUnique, StateError, collection
from mockserver.state.snapshot import load, take
from mockserver.state.transaction import Ledger, State


class Page(Record, frozen=True, kw_only=True):
    id: int = 0
    path: str
    topic: str | None = None


class Site(State):
    pages = collection(Page, unique={"path": lambda page: page.path}, index={"topic": lambda page: page.topic})
    drafts = collection(Page)


class Blog(State):
    posts = collection(Page)


class Sandbox:
    """A ledger with a site that has one page, `/`."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.site = Site(self.ledger, "site")
        with self.ledger.transaction():
            self.site.pages.add(Page(path="/", topic="home"))

    def add(self, *paths: str) -> None:
        with self.ledger.transaction():
            for path in paths:
                self.site.pages.add(Page(path=path))

    def remove(self, key: int) -> None:
        with self.ledger.transaction():
            self.site.pages.remove(key)

    def paths(self) -> list[str]:
        return [page.path for page in self.site.pages]


@pytest.fixture
def here() -> Sandbox:
    return Sandbox()


@pytest.fixture
def there() -> Sandbox:
    return Sandbox()


def test_loading_brings_back_records_indexes_and_the_key_counter(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    here.add("/about", "/contact")
    here.remove(1)
    load(here.ledger, snapshot)
    assert here.paths() == ["/"]
    assert here.site.pages._table.unique == {"path": {"/": 1}}
    assert here.site.pages._table.buckets == {"topic": {"home": (1,)}}
    assert here.site.pages.last_key == 1


def test_loading_a_later_snapshot_moves_the_key_counter_on(here: Sandbox) -> None:
    earlier = take(here.ledger)
    here.add("/about")
    here.remove(2)
    later = take(here.ledger)
    load(here.ledger, earlier)
    load(here.ledger, later)
    here.add("/contact")
    assert here.site.pages.by("path", "/contact") == Page(id=3, path="/contact")


def test_a_snapshot_can_be_loaded_any_number_of_times(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    for path in ["/about", "/contact"]:
        here.add(path)
        assert here.paths() == ["/", path]
        load(here.ledger, snapshot)
    assert here.paths() == ["/"]


def test_taking_and_loading_copy_nothing_until_the_first_alteration(here: Sandbox, there: Sandbox) -> None:
    before = here.site.pages._table
    snapshot = take(here.ledger)
    load(there.ledger, snapshot)
    assert snapshot.tables["site.pages"] is here.site.pages._table is there.site.pages._table is before
    there.add("/about")
    assert there.site.pages._table is not before
    assert here.site.pages._table is before
    assert there.site.drafts._table is here.site.drafts._table is snapshot.tables["site.drafts"]


def test_only_the_first_alteration_after_a_snapshot_copies(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    here.add("/about")
    copied = here.site.pages._table
    assert copied is not snapshot.tables["site.pages"]
    here.add("/contact")
    assert here.site.pages._table is copied
    take(here.ledger)
    here.add("/search")
    assert here.site.pages._table is not copied


@pytest.mark.parametrize("writer_took_it", [True, False], ids=["who took it writes", "who loaded it writes"])
def test_a_write_after_a_snapshot_leaves_the_other_sandbox_and_the_snapshot_untouched(
    here: Sandbox, there: Sandbox, *, writer_took_it: bool
) -> None:
    snapshot = take(here.ledger)
    load(there.ledger, snapshot)
    writer, reader = (here, there) if writer_took_it else (there, here)
    writer.add("/about")
    writer.remove(1)
    with writer.ledger.transaction():
        writer.site.pages.add(Page(path="/news", topic="home"))
    assert writer.paths() == ["/about", "/news"]
    for table in (reader.site.pages._table, snapshot.tables["site.pages"]):
        assert table.records == {1: Page(id=1, path="/", topic="home")}
        assert table.unique == {"path": {"/": 1}}
        assert table.buckets == {"topic": {"home": (1,)}}
        assert table.last_key == 1
    reader.add("/search")
    assert reader.paths() == ["/", "/search"]
    assert writer.paths() == ["/about", "/news"]


def test_order_is_kept_in_each_sandbox_that_shares_a_table(here: Sandbox, there: Sandbox) -> None:
    with here.ledger.transaction():
        here.site.pages.put(Page(id=9, path="/nine"))
        here.site.pages.put(Page(id=5, path="/five"))
    load(there.ledger, take(here.ledger))
    there.add("/ten")
    assert there.paths() == ["/", "/five", "/nine", "/ten"]
    assert here.paths() == ["/", "/five", "/nine"]


def test_undoing_after_a_snapshot_was_loaded_leaves_the_snapshot_untouched(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    here.ledger.begin()
    load(here.ledger, snapshot)
    here.site.pages.put(Page(id=1, path="/home"))
    assert here.paths() == ["/home"]
    here.ledger.undo()
    assert here.paths() == ["/"]
    assert snapshot.tables["site.pages"].unique == {"path": {"/": 1}}


def test_a_refused_alteration_leaves_the_snapshot_untouched(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    with here.ledger.transaction(), pytest.raises(NotUnique):
        here.site.pages.add(Page(path="/"))
    assert snapshot.tables["site.pages"].last_key == 1
    assert here.paths() == ["/"]


def test_a_snapshot_of_other_collections_is_refused_with_the_names_of_the_difference(here: Sandbox) -> None:
    other = Ledger()
    Site(other, "site")
    Blog(other, "blog")
    Blog(here.ledger, "a second blog")
    with pytest.raises(StateError) as refused:
        load(here.ledger, take(other))
    assert str(refused.value).endswith("only one side has a second blog.posts, blog.posts")
    assert here.paths() == ["/"]


@pytest.mark.parametrize("more_in_the_ledger", [True, False])
def test_a_snapshot_of_fewer_or_more_collections_is_refused(here: Sandbox, *, more_in_the_ledger: bool) -> None:
    larger = Sandbox()
    Blog(larger.ledger, "blog")
    into, of = (larger, here) if more_in_the_ledger else (here, larger)
    with pytest.raises(StateError, match=r"only one side has blog\.posts$"):
        load(into.ledger, take(of.ledger))


def test_loading_over_the_changes_of_an_open_transaction_is_refused(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    with here.ledger.transaction():
        here.site.pages.add(Page(path="/about"))
        with pytest.raises(StateError, match="open transaction"):
            load(here.ledger, snapshot)
    assert here.paths() == ["/", "/about"]


def test_taking_the_changes_of_an_open_transaction_is_refused(here: Sandbox) -> None:
    with here.ledger.transaction():
        assert take(here.ledger).tables["site.pages"].records.keys() == {1}
        here.site.pages.add(Page(path="/about"))
        with pytest.raises(StateError, match="open transaction"):
            take(here.ledger)
    assert here.paths() == ["/", "/about"]


def test_loading_in_a_transaction_that_has_altered_nothing_yet_is_allowed(here: Sandbox) -> None:
    snapshot = take(here.ledger)
    here.add("/about")
    with here.ledger.transaction() as changes:
        load(here.ledger, snapshot)
    assert here.paths() == ["/"]
    assert changes == []
