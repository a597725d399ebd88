"""The tally: what is counted together, what is told apart, and that it stays small."""

from __future__ import annotations

import pytest

from mockserver.findings import Finding
from mockserver.tally import KEPT, Counts, Met, Tally, outside, without_sandbox

AGE, COLOUR = Finding("ignored-field", "the vendor ignores age"), Finding("ignored-field", "the vendor ignores colour")


def meet(tally: Tally, exchange: int, *findings: Finding, operation: str | None = "create_customer") -> None:
    tally.meet("kounta", operation, "POST", f"/customers?call={exchange}", findings, exchange)


def counts(met: Counts) -> dict[tuple[str | None, str | None], tuple[int, int, int]]:
    """By operation and message: how often, and in which exchanges first and last."""
    return {
        (key.operation, key.message): (times.count, times.first.exchange, times.last.exchange)
        for key, times in met.items()
    }


def test_findings_are_counted_by_operation_id_and_words() -> None:
    tally = Tally("checkout")
    meet(tally, 1, AGE)
    meet(tally, 2, AGE, COLOUR)
    meet(tally, 3, AGE, operation="update_customer")
    meet(tally, 4, AGE)
    assert counts(tally.met) == {
        ("create_customer", AGE.message): (3, 1, 4),
        ("create_customer", COLOUR.message): (1, 2, 2),
        ("update_customer", AGE.message): (1, 3, 3),
    }
    times = tally.met[Met("kounta", "create_customer", AGE.id, AGE.message)]
    assert (times.first.sandbox, times.first.method, times.first.target) == ("checkout", "POST", "/customers?call=1")


def test_what_was_taken_is_forgotten_and_can_be_added_elsewhere() -> None:
    first, second, run = Tally("first"), Tally("second"), Tally()
    meet(first, 7, AGE)
    meet(second, 1, AGE)
    meet(first, 8, AGE)
    run.add(second.take())
    run.add(first.take())
    assert (first.met, second.met) == ({}, {})
    [times] = run.met.values()
    assert (times.count, times.first.sandbox, times.first.exchange) == (3, "first", 7)
    assert (times.last.sandbox, times.last.exchange) == ("first", 8)


def test_adding_leaves_alone_what_is_added() -> None:
    one, run = Tally("one"), Tally()
    meet(one, 1, AGE)
    run.add(one.met)
    meet(one, 2, AGE)
    run.add(one.met)
    assert counts(one.met) == {("create_customer", AGE.message): (2, 1, 2)}
    assert counts(run.met) == {("create_customer", AGE.message): (3, 1, 2)}


@pytest.mark.parametrize("way", ["met", "added"])
def test_past_the_bound_they_are_counted_without_their_words(way: str) -> None:
    tally, other = Tally(), Tally()
    many = [Finding("ignored-field", f"the vendor ignores field-{number}") for number in range(KEPT)]
    meet(tally, 1, *many)
    target = tally if way == "met" else other
    meet(target, 2, COLOUR, COLOUR)
    meet(target, 3, COLOUR, many[0])
    meet(target, 4, Finding("bug", "it broke"))
    if way == "added":
        tally.add(other.met)
    told = counts(tally.met)
    assert len(tally.met) == KEPT + 2
    assert told["create_customer", many[0].message] == (2, 1, 3)
    assert {key.id: tally.met[key].count for key in tally.met if key.message is None} == {"ignored-field": 3, "bug": 1}


def test_what_is_kept_of_an_address_and_of_words_is_short() -> None:
    tally = Tally()
    tally.meet("", None, "GET", "/" + "x" * 9000, [Finding("outside-contract", "y" * 9000)], 1)
    [(key, times)] = tally.met.items()
    assert (len(key.message or ""), len(times.first.target)) == (500, 500)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/nowhere", "/nowhere"),
        ("/nowhere?token=secret", "/nowhere"),
        ("/@checkout/nowhere", "/nowhere"),
        ("/@checkout", "/"),
        ("/@checkout?next=/@other/", "/"),
    ],
)
def test_a_request_that_nobody_answers_is_told_by_its_path(target: str, path: str) -> None:
    assert outside("GET", target) == Finding("outside-contract", f"no contract has GET {path}")


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ("/a?b=/@c/d", "/a?b=/@c/d"),
        ("/@checkout/a?b=c", "/a?b=c"),
        ("/@checkout?b=c/d", "/?b=c/d"),
    ],
)
def test_an_address_can_be_told_as_the_vendor_has_it(target: str, address: str) -> None:
    assert without_sandbox(target) == address
