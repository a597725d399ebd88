"""What a step asks: its operation with the parameters and the body that this takes, or the workflow that it calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mockserver.scenarios.document import Bound, Parameter, RequestBody
from mockserver.scenarios.outline import Outline
from mockserver.shape import meant, nearest

Complaint = tuple[tuple[str | Parameter, ...], str]
"""A path inside of the step, in which a parameter stands for its number, and what is wrong there."""
_PLACES = ("path", "query", "header", "cookie")


def of_parameters(bound: Bound, own: Sequence[Parameter], shared: Sequence[Parameter]) -> Iterator[Complaint]:
    """What is wrong with the parameters of a step that asks an operation; `shared` are its workflow's."""
    declared = {(each["name"], each["in"]): each for each in bound.parameters}
    for given in own:
        if given.where is None:
            yield (
                ("parameters", given),
                f"the key 'in' is missing, which says where it goes; known: {', '.join(_PLACES)}",
            )
            continue
        told = _unless_declared(bound, given, declared)
        if told:
            yield ("parameters", given, "name"), told
    there = {_key(each.name, each.where) for each in (*own, *shared)}
    for (name, where), each in declared.items():
        if each.get("required") and _key(name, where) not in there:
            yield (), f"{bound.id} needs the {where} parameter '{name}', which is missing"


def of_body(bound: Bound, body: RequestBody | None) -> Iterator[Complaint]:
    """What is wrong with the request body."""
    taken: Mapping[str, Any] = bound.node.get("requestBody") or {}
    content = taken.get("content", {})
    if body is None:
        if taken.get("required"):
            yield (), f"{bound.id} needs a requestBody, which is missing"
    elif not content:
        yield ("requestBody",), f"{bound.id} takes no body"
    elif body.content_type and "$" not in body.content_type and not _is_in(body.content_type, content):
        known = f"{meant(body.content_type, content)}; known: {', '.join(content)}"
        yield ("requestBody", "contentType"), f"{bound.id} takes no {body.content_type}{known}"


def of_call(called: Outline, given: Sequence[Parameter]) -> Iterator[Complaint]:
    """What is wrong with what a workflow that a step calls is given."""
    for each in given:
        if each.where is not None:
            yield ("parameters", each, "in"), "what a workflow is given are its inputs, which are nowhere in a request"
        elif each.name not in called.inputs:
            known = ", ".join(called.inputs) or "none"
            told = f"workflow '{called.id}' has no input '{each.name}'{meant(each.name, called.inputs)}; known: {known}"
            yield ("parameters", each, "name"), told
    names = [each.name for each in given]
    for name in called.required:
        if name not in names:
            yield (), f"workflow '{called.id}' needs the input '{name}', which is missing"


def _unless_declared(bound: Bound, given: Parameter, declared: Mapping[tuple[str, str], Any]) -> str | None:
    """What is wrong with a parameter's name. Headers and cookies may be any, but for those that are nearly declared."""
    known = [name for name, where in declared if where == given.where]
    folded = [name.lower() for name in known]
    if given.name in known or (given.where == "header" and given.name.lower() in folded):
        return None
    if given.where in ("header", "cookie"):
        near = nearest(given.name, known)
        open_to_all = near is None or given.name.lower() in ("accept", "authorization", "content-type", "cookie")
        return None if open_to_all else f"{bound.id} has no {given.where} '{given.name}'{meant(given.name, known)}"
    keys = [scheme.get("name") for scheme in _schemes(bound) if scheme.get("in") == given.where]
    if given.name in keys:
        return None
    elsewhere = [where for name, where in declared if name == given.name]
    reason = (
        f"; it is in: {elsewhere[0]}"
        if elsewhere
        else f"{meant(given.name, known)}; known: {', '.join(known) or 'none'}"
    )
    return f"{bound.id} has no {given.where} parameter '{given.name}'{reason}"


def _schemes(bound: Bound) -> Iterator[Mapping[str, Any]]:
    schemes = bound.document.get("components", {}).get("securitySchemes", {})
    yield from (each for each in schemes.values() if isinstance(each, Mapping))


def _key(name: str, where: str | None) -> tuple[str, str | None]:
    return (name.lower() if where == "header" else name), where


def _is_in(media: str, content: Mapping[str, Any]) -> bool:
    """Whether a media type is among those that are taken, whatever its parameters."""
    bare = [each.partition(";")[0].strip().lower() for each in content]
    return "*/*" in bare or media.partition(";")[0].strip().lower() in bare
