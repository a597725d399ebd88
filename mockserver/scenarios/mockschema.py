"""The JSON Schema of `x-mock`, made from the structs that read it, for editors and for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mockserver.scenarios.durations import RIGHT
from mockserver.scenarios.mock import ACTIONS, EXPECTATIONS, SETTINGS, Mock

_DEFS = "#/$defs/"
DESCRIPTIONS: Mapping[str, str] = {
    "fixture": "What the sandbox begins with: a fixture's name, or the path of a .yaml file, relative to this file.",
    "snapshot": "What the sandbox begins as: a file that `mockserver snapshot save` wrote, relative to this file.",
    "seed": "What all that is random is drawn from.",
    "customers": "How many people are drawn at each vendor.",
    "auth": "Whether any well-formed credential works (lenient), or those of the fixture only (strict).",
    "fidelity": "Where a vendor's page and its program differ: as the page says, or as the program was seen to do.",
    "rateLimits": "Whether calls past a vendor's limit pass (off), are noted (count), or are refused (enforce).",
    "receiver": "An input that is given the address of an HTTP receiver, which the runner starts, unless it has a value.",
    "reset": "Back to how the sandbox began.",
    "snapshotLoad": "The name of a kept state to go to.",
    "records": "Records to put in, as the admin API takes them.",
    "remove": "Records to take out.",
    "clock": "What is done to the sandbox's clock.",
    "faults": "What goes wrong from now on, in place of all rules before: as in POST /__admin/faults.",
    "addFaults": "Rules that are added behind those that are there.",
    "scenarios": "States that named scenarios of fault rules are put into.",
    "misbehave": "What goes wrong with deliveries to a subscription.",
    "snapshotSave": "A name under which the state is kept as it is now.",
    "expectWebhook": "Webhooks that must have been sent.",
    "expectRequest": "Requests that the app under test must have sent.",
    "absent": "What must be nowhere any more: a text, or a record.",
    "pause": "What a person is asked to do, before the run goes on.",
}
"""What each key is for, as an editor shows it."""
_LEVELS: Mapping[str, tuple[str, Sequence[str]]] = {
    "Document": ("x-mock of the whole document.", (*SETTINGS, *ACTIONS)),
    "Workflow": ("x-mock of a workflow; its settings come before the document's.", Mock.__struct_fields__),
    "Step": ("x-mock of a step.", (*ACTIONS, *EXPECTATIONS)),
}


def schema() -> dict[str, Any]:
    """The schema: of a workflow's at the root, which has everything; of a document's and a step's under `$defs`."""
    _, parts = msgspec.json.schema_components([Mock], ref_template=_DEFS + "{name}")
    whole = parts.pop("Mock")
    names = {field.name: field.encode_name for field in msgspec.structs.fields(Mock)}
    described = {name: {"description": DESCRIPTIONS[name], **node} for name, node in whole["properties"].items()}
    levels = {
        level: {
            "description": told,
            "type": "object",
            "properties": {names[key]: described[names[key]] for key in keys},
            "additionalProperties": False,
        }
        for level, (told, keys) in _LEVELS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "x-mock",
        "description": f"How a scenario's world is prepared, and what is expected of it. Values may be runtime expressions; {RIGHT}.",
        "$ref": _DEFS + "Workflow",
        "$defs": {**levels, **_portable(parts)},
    }


def text() -> str:
    """The schema as it is kept in `x-mock.schema.json`."""
    return msgspec.json.format(msgspec.json.encode(_portable(schema())), indent=2).decode() + "\n"


def _portable(node: Any) -> Any:
    """With regular expressions as all languages have them, where Python's `\\Z` is `$`; and without what is so anyway."""
    if isinstance(node, dict):
        return {
            key: inner.replace(r"\Z", "$") if key == "pattern" and isinstance(inner, str) else _portable(inner)
            for key, inner in node.items()
            if key != "default"
        }
    return [_portable(each) for each in node] if isinstance(node, list) else node
