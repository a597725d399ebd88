"""Fingerprints: what makes records unreadable alters them, and nothing else does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest

from mockserver.fingerprint import fingerprint
from mockserver.state.change import Record


class Part(Record, frozen=True):
    size: int


class Toy(Record, frozen=True, kw_only=True):
    """What the others are compared with."""

    id: int
    name: str
    part: Part | None = None


class SameInOtherWords(Record, frozen=True, kw_only=True):
    class Piece(Record, frozen=True):
        size: Annotated[int, msgspec.Meta(ge=0)] = 1

    part: Piece | None
    name: str = "bear"
    id: int


class Renamed(Record, frozen=True, kw_only=True):
    id: int
    label: str = msgspec.field(name="name")
    part: Part | None = None


def other(**fields: Any) -> type[Record]:
    """A record type with some of the fields of a toy altered; None takes one out."""
    given = {"id": int, "name": str, "part": Part | None, **fields}
    wanted = [(name, kind) for name, kind in given.items() if kind is not None]
    made: Any = msgspec.defstruct("Other", wanted, bases=(Record,), frozen=True, kw_only=True)
    kind: type[Record] = made
    return kind


class Wide(Record, frozen=True):
    size: float


class Tree(Record, frozen=True):
    id: int
    left: Tree | None = None


class Bush(Record, frozen=True):
    id: int
    left: Bush | None = None


class Defaulted(Record, frozen=True, omit_defaults=True):
    id: int = 0


class OtherwiseDefaulted(Record, frozen=True, omit_defaults=True):
    id: int = 1


@pytest.mark.parametrize("same", [SameInOtherWords, Renamed])
def test_records_that_are_stored_alike_have_one_fingerprint(same: type[Record]) -> None:
    assert fingerprint(same, "id") == fingerprint(Toy, "id")


@pytest.mark.parametrize(
    "fields",
    [
        {"name": None},
        {"colour": str},
        {"name": str | None},
        {"name": Literal["bear", "doll"]},
        {"id": float},
        {"part": Part},
        {"part": Wide | None},
        {"part": tuple[Part, ...]},
        {"part": frozenset[int]},
        {"part": dict[str, int]},
    ],
    ids=str,
)
def test_records_that_are_stored_otherwise_have_another(fields: dict[str, Any]) -> None:
    assert fingerprint(other(**fields), "id") != fingerprint(Toy, "id")


def test_the_fingerprint_tells_apart() -> None:
    kinds = [
        dict[str, int],
        dict[str, str],
        dict[int, int],
        tuple[int, str],
        tuple[str, int],
        tuple[int, ...],
        tuple[str, ...],
        int | str,
        Literal["a"],
        Literal["a", "b"],
        bool,
    ]
    assert len({fingerprint(other(part=kind), "id") for kind in kinds}) == len(kinds)


def test_the_key_belongs_to_it() -> None:
    assert fingerprint(Toy, "name") != fingerprint(Toy, "id")


def test_a_default_belongs_to_it_where_it_is_left_out_of_documents() -> None:
    assert fingerprint(Defaulted, "id") != fingerprint(OtherwiseDefaulted, "id")


def test_a_record_may_hold_one_of_its_own_kind() -> None:
    assert fingerprint(Tree, "id") == fingerprint(Bush, "id")
