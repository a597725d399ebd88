"""What was there when a recording began, as far as its exchanges tell, and putting it into the fake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from mockserver.drift.entries import Entry, recording_of
from mockserver.drift.stage import FakeStage
from mockserver.recordings import Trace
from mockserver.state.change import Key
from mockserver.state.collection import StateError
from mockserver.vendor import Api

Fields = dict[str, Any]
Place = tuple[str, str, Key]
"""An API, a collection, and a record's key."""


def presupposed(entries: Iterable[Entry]) -> dict[Place, Fields]:
    """The records that were there from the beginning: those that were first told of as anything but made.

    Of each field the first that was told counts: a vendor that tells of an alteration says itself what was not known before.
    """
    found: dict[Place, Fields] = {}
    made: set[tuple[str, Key]] = set()
    for entry in entries:
        for trace in entry.traces:
            if trace.kind == "created" and _place(entry, trace) not in found:
                made.add((trace.collection, trace.key))
            elif (trace.collection, trace.key) not in made:
                _learn(found.setdefault(_place(entry, trace), {}), trace)
    return found


def told_from(entries: Sequence[Entry], place: Place) -> Fields:
    """What these exchanges tell of one record, whoever made it."""
    fields: Fields = {}
    for entry in entries:
        for trace in entry.traces:
            if _place(entry, trace) == place:
                _learn(fields, trace)
    return fields


def _place(entry: Entry, trace: Trace) -> Place:
    return entry.api.name, trace.collection, trace.key


def _learn(fields: Fields, trace: Trace) -> None:
    for name, value in trace.fields.items():
        fields.setdefault(name, value)


def furnish(stage: FakeStage, apis: Iterable[Api], records: dict[Place, Fields]) -> Iterator[str]:
    """Put records into the fake, those of a collection before those of the next that the vendor declares; gives remarks."""
    order = {name.partition(".")[2]: at for at, name in enumerate(stage.sandbox.ledger.collections)}
    known = {api.name: api for api in apis}
    for place in sorted(records, key=lambda place: (order.get(place[1], -1), str(type(place[2])), place[2])):
        yield from furnish_one(stage, known[place[0]], place, records[place])


def settle(stage: FakeStage, apis: Iterable[Api], entries: Sequence[Entry]) -> Iterator[str]:
    """Add what vendors say that only the whole recording tells; gives remarks."""
    for api in apis:
        recording = recording_of(api)
        if recording is not None and recording.settle is not None:
            seen = [entry.seen for entry in entries if entry.api is api and entry.seen is not None]
            try:
                with stage.sandbox.ledger.transaction():
                    recording.settle(stage.state, seen)
            except (StateError, LookupError, TypeError, ValueError, AttributeError) as error:
                yield f"what {api.name}'s recording presupposes could not be put into the fake: {error}"


def furnish_one(stage: FakeStage, api: Api, place: Place, fields: Fields) -> Iterator[str]:
    """Put one record into the fake; gives a remark where that cannot be."""
    _, collection, key = place
    recording = recording_of(api)
    if recording is None:
        return
    try:
        stage.put_record(collection, partial(recording.complete, stage.state, collection, key, fields))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        yield f"{collection}/{key}, which the recording presupposes, could not be put into the fake: {error}"
