"""Records of any type, drawn at random, and what it means that two of them are exactly the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta, timezone
from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

Strategy = st.SearchStrategy[Any]
_NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_JSON = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=5,
)


def records(record_type: type) -> Strategy:
    """Records of a type, with anything in them that the types of their fields allow."""
    return _of(inspect.type_info(record_type))


def _of(node: inspect.Type) -> Strategy:
    return _DRAWN[type(node)](node)


def _struct(node: inspect.StructType) -> Strategy:
    return st.builds(node.cls, **{field.name: _of(field.type) for field in node.fields})


def _int(node: inspect.IntType) -> Strategy:
    return st.integers(node.ge if node.gt is None else node.gt + 1, node.le if node.lt is None else node.lt - 1)


def _float(node: inspect.FloatType) -> Strategy:
    low, is_open = (node.ge, False) if node.gt is None else (node.gt, True)
    return st.floats(low, node.le, exclude_min=is_open, allow_nan=False, allow_infinity=False)


def _zone(minutes: int) -> timezone:
    """An offset that an instant in JSON can have: of whole minutes."""
    return timezone(timedelta(minutes=minutes))


_DRAWN: dict[type[inspect.Type], Callable[[Any], Strategy]] = {
    inspect.StructType: _struct,
    inspect.IntType: _int,
    inspect.FloatType: _float,
    inspect.StrType: lambda node: st.text(max_size=8) if node.pattern is None else st.from_regex(node.pattern),
    inspect.BoolType: lambda _: st.booleans(),
    inspect.NoneType: lambda _: st.none(),
    inspect.AnyType: lambda _: _JSON,
    inspect.LiteralType: lambda node: st.sampled_from(node.values),
    inspect.UnionType: lambda node: st.one_of([_of(each) for each in node.types]),
    inspect.TupleType: lambda node: st.tuples(*map(_of, node.item_types)),
    inspect.VarTupleType: lambda node: st.lists(_of(node.item_type), max_size=3).map(tuple),
    inspect.FrozenSetType: lambda node: st.frozensets(_of(node.item_type), max_size=3),
    inspect.DictType: lambda node: st.dictionaries(_of(node.key_type), _of(node.value_type), max_size=2),
    inspect.DateTimeType: lambda _: st.datetimes(timezones=st.integers(-840, 840).map(_zone)),
}


def exactly(value: Any) -> Any:
    """A value in which 1, 1.0 and True differ, and so do tuples and lists."""
    if isinstance(value, msgspec.Struct):
        return type(value), [exactly(getattr(value, name)) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return {key: exactly(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value), [exactly(inner) for inner in value]
    return type(value), value
