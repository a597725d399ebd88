"""The check of an answer: its status, its media type, its headers and its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract import METHODS, Contract, Operation
from mockserver.jsonbody import Unreadable, read
from mockserver.parameters import convert
from mockserver.proxy.breaches import Breach, from_violations
from mockserver.proxy.coding import Undecodable, decode
from mockserver.proxy.messages import Answer, header, media_type
from mockserver.recognising import recognise
from mockserver.rows import ErrorRow
from mockserver.schema import Check, Document, resolve
from mockserver.vendor import Api

_NOT_MODIFIED = 304
_NOT_DECLARED_HERE = frozenset({"content-type"})
"""Headers whose declaration counts for nothing (OpenAPI): the content says it."""


class Checked(NamedTuple):
    """What the check of an answer has come to: breaches, the body as it was before it was compressed, and the error row that it is."""

    breaches: list[Breach]
    body: bytes
    row: ErrorRow | None = None


class Declared(NamedTuple):
    """A header that a contract declares."""

    name: str
    required: bool
    schema: Mapping[str, Any]
    check: Check


class ReplyCheck:
    """The check of all answers of one API; `most` is how many bytes a body may have once it is decompressed."""

    def __init__(self, api: Api, most: int) -> None:
        self._rows = api.contract.errors
        self._most = most
        self._headers = dict(_declared(api.contract))

    def check(self, operation: Operation | None, method: str, answer: Answer) -> Checked:
        """All that is wrong with an answer. Where no operation was asked, the contract has no say in it."""
        try:
            body = decode(answer.body, answer.header(b"content-encoding"), self._most)
        except Undecodable as error:
            return Checked([Breach("reply", "body", "encoding", str(error))], answer.body)
        value, unreadable = _value(answer, body)
        row = recognise((operation.errors if operation else self._rows).values(), answer.status, value)
        if operation is None:
            return Checked([], body, row)
        found = list(self._header_breaches(operation, answer))
        is_whole = method != "HEAD" and answer.status != _NOT_MODIFIED
        found += _content(operation, answer, body, unreadable, value) if is_whole else _status(operation, answer)
        return Checked(found, body, row)

    def _header_breaches(self, operation: Operation, answer: Answer) -> Iterator[Breach]:
        for declared in self._headers.get((operation.id, answer.status), ()):
            place, text = f"header.{declared.name.lower()}", header(answer.headers, declared.name.lower().encode())
            if not any(name == declared.name.lower().encode() for name, _ in answer.headers):
                if declared.required:
                    yield Breach("reply", place, "required", "is missing")
                continue
            value = convert(text, declared.schema)
            if not declared.check.is_valid(value):
                yield from from_violations("reply", declared.check.violations(value, place), value)


def _value(answer: Answer, body: bytes) -> tuple[Any, str]:
    """The value of a JSON body, else its text; and why it is no JSON where it should be."""
    if not _is_json(media_type(answer.headers)):
        return body.decode("utf-8", "replace"), ""
    try:
        return read(body), ""
    except Unreadable as error:
        return body.decode("utf-8", "replace"), str(error)


def _is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def _status(operation: Operation, answer: Answer) -> Iterator[Breach]:
    known = dict.fromkeys(status for status, _ in operation.replies)
    if answer.status not in known and answer.status != _NOT_MODIFIED:
        listed = ", ".join(map(str, sorted(known)))
        yield Breach(
            "reply", "status", "status", f"{answer.status} is not declared for {operation.id}; declared: {listed}"
        )


def _content(operation: Operation, answer: Answer, body: bytes, unreadable: str, value: Any) -> Iterator[Breach]:
    undeclared = list(_status(operation, answer))
    media, known = media_type(answer.headers), [media for status, media in operation.replies if status == answer.status]
    if undeclared or (not body and "" in known):
        yield from undeclared
    elif media not in known or (body and not media):
        listed = ", ".join(each or "no body" for each in known)
        given = (media or "no media type") if body else "no body"
        message = f"{given} is not declared with status {answer.status}; declared: {listed}"
        yield Breach("reply", "header.content-type", "media-type", message)
    elif unreadable:
        yield Breach("reply", "body", "unreadable", f"cannot be read: {unreadable}")
    else:
        check = operation.replies[answer.status, media]
        if check is not None and not check.is_valid(value):
            yield from from_violations("reply", check.violations(value, "body"), value)


def _declared(contract: Contract) -> Iterator[tuple[tuple[str, int], list[Declared]]]:
    """The headers of each operation and status."""
    document = contract.document
    assert isinstance(document, Document)  # noqa: S101  it was read as one
    nodes = (item[method] for item in document["paths"].values() for method in METHODS if method in item)
    for node in nodes:
        for status, response in node["responses"].items():
            headers = _deref(response, document).get("headers", {})
            found = [_header(name, _deref(described, document), document) for name, described in headers.items()]
            yield (node["operationId"], int(status)), [it for it in found if it.name.lower() not in _NOT_DECLARED_HERE]


def _header(name: str, described: Mapping[str, Any], document: Document) -> Declared:
    schema = _deref(described["schema"], document)
    return Declared(name, described.get("required", False), schema, Check(schema, document))


def _deref(node: Mapping[str, Any], document: Document) -> Mapping[str, Any]:
    return resolve(node["$ref"], document) if "$ref" in node else node
