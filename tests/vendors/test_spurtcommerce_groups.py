"""Spurtcommerce's customer groups, where the recording says nothing: read in the program's source."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.call import Refused
from mockserver.vendors.spurtcommerce.groups import create_group, delete_group, find_groups, update_group
from mockserver.vendors.spurtcommerce.records import Group
from tests.vendors.spurtcommerce_calls import Marketplace

GOLD = {"name": "Gold", "description": "d", "colorcode": "#1", "status": 1}
CREATED = "2026-11-20 10:00:00"


@pytest.fixture
def shop() -> Marketplace:
    marketplace = Marketplace()
    marketplace.put(
        "groups",
        Group(id=1, name="Default ", color_code="#0", created=CREATED),
        Group(id=2, name="Gold", description="d", color_code="#1", created=CREATED),
        Group(id=3, name="Paused", color_code="#2", is_active=0, created=CREATED),
        Group(id=4, name="Žofie", color_code="#3", is_active=10, created=CREATED),
    )
    return marketplace


def test_nothing_is_written_where_nothing_is_other(shop: Marketplace) -> None:
    data = shop.ask(update_group, body=GOLD, id="2").body["data"]
    assert data == {"name": "Gold", "description": "d", "colorCode": "#1", "isActive": 1, "groupId": 2}
    assert shop.ask(update_group, body={**GOLD, "status": "1"}, id="2").body["data"]["modifiedDate"]


def test_a_list_is_checked_by_nobody(shop: Marketplace) -> None:
    with pytest.raises(Refused) as refused:
        shop.ask(create_group, body=[])
    assert refused.value.row == "query-failed"
    assert shop.ask(update_group, body=[], id="2").body["data"] == {"groupId": 2}


@pytest.mark.parametrize("name", ["gold", "GOLD ", "zofie", "ŽOFIE"])
def test_a_name_is_the_same_in_any_case_and_with_any_accent(shop: Marketplace, name: str) -> None:
    with pytest.raises(Refused) as refused:
        shop.ask(create_group, body={**GOLD, "name": name})
    assert refused.value.row == "group-already-exists"


def test_what_is_sent_comes_back_and_what_is_kept_is_shown(shop: Marketplace) -> None:
    made = shop.ask(create_group, body={"name": "New", "description": 5, "colorcode": 7, "status": True}).body["data"]
    assert (made["description"], made["colorCode"], made["isActive"]) == (5, 7, True)
    shown = shop.ask(find_groups, "keyword=new").body["data"]
    assert shown == [{"groupId": 5, "name": "New", "description": "5", "colorCode": "7", "isActive": 1}]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("status=1", [1, 2, 4]),
        ("status=0", [3, 4]),
        ("status=", [1, 2, 3, 4]),
        ("status=1&status=0", []),
        ("keyword=_ol", [2]),
        ("keyword=%25", [1, 2, 3, 4]),
        ("keyword=zof&status=1", [4]),
    ],
)
def test_filters_look_for_a_part(shop: Marketplace, query: str, ids: list[int]) -> None:
    assert [group["groupId"] for group in shop.ask(find_groups, query).body["data"]] == ids
    assert shop.ask(find_groups, f"{query}&count=true").body["data"] == len(ids)


@pytest.mark.parametrize(("body", "row"), [({"groupId": 1}, "group-is-default"), ({"groupId": "x"}, "group-not-found")])
def test_some_groups_cannot_be_deleted(shop: Marketplace, body: Any, row: str) -> None:
    with pytest.raises(Refused) as refused:
        shop.ask(delete_group, body=body, id="2")
    assert refused.value.row == row


def test_the_path_says_which_group_only_where_the_page_counts(shop: Marketplace) -> None:
    with pytest.raises(Refused) as refused:
        shop.ask(delete_group, id="2")
    assert refused.value.row == "body-invalid"
    shop.ask(delete_group, id="2", fidelity="documented")
    shop.ask(delete_group, body={"groupId": "3"}, id="4", fidelity="documented")
    assert [group.id for group in shop.market.groups] == [1, 4]


def test_where_the_page_counts_an_entity_stands_beside_the_envelope_too(shop: Marketplace) -> None:
    body = shop.ask(create_group, body={**GOLD, "name": "New"}, fidelity="documented").body
    assert {**body, **body["data"]} == body
