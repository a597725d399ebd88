"""Records as a tester sees and writes them: JSON under the stored names, checked against the record's type."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import inspect

from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused
from mockserver.redaction import to_json
from mockserver.shape import Misshapen, shape, strangers
from mockserver.state.change import Key, Record
from mockserver.state.collection import Collection

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}")
_GUARDED = {
    "sandbox.clock": "PUT /__admin/clock",
    "sandbox.deliveries": "POST /__admin/webhooks/{id}/redeliver",
    "sandbox.misbehaviours": "PUT /__admin/webhooks/subscriptions/{vendor}/{id}/misbehaviour",
    "sandbox.faults": "POST /__admin/faults",
    "sandbox.fault_uses": "POST /__admin/faults",
    "sandbox.scenarios": "PUT /__admin/scenarios/{name}/state",
}
"""Collections whose records have rules that only another operation knows, and that operation."""


def owners(desk: Desk) -> dict[str, dict[str, Collection[Any]]]:
    """All collections by owner and by name."""
    by_owner: dict[str, dict[str, Collection[Any]]] = {}
    for full_name, collection in desk.collections.items():
        owner, _, name = full_name.partition(".")
        by_owner.setdefault(owner, {})[name] = collection
    return by_owner


def find_collection(desk: Desk, call: Call) -> Collection[Any]:
    """The collection that the path names."""
    vendor, name, by_owner = call.path["vendor"], call.path["collection"], owners(desk)
    if vendor not in by_owner:
        raise Refused("vendor-unknown", given=vendor, known=sorted(by_owner))
    if name not in by_owner[vendor]:
        raise Refused("collection-unknown", vendor=vendor, given=name, known=list(by_owner[vendor]))
    return by_owner[vendor][name]


def find_alterable(desk: Desk, call: Call) -> Collection[Any]:
    """The collection that the path names, to alter."""
    collection = find_collection(desk, call)
    if collection.name in _GUARDED:
        raise Refused("collection-guarded", collection=collection.name, instead=_GUARDED[collection.name])
    return collection


def read_key(collection: Collection[Any], text: str) -> Key:
    """A key as the collection has it."""
    if not isinstance(inspect.type_info(_key_field(collection).type), inspect.IntType):
        return text
    if not _INTEGER.fullmatch(text):
        raise Refused("key-malformed", collection=collection.name, given=text)
    return int(text)


def find_record(collection: Collection[Any], key: Key) -> Record:
    """The record with this key."""
    record: Record | None = collection.get(key)
    if record is None:
        raise Refused("record-unknown", collection=collection.name, key=key)
    return record


def read_record(collection: Collection[Any], key: Key, given: dict[str, Any]) -> Record:
    """The record that a complete or partial JSON object makes of the one with this key, or of none."""
    name = _key_field(collection).encode_name
    if given.get(name, key) != key:
        raise Refused("record-key-differs", name=name, given=given[name], key=key)
    for place, known in strangers(given, collection.record_type):
        raise Refused("record-key-unknown", collection=collection.name, name=place, known=known)
    before = collection.get(key)
    complete = {name: key, **({} if before is None else to_json(before)), **given}
    wanted: type[Record] = collection.record_type
    try:
        return shape(complete, wanted)
    except Misshapen as error:
        raise Refused("record-invalid", collection=collection.name, message=error) from None


def _key_field(collection: Collection[Any]) -> msgspec.structs.FieldInfo:
    fields = msgspec.structs.fields(collection.record_type)
    return next(field for field in fields if field.name == collection.key_field)
