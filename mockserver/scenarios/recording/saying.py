"""How a step says a request: its operation, parameters and body; and why it cannot, where Arazzo has no word for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from mockserver.forms import FORM
from mockserver.redaction import WITHHELD
from mockserver.scenarios.document import Bound
from mockserver.scenarios.recording.linking import Links
from mockserver.scenarios.recording.session import Taken
from mockserver.schema import resolve

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_SENT = ("prefer", "cookie")
"""Headers that are repeated though no contract has them."""


class Unsayable(Exception):
    """A request cannot be said in a step. The message says why."""


def refuse_undeclared(taken: Taken, bound: Bound) -> None:
    """Refuse what the contract has no such reply for, such as a refusal of the fake itself. Raises Unsayable."""
    if taken.fault is not None or bound.operation is None:
        return
    kind = taken.reply_headers.get("content-type", "").partition(";")[0].strip().lower()
    declared = bound.operation.replies
    if (taken.status, kind) not in declared and (taken.status, "") not in declared:
        raise Unsayable(f"the contract has no such reply: {taken.status} {kind}")


def parameters(taken: Taken, bound: Bound, links: Links, remarks: list[str]) -> list[dict[str, Any]]:
    """All parameters of a request. What is left out goes into the remarks. Raises Unsayable."""
    said = [*_in_path(taken, bound, links), *_in_query(taken, bound, links, remarks), *_in_header(taken, bound, links)]
    given = {(each["name"].lower(), each["in"]) for each in said}
    for each in bound.parameters:
        if each.get("required") and (each["name"].lower(), each["in"]) not in given:
            raise Unsayable(f"{bound.id} needs the {each['in']} parameter {each['name']}, which it was sent without")
    return said


def body(taken: Taken, bound: Bound, links: Links) -> dict[str, Any] | None:
    """The body of a request. Raises Unsayable."""
    accepted: Mapping[str, Any] = (bound.node.get("requestBody") or {}).get("content", {})
    if not taken.body:
        if (bound.node.get("requestBody") or {}).get("required"):
            raise Unsayable(f"{bound.id} needs a body, and was sent without")
        return None
    if not accepted:
        raise Unsayable(f"{bound.id} takes no body, and was sent one")
    kind = taken.headers.get("content-type", "").partition(";")[0].strip().lower() or next(iter(accepted))
    if kind not in [each.partition(";")[0].strip().lower() for each in accepted]:
        if bound.contract is not None and bound.contract.manners.ignores_content_type:
            first = next(iter(accepted))  # what the vendor takes it for, whatever it is called
            return {"contentType": first, "payload": _payload(taken, first, links)}
        raise Unsayable(f"{bound.id} takes no {kind}")
    return {"contentType": kind, "payload": _payload(taken, kind, links)}


def _payload(taken: Taken, kind: str, links: Links) -> Any:
    if not taken.is_text or taken.body == WITHHELD:
        raise Unsayable("its body is no text that can be shown")
    if kind == FORM:
        fields: dict[str, Any] = {}
        for name, value in parse_qsl(taken.body, keep_blank_values=True):
            said = links.value(value, (name,))
            fields[name] = said if name not in fields else [*_listed(fields[name]), said]
        return fields
    if kind.endswith("json"):
        if taken.json is None and taken.body.strip() != "null":
            raise Unsayable("its body is no JSON")
        if taken.json is None or isinstance(taken.json, str):
            raise Unsayable("its body is JSON, but neither an object nor a list")
        return links.value(taken.json, ())
    return links.value(taken.body, ())


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _in_path(taken: Taken, bound: Bound, links: Links) -> Iterator[dict[str, Any]]:
    template = next(found for found in _templates(taken, bound) if found)
    own = {each["name"]: each for each in bound.parameters if each["in"] == "path"}
    for name, value in template.groupdict().items():
        declared = _PLACEHOLDER.findall(bound.path)[int(name[1:])]
        yield {
            "name": declared,
            "in": "path",
            "value": _typed(
                links.in_text(value, (*_before(bound.path, declared), declared)), own.get(declared, {}), bound
            ),
        }


def _templates(taken: Taken, bound: Bound) -> Iterator[re.Match[str] | None]:
    """The path, read by the operation's own and by those that mean the same; raises Unsayable where none fits."""
    operation = bound.operation
    own = [bound.server + bound.path] if operation is None else [operation.path, *operation.aliases]
    suffixes = "" if operation is None else "|".join(re.escape(each) for each in operation.formats)
    names = _PLACEHOLDER.findall(bound.path)
    for path in own:
        pattern = "".join(
            f"(?P<p{names.index(piece)}>[^/]+?)" if at % 2 and piece in names else re.escape(piece)
            for at, piece in enumerate(_PLACEHOLDER.split(path))
        )
        yield re.fullmatch(f"{pattern}(?:{suffixes})?/?", taken.path, re.IGNORECASE)
    raise Unsayable(f"{taken.path} is not how the contract writes it: {bound.path}")


def _before(path: str, name: str) -> tuple[str, ...]:
    """The piece of a path before a parameter, which often says what it is the key of."""
    pieces = path.partition("{" + name + "}")[0].strip("/").split("/")
    return tuple(pieces[-1:])


def _in_query(taken: Taken, bound: Bound, links: Links, remarks: list[str]) -> Iterator[dict[str, Any]]:
    declared = {each["name"]: each for each in bound.parameters if each["in"] == "query"}
    declared |= {each["name"]: each for each in _schemes(bound) if each.get("in") == "query"}
    values: dict[str, list[str]] = {}
    for name, value in taken.query:
        values.setdefault(name, []).append(value)
    for name, given in values.items():
        if name not in declared:
            remarks.append(f"without ?{name}, which {bound.id} does not have")
            continue
        said = [_typed(links.in_text(each, (name,)), declared[name], bound) for each in given]
        yield {"name": name, "in": "query", "value": said[0] if len(said) == 1 else said}


def _in_header(taken: Taken, bound: Bound, links: Links) -> Iterator[dict[str, Any]]:
    declared = {each["name"].lower(): each["name"] for each in bound.parameters if each["in"] == "header"}
    for name, value in taken.headers.items():
        if name in declared or name in _SENT or "[redacted-" in value:
            yield {"name": declared.get(name, name), "in": "header", "value": links.value(value, (name,))}
    accept = _accept(taken, bound)
    if accept:
        yield {"name": "accept", "in": "header", "value": accept}


def _accept(taken: Taken, bound: Bound) -> str | None:
    """What a client asks for where it has a choice; a suffix of the path says the same."""
    formats = {} if bound.operation is None else bound.operation.formats
    for suffix, media in formats.items():
        if taken.path.lower().rstrip("/").endswith(suffix):
            return str(media)
    return taken.headers.get("accept") if formats else None


def _typed(value: Any, declared: Mapping[str, Any], bound: Bound) -> Any:
    """A number where the contract has one, which reads better."""
    schema = declared.get("schema", {})
    schema = resolve(schema["$ref"], bound.document) if "$ref" in schema else schema
    is_number = schema.get("type") == "integer" and re.fullmatch(r"0|-?[1-9]\d{0,15}", str(value))
    return int(value) if is_number else value


def _schemes(bound: Bound) -> Iterator[Mapping[str, Any]]:
    schemes = bound.document.get("components", {}).get("securitySchemes", {})
    yield from (each for each in schemes.values() if "name" in each)
