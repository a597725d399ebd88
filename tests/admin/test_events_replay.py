"""How far back events go: what the journal has comes first, without gaps, and nothing comes twice."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from mockserver.app import build
from mockserver.fixture import Fixture
from mockserver.options import Options
from mockserver.server import Server, listen
from tests.admin.streaming import Open, Reader
from tests.dispatch.toys import default
from tests.webhooks.bell import bell
from tests.webhooks.tower import Tower


def ids(reader: Reader, count: int) -> list[int | None]:
    return [event.id for event in reader.take(count)]


def test_a_new_reader_is_told_nothing_old(tower: Tower, read: Open) -> None:
    tower.create("spoon")
    reader = read("types=exchange")
    tower.create("fork")
    assert reader.next().id == tower.newest()


def test_since_begins_with_what_the_journal_has(tower: Tower, read: Open) -> None:
    tower.create("spoon", "fork", "knife")
    first = tower.newest() - 2
    assert ids(read("types=exchange&since=0"), 3) == [first, first + 1, first + 2]
    reader = read(f"since={first + 1}")
    assert [event.kind for event in reader.take(2)] == ["state", "exchange"]
    tower.create("cup")
    assert [event.id for event in reader.take(2)] == [None, first + 3]


def test_a_browser_that_comes_again_says_how_far_it_came(tower: Tower, read: Open) -> None:
    tower.create("spoon", "fork", "knife")
    newest = tower.newest()
    reader = read(f"types=exchange&since={newest - 3}", {"Last-Event-ID": str(newest - 1)})
    assert reader.next().id == newest


def test_nothing_is_lost_or_told_twice_between_the_journal_and_what_comes(tower: Tower, read: Open) -> None:
    """Readers come and go while another thread asks."""
    count = 300
    first = tower.sandbox.journal.last_id + 1
    asking = Thread(target=tower.create, args=["spoon"] * count)
    asking.start()
    got: list[int] = []
    last: int = first - 1
    while len(got) < count:
        with read("types=exchange", {"Last-Event-ID": str(last)}) as reader:
            for event in reader.take(min(7, count - len(got))):
                assert event.id
                got.append(event.id)
                last = event.id
    asking.join()
    assert got == list(range(first, first + count))


def test_what_the_journal_has_no_more_is_admitted(tower: Tower, read: Open) -> None:
    tower.create("spoon", "fork")
    newest = tower.newest()
    tower.admin("DELETE", "requests")
    reader = read(f"types=exchange&since={newest - 1}")
    assert reader.next() == ("gap", None, {"after": newest - 1, "next": None})
    tower.create("knife")
    assert reader.next().id == newest + 1
    reader = read("types=exchange&since=0")
    assert reader.take(2)[0].data == {"after": 0, "next": newest + 1}
    assert read(f"since={newest}").next().kind == "state"


def test_a_reader_of_another_history_is_told_all_of_this_one(tower: Tower, read: Open) -> None:
    tower.create("spoon")
    reader = read("types=exchange", {"Last-Event-ID": "4711"})
    assert [event.kind for event in reader.take(2)] == ["gap", "exchange"]


@pytest.mark.parametrize(
    ("query", "headers", "says"),
    [
        ("types=toys", {}, "parameter-invalid"),
        ("types=", {}, "parameter-invalid"),
        ("since=-1", {}, "parameter-invalid"),
        ("since=soon", {}, "parameter-invalid"),
        ("", {"Last-Event-ID": "soon"}, "parameter-invalid"),
        ("after=1", {}, "parameter-unknown"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    belfry_server: Server, tower: Tower, query: str, headers: dict[str, str], says: str
) -> None:
    with Reader(f"{belfry_server.url}/@{tower.sandbox.name}/__admin/events?{query}", headers) as reader:
        assert reader.response.status == 400
        assert f'"row":"{says}"' in reader.response.read().decode()


def test_a_journal_that_is_off_is_told_of_all_the_same(tmp_path: Path) -> None:
    world = build(Fixture(), [bell(tmp_path)], Options(journal_entries=0))
    server = Server(world.app, listen())
    server.start()
    with Reader(f"{server.url}/__admin/events") as reader, Tower(world, default(world)) as tower:
        tower.create("spoon")
        assert [event.kind for event in reader.take(2)] == ["state", "exchange"]
    server.stop()
