"""Event loops that end, begin anew, and run at once; and a server that stops."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from mockserver.world import World
from tests.webhooks.bell import Thing
from tests.webhooks.receiver import DEADLINE, Receiver
from tests.webhooks.tower import Tower

ROOT = Path(__file__).parents[2]


def test_what_is_under_way_when_a_loop_ends_is_sent_on_the_next_one(world: World, app: Receiver) -> None:
    app.hang()
    with Tower(world) as first:
        first.freeze()
        first.subscribe(app.url)
        first.create("a", "b")
        app.wait(1)
    app.go_on()
    with Tower(world, first.sandbox) as second:
        assert second.statuses() == ["waiting", "waiting"]
        second.settle()
        assert second.statuses() == ["delivered", "delivered"]
    assert app.names == ["a", "a", "b"]


def test_a_change_on_a_new_loop_sends_the_rest_of_all_sandboxes(world: World, app: Receiver) -> None:
    app.answer = lambda _: 500
    with Tower(world) as first:
        first.freeze()
        first.subscribe(app.url)
        first.create("a")
        first.settle()
    app.answer = lambda _: 204
    with first.sandbox.ledger.transaction():
        first.sandbox.clock.advance(timedelta(seconds=10))
    with Tower(world) as second:
        second.subscribe(app.url)
        second.create("b")
        app.wait(3)
    assert sorted(app.names) == ["a", "a", "b"]


def test_without_a_lasting_loop_everything_waits(world: World, app: Receiver) -> None:
    tower = Tower(world)  # never entered: each request has a loop of its own, and no time to send
    tower.freeze()
    tower.subscribe("http://shop.example/")
    tower.subscribe(app.url)
    tower.create(*"abc")
    with tower:
        tower.create("d")
        tower.settle()
    assert list(dict.fromkeys(app.names)) == ["a", "b", "c", "d"]
    assert set(tower.statuses("&subscription=2")) == {"delivered"}


def test_where_no_loop_runs_nothing_breaks(world: World, app: Receiver) -> None:
    tower = Tower(world)
    tower.subscribe(app.url)
    sandbox = tower.sandbox
    with sandbox.ledger.transaction() as changes:
        sandbox.subjects["bell"].things.add(Thing(name="a"))
    sandbox.webhooks.notice("bell", changes, 1, sandbox.clock.time())
    sandbox.webhooks.wake()
    with tower:
        assert len(tower.deliveries()) == 1
        app.wait(1)


def test_loops_of_several_threads_share_a_sandbox(world: World, app: Receiver) -> None:
    """As when a test has a client for the vendor and one for the admin API, and both at once."""
    with Tower(world) as one, Tower(world, one.sandbox) as two:
        one.subscribe(app.url)
        made: list[str] = []

        def change(tower: Tower, letter: str) -> None:
            for number in range(100):
                [id] = tower.create(f"{letter}{number}")
                made.append(str(id))

        threads = [threading.Thread(target=change, args=pair) for pair in ((one, "a"), (two, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        app.wait(200)
        assert [received.json["id"] for received in app.received] == sorted(map(int, made))
        for letter in "ab":
            own = [name for name in app.names if name.startswith(letter)]
            assert own == [f"{letter}{number}" for number in range(100)]


def test_one_loop_ends_while_another_goes_on(world: World, app: Receiver) -> None:
    with Tower(world) as one:
        one.freeze()
        one.subscribe(app.url)
        with Tower(world, one.sandbox) as two:
            two.create("a")
            two.settle()
        one.create("b")
        one.settle()
    assert app.names == ["a", "b"]


@pytest.mark.filterwarnings("error")
def test_a_loop_ends_without_a_word(world: World, app: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    app.hang()
    with Tower(world) as tower:
        tower.subscribe(app.url)
        tower.subscribe(app.url, "things/removed")
        tower.create("a")
        app.wait(1)
    gc.collect()
    asyncio.run(asyncio.sleep(0))
    assert caplog.text == ""


def test_a_delivery_that_is_gone_and_back_while_its_attempt_is_broken_off_is_sent_again(
    world: World, app: Receiver
) -> None:
    tower = Tower(world)
    tower.freeze()
    tower.subscribe(app.url)
    sandbox, deliveries = tower.sandbox, tower.sandbox.control.deliveries
    app.hang()

    async def go_and_come_back() -> None:
        with sandbox.ledger.transaction() as changes:
            sandbox.subjects["bell"].things.add(Thing(name="a"))
        sandbox.webhooks.notice("bell", changes, 1, sandbox.clock.time())
        sandbox.webhooks.wake()
        await asyncio.to_thread(app.wait, 1)
        [delivery] = deliveries
        with sandbox.ledger.transaction():
            deliveries.remove(delivery.id)
        sandbox.webhooks.wake()
        await asyncio.sleep(0)
        with sandbox.ledger.transaction():
            deliveries.put(delivery)
        app.go_on()
        sandbox.webhooks.wake()
        await asyncio.to_thread(app.wait, 2)

    asyncio.run(go_and_come_back())
    with tower:
        [shown] = tower.settle()
    assert [attempt["error"] for attempt in shown["attempts"]] == [""]


# A process


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The program with the bell, as another package would register it."""
    described = tmp_path / "bell_shop-1.0.dist-info"
    described.mkdir()
    (described / "METADATA").write_text("Metadata-Version: 2.1\nName: bell-shop\nVersion: 1.0\n")
    (described / "entry_points.txt").write_text("[mockserver.vendors]\nbell = bell_shop:VENDOR\n")
    (tmp_path / "bell_shop.py").write_text(
        "from pathlib import Path\nfrom tests.webhooks.bell import bell\nVENDOR = bell(Path(__file__).parent)\n"
    )
    (tmp_path / "nothing.yaml").write_text("description: Nothing\n")
    command = [sys.executable, "-X", "dev", "-m", "mockserver", "serve", "--port", "0", "--vendor", "bell"]
    with subprocess.Popen(
        [*command, "--fixture", str(tmp_path / "nothing.yaml")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": f"{ROOT}:{tmp_path}", "PATH": ""},
    ) as process:
        yield process
        process.kill()


def test_a_server_stops_in_silence_with_webhooks_under_way(server: subprocess.Popen[str], app: Receiver) -> None:
    assert server.stdout
    first = server.stdout.readline()
    url = next((word for word in first.split() if word.startswith("http")), None)
    assert url is not None, server.stderr and server.stderr.read()
    app.answer = lambda received: 500 if received.json["name"] == "b" else 204
    with httpx2.Client(base_url=url) as client:
        for id in (1, 2):
            client.put(f"/__admin/state/bell/listeners/{id}", json={"url": app.url}).raise_for_status()
        client.post("/bell/v1/things", json={"name": "a"}).raise_for_status()
        app.wait(2)
        client.post("/bell/v1/things", json={"name": "b"}).raise_for_status()
        app.wait(4)
        while [len(shown["attempts"]) for shown in client.get("/__admin/webhooks").json()["deliveries"]] != [1] * 4:
            time.sleep(0.01)
        app.hang()
        client.put("/__admin/clock", json={"action": "advance", "durationMillis": 10_000}).raise_for_status()
        app.wait(6)
    server.terminate()
    rest, errors = server.communicate(timeout=DEADLINE)
    assert (server.returncode, errors) == (0, ""), rest


def test_nothing_that_sends_is_imported_before_there_is_something_to_send() -> None:
    script = (
        "import sys, mockserver.app, mockserver.cli\n"
        "from mockserver.fixture import Fixture\n"
        "mockserver.app.build(Fixture(), [])\n"
        "sys.exit(any(name in sys.modules for name in ('aiohttp', 'yarl', 'mockserver.webhooks.sender')))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, cwd=ROOT).returncode == 0
