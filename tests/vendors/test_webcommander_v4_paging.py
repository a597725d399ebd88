"""Lists in the second generation: pages of 20 at most, in one of six orders, from one to the next by its address."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.vendors.webcommander_v4 import (
    CUSTOMERS,
    JOHN,
    JOHNS_EMAIL,
    KEYS,
    MIA,
    NOAH,
    create,
    findings,
    get,
    refused,
    trash,
    update,
)

MOST = 20
ORDERS = ["id", "display_id", "first_name", "last_name", "email", "created_at"]
PAGINATION = """
    records limit offset total count current_page total_pages has_next has_previous previous_page next_page
""".split()  # noqa: SIM905  as it is read
CAPPED = ("limit-capped", "the vendor shows 20 customers at most, not 500")


@pytest.fixture
def v4(v4: AppClient) -> AppClient:
    """Some who are equal in most orders, and some more in the trash."""
    for name in ("kim", "Kim", "KIM", "Robin", "robin"):
        create(v4, first_name=name, last_name="doe")
    for id in (MIA, NOAH, create(v4)["id"]):
        trash(v4, id)
    return v4


def records(sandbox: Sandbox) -> list[Any]:
    """Everybody who is not in the trash, by id."""
    return [one for one in sandbox.subjects["webcommander"].customers if not one.is_in_trash]


def ids(sandbox: Sandbox, order: str = "id", *, descends: bool = False) -> list[int]:
    """The ids of all, in the order in which they are to be listed."""

    def value(record: Any) -> Any:
        kept = getattr(record, order)
        return kept.casefold() if isinstance(kept, str) else kept or ""

    return [record.id for record in sorted(records(sandbox), key=value, reverse=descends)]


def page(v4: AppClient, url: str = CUSTOMERS, /, **query: Any) -> tuple[list[int], dict[str, Any]]:
    """The ids on a page, and its pagination."""
    reply = v4.get(url, params=query or None)
    assert reply.status_code == 200, reply.text
    assert list(reply.json()) == ["customers", "pagination"]
    customers, pagination = reply.json()["customers"], reply.json()["pagination"]
    assert all(list(customer) == KEYS for customer in customers)
    assert list(pagination) == PAGINATION
    assert (pagination["count"], pagination["total"]) == (len(customers), pagination["records"])
    assert pagination["has_next"] is (pagination["next_page"] is not None)
    assert pagination["has_previous"] is (pagination["previous_page"] is not None)
    return [customer["id"] for customer in customers], pagination


def walked(v4: AppClient, way: str = "next_page", url: str = CUSTOMERS, /, **query: Any) -> Iterator[list[int]]:
    """The ids of every page, each of which is at the address that the one before gave."""
    shown, pagination = page(v4, url, **query)
    yield shown
    while pagination[way] is not None:
        shown, pagination = page(v4, pagination[way])
        yield shown


def listed(v4: AppClient, **query: Any) -> list[int]:
    """The ids on all pages."""
    return list(chain.from_iterable(walked(v4, **query)))


def test_all_pages_together_have_everyone_once_and_in_order(v4: AppClient, sandbox: Sandbox) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        limit=st.integers(1, 70),
        name=st.sampled_from(["limit", "max"]),
        order=st.sampled_from(ORDERS),
        direction=st.sampled_from(["ASC", "DESC", "desc", "None"]),
    )
    def play(limit: int, name: str, order: str, direction: str) -> None:
        pages = [*walked(v4, **{name: limit}, order_by=order, direction=direction)]
        everyone = ids(sandbox, order, descends=direction.upper() == "DESC")
        assert list(chain.from_iterable(pages)) == everyone
        assert [len(page) for page in pages[:-1]] == [min(limit, MOST)] * (len(pages) - 1)

    play()


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("offset", [0, 1, 2, 19, 55, 56])
def test_a_page_begins_anywhere_whoever_is_in_the_trash(
    v4: AppClient, sandbox: Sandbox, offset: int, direction: str
) -> None:
    everyone = ids(sandbox, descends=direction == "DESC")
    shown, pagination = page(v4, offset=offset, limit=3, direction=direction)
    assert shown == everyone[offset : offset + 3]
    assert (pagination["records"], pagination["offset"], pagination["limit"]) == (len(everyone), offset, 3)


def test_the_way_back_has_everyone_once_too(v4: AppClient, sandbox: Sandbox) -> None:
    last = (len(records(sandbox)) - 1) // 7 * 7
    pages = [*walked(v4, "previous_page", CUSTOMERS, limit=7, offset=last)]
    assert list(chain.from_iterable(reversed(pages))) == ids(sandbox)
    assert page(v4, limit=7, offset=3)[1]["previous_page"].endswith("?limit=7&offset=0")


def test_a_page_says_which_it_is_and_of_how_many(v4: AppClient, sandbox: Sandbox) -> None:
    total = len(records(sandbox))
    told = [page(v4, offset=offset, limit=20)[1] for offset in (0, 20, 40, 60)]
    pages = -(-total // 20)
    assert (total > 40, pages) == (True, 3)
    assert [(one["current_page"], one["total_pages"]) for one in told] == [(1, 3), (2, 3), (3, 3), (4, 3)]
    assert [one["count"] for one in told] == [20, 20, total - 40, 0]
    assert [(one["has_previous"], one["has_next"]) for one in told] == [
        *((False, True), (True, True), (True, False), (True, False))
    ]


def test_the_addresses_keep_what_was_asked(v4: AppClient, sandbox: Sandbox) -> None:
    query = {"order_by": "first_name", "limit": "2", "status": "awaiting_verification", "direction": "DESC"}
    url = urlsplit(page(v4, offset=2, **query)[1]["next_page"])
    assert url.geturl().startswith(f"http://127.0.0.1/@{sandbox.name}/api/v4/admin/customers?")
    assert dict(parse_qsl(url.query)) == {**query, "offset": "4"}
    elsewhere = v4.get(CUSTOMERS, headers={"Host": "shop.test:8900"}).json()["pagination"]["next_page"]
    assert elsewhere == f"http://shop.test:8900/@{sandbox.name}/api/v4/admin/customers?offset=20"


@pytest.mark.parametrize(
    ("query", "size", "noted"),
    [
        ({}, 20, []),
        ({"limit": 20}, 20, []),
        ({"limit": 500}, 20, [CAPPED]),
        ({"max": 500}, 20, [CAPPED]),
        ({"max": 3}, 3, []),
        ({"limit": 4, "max": 500}, 4, []),
    ],
)
def test_at_most_twenty_are_on_a_page(
    v4: AppClient, sandbox: Sandbox, query: dict[str, int], size: int, noted: list[tuple[str, str]]
) -> None:
    shown, pagination = page(v4, **query)
    assert (len(shown), pagination["limit"]) == (size, size)
    assert findings(sandbox) == noted


@pytest.mark.parametrize("direction", ["ASC", "asc", "None", "SortDirection.ASC", "SortDirection.DESC", "", "down"])
def test_every_direction_is_up_but_desc(v4: AppClient, sandbox: Sandbox, direction: str) -> None:
    assert page(v4, direction=direction, limit=5)[0] == ids(sandbox)[:5]
    assert page(v4, direction="dEsC", limit=5)[0] == ids(sandbox)[:-6:-1]


@pytest.mark.parametrize("email", [JOHNS_EMAIL, JOHNS_EMAIL.upper()])
def test_an_email_finds_the_one_who_has_it(v4: AppClient, email: str) -> None:
    shown, pagination = page(v4, email=email)
    assert (shown, pagination["records"]) == ([JOHN], 1)
    assert v4.get(CUSTOMERS, params={"email": email}).json()["customers"] == [get(v4, JOHN)]
    for other in ("john", "john.islam@example.co", "%@example.com"):
        assert page(v4, email=other)[0] == []
    assert page(v4, email=email, status="inactive")[0] == []
    assert page(v4, email=email, status="active")[0] == [JOHN]


def test_a_status_finds_all_who_have_it(v4: AppClient, sandbox: Sandbox) -> None:
    update(v4, JOHN, status="pending")
    found = {}
    for status in ("active", "inactive", "pending", "approval_awaiting", "awaiting_verification"):
        found[status] = listed(v4, status=status, limit=4)
        assert found[status] == [record.id for record in records(sandbox) if record.status == status]
    assert (found["pending"], found["approval_awaiting"]) == ([JOHN], [])
    assert sorted(chain.from_iterable(found.values())) == ids(sandbox)


def test_who_is_in_the_trash_is_in_no_list(v4: AppClient, sandbox: Sandbox) -> None:
    everyone = listed(v4)
    trash(v4, JOHN)
    assert listed(v4) == [id for id in everyone if id != JOHN] == ids(sandbox)
    assert page(v4, email=JOHNS_EMAIL)[0] == page(v4, email="mia.carter@example.com")[0] == []
    assert JOHN not in listed(v4, order_by="email", status="active")


@pytest.mark.parametrize(
    ("query", "reason", "field"),
    [
        *(({name: value}, "too_small", name) for name in ("limit", "max") for value in ("0", "-1")),
        ({"offset": "-1"}, "too_small", "offset"),
        *(({name: value}, "invalid_type", name) for name in ("limit", "max", "offset") for value in ("", "x", "1.5")),
        *(({"order_by": order}, "invalid_sort_field", "order_by") for order in ("", "ID", "city", "-id", "id,email")),
        *(({"status": status}, "invalid_enum", "status") for status in ("", "Active", "A", "trash")),
        *(({name: "1"}, "unknown_parameter", name) for name in ("page", "Limit", "first_name", "direction ")),
    ],
)
def test_what_cannot_be_asked_is_refused(v4: AppClient, query: dict[str, str], reason: str, field: str) -> None:
    reply = v4.get(CUSTOMERS, params={"limit": 5, **query})
    assert refused(reply) == (400, reason, field)
    allowed = {"invalid_sort_field": ORDERS, "invalid_enum": ["active", "awaiting_verification"]}
    assert all(word in reply.json()["message"] for word in allowed.get(reason, []))


def test_unknown_parameters_are_refused_everywhere(v4: AppClient) -> None:
    assert refused(v4.get(f"{CUSTOMERS}/{JOHN}?limit=1")) == (400, "unknown_parameter", "limit")
