"""What the tests' own vendors have in common: how they refuse, and how their contracts are written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.rows import ErrorRow
from mockserver.sandbox import DEFAULT, Sandbox
from mockserver.world import World

STATUSES = ("400", "403", "404", "405", "406", "413", "415", "422", "429", "500")
JSON = {"Content-Type": "application/json"}
Make = Callable[..., World]


def judge(_call: Call, violations: Sequence[Violation]) -> None:
    for violation in violations:
        if violation.row is None:
            raise Refused("field-wrong", where=violation.where, field=violation.name, keyword=violation.keyword)


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    return Reply({"row": row.id, "text": row.message.format_map(values)}, row.status)


def module(name: str, *functions: Callable[..., Any]) -> ModuleType:
    """As if the functions stood in a module of their own."""
    made = ModuleType(name)
    for function in functions:
        function.__module__ = name
        setattr(made, function.__name__, function)
    return made


RULES = module("toys.rules", judge, refuse)


def write(file: Path, contract: str, changes: Mapping[str, Any]) -> Path:
    """A contract as a file, with some of its members replaced. `default` stands for each status of a refusal."""
    document = {**parsed(contract), **changes}
    for item in document["paths"].values():
        for node in item.values():
            if "responses" in node and "default" in node["responses"]:
                node["responses"].update(dict.fromkeys(STATUSES, node["responses"].pop("default")))
    file.write_text(json.dumps(document))
    return file


def parsed(contract: str) -> dict[str, Any]:
    """What a contract says, to alter."""
    found: dict[str, Any] = json.loads(_as_json(contract))
    return found


@cache
def _as_json(contract: str) -> str:
    """Read once: to parse YAML takes longer than all else that a test does."""
    return json.dumps(yaml.load(contract, Loader=yaml.CSafeLoader))


def default(world: World) -> Sandbox:
    found = world.sandboxes.get(DEFAULT)
    assert found is not None
    return found
