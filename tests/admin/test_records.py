"""Reading a record from JSON, with shapes that no vendor's records need to have."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mockserver.admin.records import read_key, read_record
from mockserver.call import Refused
from mockserver.state.change import Record
from mockserver.state.collection import collection
from mockserver.state.transaction import Ledger, State


class Part(Record, frozen=True, kw_only=True, rename="camel"):
    part_name: str


class Toy(Record, frozen=True, kw_only=True, rename="camel"):
    toy_id: int
    by_place: dict[str, Part] = msgspec.field(default_factory=dict)
    all_parts: tuple[Part, ...] = ()
    pair: tuple[Part, Part] | None = None
    note: str | int | None = None


class Toyshop(State):
    toys = collection(Toy, key="toy_id")


@pytest.fixture
def shop() -> Toyshop:
    return Toyshop(Ledger(), "toyshop")


def test_a_record_is_read_under_its_encoded_names(shop: Toyshop) -> None:
    part = {"partName": "wheel"}
    given = {"byPlace": {"left": part}, "allParts": [part], "pair": [part, part], "note": 5}
    wheel = Part(part_name="wheel")
    read = read_record(shop.toys, 1, given)
    assert read == Toy(toy_id=1, by_place={"left": wheel}, all_parts=(wheel,), pair=(wheel, wheel), note=5)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"by_place": {}}, "by_place"),
        ({"byPlace": {"left": {"colour": 1}}}, "byPlace.left.colour"),
        ({"allParts": [{"partName": "wheel"}, {"part_name": "axle"}]}, "allParts.1.part_name"),
        ({"pair": [{"partName": "wheel"}, {"x": 1}]}, "pair.1.x"),
    ],
)
def test_an_unknown_key_is_named_with_its_place(shop: Toyshop, given: dict[str, Any], place: str) -> None:
    with pytest.raises(Refused, match="record-key-unknown") as refused:
        read_record(shop.toys, 1, given)
    assert refused.value.values["name"] == place


def test_the_key_is_compared_under_its_encoded_name(shop: Toyshop) -> None:
    assert read_key(shop.toys, "-7") == -7
    with pytest.raises(Refused, match="record-key-differs"):
        read_record(shop.toys, 1, {"toyId": 2})
