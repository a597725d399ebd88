"""The page about scenarios: every example, in its order, in an empty folder; and the scenario for a person at the app."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path

import pytest

from mockserver.client import MockServer, Sandbox
from mockserver.scenarios.choosing import choose
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Place, Target
from mockserver.scenarios.reading import read_scenario
from mockserver.scenarios.running import Runner
from tests.scenarios.gallery import FOLDER
from tests.test_docs import blocks
from tests.test_tours import Reader

_EMAIL = "una.undertest@example.com"


def test_every_example_of_the_page_does_what_it_says(tmp_path: Path) -> None:
    told = [block for block in blocks("docs/scenarios.md") if block.language != "console"]
    assert len(told) > 10
    with Reader(tmp_path) as reader:
        for block, answer in zip_longest(told, told[1:]):
            reader.do(block, answer)


class _Person(Asking):
    """Somebody who signs up in the app, which tries so many times."""

    def __init__(self, shop: Sandbox, attempts: int) -> None:
        super().__init__()
        self._shop = shop
        self._attempts = attempts
        self.asked: list[str] = []

    def pause(self, text: str) -> str:
        self.asked.append(text)
        with self._shop.client("kounta") as app:
            for _ in range(self._attempts):
                app.post("/companies/5678/customers.json", json={"first_name": "Una", "email": _EMAIL})
        return ""


@pytest.mark.parametrize(
    ("attempts", "outcome"),
    [
        pytest.param(1, "failed", id="an app that gives up"),
        pytest.param(2, "passed", id="an app that tries again"),
        pytest.param(3, "failed", id="an app that creates two"),
    ],
)
def test_a_person_at_the_app_is_asked_and_the_app_looked_at(attempts: int, outcome: str) -> None:
    scenario = read_scenario(FOLDER / "by-hand" / "app-tries-again.arazzo.yaml")
    with MockServer() as server, Target(Place(url=f"{server.url}/@default")) as target:
        server.default.clock.freeze()  # so that nobody waits
        person = _Person(server.default, attempts)
        (result,) = [Runner(target, {}, person).run(chosen) for chosen in choose([scenario], [], {}, target.place)]
    assert person.asked == [f"Sign up in the app as {_EMAIL}."]
    assert result.outcome == outcome, result
