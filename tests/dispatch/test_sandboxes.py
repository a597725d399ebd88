"""For which sandbox a request is."""

from __future__ import annotations

import pytest

from tests.dispatch.cups import client, names
from tests.dispatch.toys import Make


@pytest.mark.parametrize(
    ("path", "headers", "chosen"),
    [
        ("", {}, "default"),
        ("/@one", {}, "one"),
        ("", {"X-Mock-Sandbox": "two"}, "two"),
        ("", {"Host": "three.localhost"}, "three"),
        ("", {"Host": "three.localhost:8000"}, "three"),
        ("", {"Host": "localhost:8000"}, "default"),
        ("", {"Host": "three.localhost.example"}, "default"),
        ("/@one", {"X-Mock-Sandbox": "two", "Host": "three.localhost"}, "one"),
        ("", {"X-Mock-Sandbox": "two", "Host": "three.localhost"}, "two"),
        ("/@default", {"X-Mock-Sandbox": "two"}, "default"),
    ],
)
def test_prefix_goes_before_header_before_host_before_default(
    make: Make, path: str, headers: dict[str, str], chosen: str
) -> None:
    world = make()
    for name in ("one", "two", "three"):
        world.sandboxes.create(name)
    with client(world) as shop:
        assert shop.post(f"{path}/cups/v1/cups", json={"name": "mine"}, headers=headers).status_code == 201
    assert {sandbox.name for sandbox in world.sandboxes if "mine" in names(sandbox)} == {chosen}
    assert {sandbox.name for sandbox in world.sandboxes if len(sandbox.journal)} == {chosen}


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/@nobody", {}), ("", {"X-Mock-Sandbox": "nobody"}), ("/@", {}), ("", {"Host": "nobody.localhost:1"})],
)
def test_an_unknown_sandbox_is_a_problem_that_names_the_known_ones(
    make: Make, path: str, headers: dict[str, str]
) -> None:
    world = make()
    world.sandboxes.create("one")
    with client(world) as shop:
        reply = shop.post(f"{path}/cups/v1/cups", json={"name": "mine"}, headers=headers)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["known"] == ["default", "one"]
    assert [len(sandbox.journal) for sandbox in world.sandboxes] == [0, 0]
