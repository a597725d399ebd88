"""What a workflow has by name, as far as it can be read: so that one mistake is not told as many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.schema import resolve


class StepOutline(NamedTuple):
    """A step: where it stands in the list, the names of its outputs, and the workflow that it calls."""

    number: int
    outputs: Sequence[str]
    calls: str | None
    """As it is written; None for a step that asks an operation."""


class Outline(NamedTuple):
    """A workflow's names; `number` is where it stands in the list. `jumps` is whether an action may lead back to an earlier step."""

    id: str
    number: int
    inputs: Sequence[str]
    required: Sequence[str]
    steps: Mapping[str, StepOutline]
    outputs: Sequence[str]
    depends_on: Sequence[str]
    jumps: bool

    @property
    def calls(self) -> list[str]:
        """The workflows that its steps call."""
        return [step.calls for step in self.steps.values() if step.calls]


def outlines(document: Any) -> dict[str, Outline]:
    """The workflows of a document by their ids."""
    found = [_outline(at, each, document) for at, each in enumerate(_list(_get(document, "workflows")))]
    by_id: dict[str, Outline] = {}
    for each in found:
        by_id.setdefault(each.id, each)
    return {id: each for id, each in by_id.items() if id}


def schema_of(node: Any, document: Any) -> Mapping[str, Any]:
    """A JSON Schema of a document, with what it refers to at its top and in its properties put in. Raises KeyError."""
    followed: list[str] = []
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        if node["$ref"] in followed or not node["$ref"].startswith("#/"):
            raise KeyError(node["$ref"])
        followed.append(node["$ref"])
        try:
            node = resolve(node["$ref"], document)
        except (KeyError, TypeError, IndexError):
            raise KeyError(followed[-1]) from None
    if not isinstance(node, Mapping):
        raise KeyError("a schema is a mapping")
    properties = node.get("properties")
    if not isinstance(properties, Mapping):
        return node
    shallow = {name: schema_of(each, document) if _refers(each) else each for name, each in properties.items()}
    return {**node, "properties": shallow}


def names_in(schema: Any) -> Iterator[tuple[str, bool]]:
    """The properties that a schema names, also in its alternatives, each with whether it is required."""
    if not isinstance(schema, Mapping):
        return
    required = _list(schema.get("required"))
    defaults = _get(schema, "default")
    for name, inner in (_get(schema, "properties") or {}).items():
        filled = isinstance(inner, Mapping) and "default" in inner
        yield str(name), name in required and not filled and name not in (defaults or {})
    for word in ("allOf", "anyOf", "oneOf"):
        for each in _list(schema.get(word)):
            yield from names_in(each)


def _outline(number: int, workflow: Any, document: Any) -> Outline:
    steps = _list(_get(workflow, "steps"))
    try:
        inputs = dict(names_in(schema_of(_get(workflow, "inputs") or {}, document)))
    except (KeyError, TypeError, AttributeError):
        inputs = {}
    return Outline(
        id=_text(_get(workflow, "workflowId")),
        number=number,
        inputs=list(inputs),
        required=[name for name, required in inputs.items() if required],
        steps={_text(_get(each, "stepId")): _step(at, each) for at, each in enumerate(steps)},
        outputs=_names(_get(workflow, "outputs")),
        depends_on=[_text(each) for each in _list(_get(workflow, "dependsOn"))],
        jumps=any(_get(action, "stepId") for action in _actions(workflow, steps, document)),
    )


def _step(number: int, step: Any) -> StepOutline:
    return StepOutline(number, _names(_get(step, "outputs")), _text(_get(step, "workflowId")) or None)


def _actions(workflow: Any, steps: Sequence[Any], document: Any) -> Iterator[Any]:
    for holder, keys in (
        (workflow, ("successActions", "failureActions")),
        *((s, ("onSuccess", "onFailure")) for s in steps),
    ):
        for key in keys:
            yield from _list(_get(holder, key))
    components = _get(document, "components")
    for key in ("successActions", "failureActions"):
        yield from (_get(components, key) or {}).values() if isinstance(_get(components, key), Mapping) else ()


def _refers(node: Any) -> bool:
    return isinstance(node, Mapping) and "$ref" in node


def _get(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, Mapping) else None


def _list(node: Any) -> Sequence[Any]:
    return node if isinstance(node, list) else ()


def _text(node: Any) -> str:
    return node if isinstance(node, str) else ""


def _names(node: Any) -> list[str]:
    return list(node) if isinstance(node, Mapping) else []
