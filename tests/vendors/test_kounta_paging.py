"""Lists at Kounta: pages of 25, from one to the next by number or by address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings, strategies as st

from mockserver.sandbox import Sandbox
from mockserver.vendors.kounta.records import Customer
from tests.appclient import AppClient
from tests.vendors.kounta_restaurant import (
    CUSTOMERS,
    FIELDS,
    JAMIE,
    OTHER,
    basic,
    create,
    refused,
    take_out,
)

SIZE = 25
COUNTS = [0, 1, 24, 25, 26, 49, 50, 51, 76]
REFERENCE = "R&D=1 \N{SNOWMAN}"
QUERIES = [{}, {"reference_id": REFERENCE}]
LAST = 9007199254740991
Between = Callable[[], object]


def fill(sandbox: Sandbox, count: int, reference_id: str | None) -> list[int]:
    """Leave so many customers, or so many with a reference id among others; returns their ids."""
    restaurant = sandbox.subjects["kounta"]
    application = restaurant.first_application.client_id
    with sandbox.ledger.transaction():
        for customer in [*restaurant.customers]:
            restaurant.customers.remove(customer.id)
        kept = [restaurant.customers.add(Customer(0, "Ann", phone="1")).id for _ in range(count)]
        if reference_id is not None:
            for id in kept:
                restaurant.customers.add(Customer(0, "Bob", phone="1"))
                restaurant.refer(application, id, reference_id)
    return kept


def by_links(kounta: AppClient, query: dict[str, str]) -> Iterator[Response]:
    """Every page, each by the address that the one before gave."""
    reply = kounta.get(CUSTOMERS, params=query)
    yield reply
    while "x-next-page" in reply.headers:
        reply = kounta.get(reply.headers["x-next-page"])
        yield reply


def by_numbers(kounta: AppClient, query: dict[str, str]) -> Iterator[Response]:
    """Every page by its number, as many as the one before said that there are."""
    pages, number = 1, 0
    while number < pages:
        reply = kounta.get(CUSTOMERS, params=query, headers={"X-Page": str(number)})
        pages, number = int(reply.headers["x-pages"]), number + 1
        yield reply


WAYS = pytest.mark.parametrize("way", [by_links, by_numbers])
FILTERS = pytest.mark.parametrize("query", QUERIES, ids=["everyone", "reference_id"])
Way = Callable[[AppClient, dict[str, str]], Iterator[Response]]


def met(pages: Iterator[Response], between: Between | None = None) -> list[int]:
    """The ids on all pages in the order in which they came, with something done after each page."""
    ids: list[int] = []
    for reply in pages:
        assert reply.status_code == 200, reply.text
        page = [customer["id"] for customer in reply.json()]
        assert len(page) == SIZE or "x-next-page" not in reply.headers
        ids += page
        if between is not None:
            between()
    return ids


@WAYS
@FILTERS
@pytest.mark.parametrize("count", COUNTS)
def test_all_pages_together_have_everyone_once(
    kounta: AppClient, sandbox: Sandbox, count: int, query: dict[str, str], way: Way
) -> None:
    ids = fill(sandbox, count, query.get("reference_id"))
    assert met(way(kounta, query)) == ids


@WAYS
@FILTERS
@pytest.mark.parametrize("count", [1, 24, 25, 60])
def test_those_who_come_meanwhile_are_met_once_as_well(
    kounta: AppClient, sandbox: Sandbox, count: int, query: dict[str, str], way: Way
) -> None:
    ids = fill(sandbox, count, query.get("reference_id"))
    left = [1, 2, 7, 3, 1]

    def some_come() -> None:
        ids.extend(create(kounta, **query) for _ in range(left.pop() if left else 0))

    pages = way(kounta, query)
    seen = met(pages, some_come)
    assert len(seen) == len(set(seen))
    assert seen == ids[: len(seen)]
    assert len(seen) >= count


@FILTERS
def test_by_links_nobody_is_missed_though_others_are_deleted_meanwhile(
    kounta: AppClient, sandbox: Sandbox, query: dict[str, str]
) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(count=st.integers(26, 60), data=st.data())
    def play(count: int, data: st.DataObject) -> None:
        sandbox.reset()
        ids = fill(sandbox, count, query.get("reference_id"))
        gone: set[int] = set()

        def some_go() -> None:
            for id in data.draw(st.sets(st.sampled_from(ids), max_size=4)) - gone:
                take_out(kounta, sandbox, id)
                gone.add(id)

        seen = met(by_links(kounta, query), some_go)
        assert seen == [id for id in ids if id in seen]
        assert {*ids} - gone <= {*seen}

    play()


@FILTERS
@pytest.mark.parametrize("count", COUNTS)
def test_every_page_says_which_it_is_and_of_how_many(
    kounta: AppClient, sandbox: Sandbox, count: int, query: dict[str, str]
) -> None:
    fill(sandbox, count, query.get("reference_id"))
    pages = max(1, -(-count // SIZE))
    for way in (by_links, by_numbers):
        replies = [*way(kounta, query)]
        told = [(int(reply.headers["x-page"]), int(reply.headers["x-pages"])) for reply in replies]
        assert told == [(number, pages) for number in range(pages)]
        assert ["x-next-page" in reply.headers for reply in replies] == [True] * (pages - 1) + [False]


@FILTERS
@pytest.mark.parametrize("number", [3, 1000, 2147483647])
def test_a_page_beyond_the_last_is_empty(
    kounta: AppClient, sandbox: Sandbox, number: int, query: dict[str, str]
) -> None:
    fill(sandbox, 51, query.get("reference_id"))
    reply = kounta.get(CUSTOMERS, params=query, headers={"X-Page": str(number)})
    assert (reply.status_code, reply.json()) == (200, []), reply.text
    assert (reply.headers["x-page"], reply.headers["x-pages"]) == (str(number), "3")
    assert "x-next-page" not in reply.headers


@FILTERS
def test_start_lists_those_with_higher_ids_whatever_the_page(
    kounta: AppClient, sandbox: Sandbox, query: dict[str, str]
) -> None:
    ids = fill(sandbox, 51, query.get("reference_id"))
    begun = {0: 0, ids[0] - 1: 0, ids[0]: 1, ids[24]: 25, ids[49]: 50, ids[50]: 51, LAST: 51}
    for start, first in begun.items():
        for headers in ({}, {"X-Page": "1"}):
            reply = kounta.get(CUSTOMERS, params={**query, "start": start}, headers=headers)
            assert reply.status_code == 200, reply.text
            assert [customer["id"] for customer in reply.json()] == ids[first : first + SIZE]
            told = (reply.headers["x-page"], reply.headers["x-pages"])
            assert told == (str(first // SIZE), "3")


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize("query", ["", "reference_id=R%26D%3D1+%E2%98%83&start=3&q=&start=4&x=1%2B1"])
def test_the_next_page_is_at_an_address_like_the_first(
    kounta: AppClient, sandbox: Sandbox, ending: str, query: str
) -> None:
    ids = fill(sandbox, 26, REFERENCE if query else None)
    reply = kounta.get(f"{CUSTOMERS}{ending}?{query}")
    url = urlsplit(reply.headers["x-next-page"])
    assert url.geturl().startswith(f"http://127.0.0.1/@{sandbox.name}/v1/companies/5678/customers{ending}?")
    kept = [("reference_id", REFERENCE), ("q", ""), ("x", "1+1")] if query else []
    assert parse_qsl(url.query, keep_blank_values=True) == [*kept, ("start", str(ids[24]))]


def test_the_next_page_is_at_the_origin_that_the_client_used(kounta: AppClient) -> None:
    reply = kounta.get(CUSTOMERS, headers={"Host": "kounta.test:8900"})
    assert reply.headers["x-next-page"].startswith("http://kounta.test:8900/@")


def test_entries_have_every_field_in_the_order_of_the_ids(kounta: AppClient) -> None:
    entries = kounta.get(CUSTOMERS).json()
    ids = [entry["id"] for entry in entries]
    assert (ids[0], ids) == (JAMIE, sorted(ids))
    for entry in entries[:3]:
        assert list(entry) == FIELDS
        shown = kounta.get(f"{CUSTOMERS}/{entry['id']}").json()
        assert {**shown, "created_at": "", "updated_at": ""} == {**entry, "created_at": "", "updated_at": ""}


def test_another_application_has_pages_of_its_own(kounta: AppClient, sandbox: Sandbox) -> None:
    fill(sandbox, 26, REFERENCE)
    assert kounta.get(CUSTOMERS, params={"reference_id": REFERENCE}).headers["x-pages"] == "2"
    reply = kounta.get(CUSTOMERS, params={"reference_id": REFERENCE}, headers=basic(*OTHER))
    assert (reply.json(), reply.headers["x-pages"]) == ([], "1")
    assert len(kounta.get(CUSTOMERS, headers={"X-Page": "2", **basic(*OTHER)}).json()) == 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        *((text, "must be an integer") for text in ("", "x", "1.0", "1e3", "0x1", "+1", " ", "1,2", "\u00b2")),
        *((text, "must be at least 0") for text in ("-1", "-2147483648")),
        *((text, "must be at most {most}") for text in ("9007199254740992", "999999999999999999")),
        ("9" * 40, "must be an integer"),
    ],
)
def test_what_is_no_number_is_refused(kounta: AppClient, given: str, reason: str) -> None:
    by_header = kounta.get(CUSTOMERS, headers=[(b"X-Page", given.encode("latin-1"))])
    assert refused(by_header) == (400, "bad_request", f"X-Page {reason.format(most=2147483647)}")
    by_id = kounta.get(CUSTOMERS, params={"start": given})
    assert refused(by_id) == (400, "bad_request", f"start {reason.format(most=9007199254740991)}")


def test_lookups_and_single_customers_know_no_pages(kounta: AppClient) -> None:
    for request in (kounta.get(f"{CUSTOMERS}?mobile=0412345678"), kounta.get(f"{CUSTOMERS}/{JAMIE}")):
        assert not {"x-page", "x-pages", "x-next-page"} & {*request.headers}
