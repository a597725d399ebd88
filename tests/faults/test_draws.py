"""Draws: the same seed gives the same ones again, and different requests get different ones."""

from __future__ import annotations

import math
from statistics import fmean, median

import pytest

from mockserver.faults.draws import draw, noise, wait
from mockserver.faults.rule import Fixed, Lognormal, Uniform
from tests.faults.hand import BAD, Hand

MANY = range(1, 4001)
HALF = {"id": "half", "probability": 0.5, **BAD}


def test_draws_are_known_by_seed_rule_purpose_and_number_and_spread_evenly() -> None:
    drawn = [draw(1, "a", "act", number) for number in MANY]
    assert drawn == [draw(1, "a", "act", number) for number in MANY]
    assert len(set(drawn)) == len(drawn)
    assert all(0 <= each < 1 for each in drawn)
    assert abs(fmean(drawn) - 0.5) < 0.02
    tenths = [sum(at / 10 <= each < (at + 1) / 10 for each in drawn) for at in range(10)]
    assert all(abs(count - 400) < 100 for count in tenths)
    for other in (draw(2, "a", "act", 1), draw(1, "b", "act", 1), draw(1, "a", "latency", 1), draw(1, "a", "act", 2)):
        assert other != drawn[0]


def test_waits_are_spread_as_they_say() -> None:
    assert {wait(Fixed(milliseconds=250), 1, "a", number) for number in MANY} == {0.25}
    even = [wait(Uniform(lower=100, upper=300), 1, "a", number) for number in MANY]
    assert 0.1 <= min(even) < 0.105
    assert 0.295 < max(even) <= 0.3
    assert abs(fmean(even) - 0.2) < 0.005
    long = [wait(Lognormal(median=200, sigma=0.5), 1, "a", number) for number in MANY]
    assert abs(median(long) - 0.2) < 0.01
    logs = [math.log(each * 1000 / 200) for each in long]
    assert abs(math.sqrt(fmean(each * each for each in logs)) - 0.5) < 0.02
    assert max(wait(Lognormal(median=200, sigma=3, max_value=400), 1, "a", number) for number in MANY) == 0.4
    assert max(wait(Lognormal(median=60_000, sigma=10), 1, "a", number) for number in MANY) == 60
    assert wait(Lognormal(median=0, sigma=1), 1, "a", 1) == 0


def test_noise_is_never_the_same_twice() -> None:
    assert len({noise(1, "a", number) for number in MANY}) == len(MANY)


def test_a_probability_is_how_often_a_rule_acts(shelf: Hand) -> None:
    shelf.set({**HALF, "id": "half"}, {"id": "rest", "probability": 0.5, "then": {"status": 500}})
    statuses = shelf.statuses(200)
    assert 70 < statuses.count(503) < 130
    assert 25 < statuses.count(500) < 80
    (matched, acted), (left, _) = shelf.uses()
    assert (matched, acted, left) == (200, statuses.count(503), 200 - acted)


def test_a_reset_or_a_rewind_begins_the_same_sequence_again(shelf: Hand) -> None:
    shelf.set(HALF)
    first = shelf.statuses(30)
    assert {*first} == {200, 503}
    shelf.client.post("/__admin/reset")
    shelf.set(HALF)
    assert shelf.statuses(30) == first
    tenth = [exchange.id for exchange in shelf.sandbox.journal if exchange.vendor == "cups"][-10]
    assert shelf.client.post(f"/__admin/requests/{tenth}/rewind").status_code == 200
    assert shelf.statuses(21) == first[9:]


@pytest.mark.parametrize(("change", "same"), [({}, True), ({"id": "other"}, False), ({"after": 0}, True)])
def test_a_sequence_is_a_rules_own(shelf: Hand, change: dict[str, object], *, same: bool) -> None:
    shelf.set(HALF)
    first = shelf.statuses(40)
    shelf.set({**HALF, **change})
    assert (shelf.statuses(40) == first) is same


def test_sandboxes_of_one_seed_get_the_same_sequence_and_those_of_another_get_another(shelf: Hand) -> None:
    shelf.set(HALF)
    first = shelf.statuses(40)
    sequences = []
    for seed in (shelf.sandbox.seed, shelf.sandbox.seed + 1):
        made = shelf.client.post("/__admin/sandboxes", json={"seed": seed})
        assert made.status_code == 201, made.text
        url = made.json()["url"]
        assert shelf.client.post(f"{url}/__admin/faults", json=HALF).status_code == 200
        sequences.append([shelf.client.get(f"{url}/cups/v1/cups?size=1").status_code for _ in range(40)])
        shelf.client.delete(f"{url}/__admin/sandboxes/{made.json()['name']}")
    assert sequences[0] == first
    assert sequences[1] != first
