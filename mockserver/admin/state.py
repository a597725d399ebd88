"""The state: records to look at and to alter."""

from __future__ import annotations

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.admin.records import find_alterable, find_collection, find_record, owners, read_key, read_record
from mockserver.call import Call, Refused, Reply
from mockserver.redaction import show_record
from mockserver.state.collection import NotUnique

PAGE = 100


def get_state(desk: Desk, _call: Call) -> Reply:
    """How many records every collection has."""
    counts = {
        owner: {name: len(collection) for name, collection in collections.items()}
        for owner, collections in owners(desk).items()
    }
    return Reply({"state": counts})


def list_records(desk: Desk, call: Call) -> Reply:
    """One page of a collection's records, in the order of their keys."""
    collection = find_collection(desk, call)
    first = collection.rank(read_key(collection, call.query["after"])) if "after" in call.query else 0
    page = collection.page(first, call.query.get("limit", PAGE))
    records = [show_record(collection, record) for record in page]
    return Reply({"records": records, "key": collection.key_field, "total": len(collection)})


def get_record(desk: Desk, call: Call) -> Reply:
    """One record."""
    collection = find_collection(desk, call)
    return Reply(show_record(collection, find_record(collection, read_key(collection, call.path["key"]))))


def put_record(desk: Desk, call: Call) -> Reply:
    """Create a record, or alter what the body names of one that is there."""
    collection = find_alterable(desk, call)
    key = read_key(collection, call.path["key"])
    record = read_record(collection, key, call.body)
    status = 200 if key in collection else 201
    try:
        collection.put(record)
    except NotUnique as clash:
        raise Refused(
            "record-not-unique", index=clash.index, collection=collection.name, value=clash.value, holder=clash.key
        ) from None
    return Reply(show_record(collection, record), status)


def delete_record(desk: Desk, call: Call) -> Reply:
    """Take a record out."""
    collection = find_alterable(desk, call)
    key = read_key(collection, call.path["key"])
    find_record(collection, key)
    collection.remove(key)
    return wire.done()
