"""The form of what succeeds: `{"status": 1, "message": …, "data": …}` [recorded]."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from mockserver.call import Call, Reply


def answer(message: str, data: Any = UNSET) -> Reply:
    """The reply to what succeeded."""
    body = {"status": 1, "message": message}
    return Reply(body if data is UNSET else {**body, "data": data})


def answer_saved(call: Call, message: str, entity: dict[str, Any]) -> Reply:
    """The reply to what was created or altered: its keys stand in `data`.

    The vendor's page prints them bare; so by default they stand beside the envelope too.
    """
    if call.options.fidelity == "observed":
        return Reply({"status": 1, "message": message, "data": entity})
    call.find("keys-beside-data", "the program sends what was saved in data only")
    return Reply({"status": 1, "message": message, "data": entity, **entity})
