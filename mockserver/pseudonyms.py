"""What recordings show in the place of secrets: numbers, so that a reader can still tell which ones were the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlencode, urlsplit, urlunsplit

import orjson
from msgspec import structs

from mockserver import jsonbody, redaction
from mockserver.contract import Contract
from mockserver.forms import FORM
from mockserver.har import Recorded
from mockserver.schema import resolve

_URLS = frozenset({"location", "referer", "content-location"})
_LONG = 8
"""A secret of so many characters is no word that means something else elsewhere."""
_PLACEHOLDER = re.compile(r"\[redacted-\d+\]")


def is_pseudonym(text: str) -> bool:
    """Whether a text stands in the place of a secret."""
    return _PLACEHOLDER.fullmatch(text) is not None


class Pseudonyms:
    """The secrets of one recording. Each gets a number when it is first seen: `[redacted-1]`.

    Secret is what stands in a header or under a name that the contract calls secret, and a long text that once stood
    there wherever else it occurs. What is empty hides nothing and stays; so does a word that the contract lists, and
    how a credential begins (`Bearer`).
    """

    def __init__(self, contract: Contract, others: Iterable[Contract] = ()) -> None:
        self._secret = redaction.secrets(contract, others)
        self._words = {*_words(contract.document, contract.document)}
        self._numbers: dict[str, int] = {}

    def recorded(self, recorded: Recorded) -> Recorded:
        """The same exchange without its secrets. Bodies that have none stay as they are, byte for byte."""
        return structs.replace(
            recorded,
            url=self._url(recorded.url),
            request_headers=tuple(self._headers(recorded.request_headers)),
            request_body=self._body(recorded.request_body, recorded.request_header("content-type")),
            reply_headers=tuple(self._headers(recorded.reply_headers)),
            reply_body=self._body(recorded.reply_body, recorded.reply_header("content-type")),
        )

    def _headers(self, headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for name, value in headers:
            if name.lower() in self._secret.headers:
                yield name, self._credential(value)
            else:
                yield name, self._url(value) if name.lower() in _URLS else self._known(value)

    def _credential(self, value: str) -> str:
        scheme, space, rest = value.partition(" ")
        if space and scheme.lower() in redaction.SCHEMES:
            return f"{scheme} {self._number(rest)}"
        return self._number(value)

    def _url(self, url: str) -> str:
        """An address: what is secret in its query, its fragment, and before its host."""
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        return urlunsplit(
            parts._replace(
                netloc=f"{quote(self._number(user))}@{host}" if at else host,
                path="/".join(self._known(step) for step in parts.path.split("/")),
                query=self._query(parts.query),
                fragment=self._query(parts.fragment),
            )
        )

    def _query(self, query: str) -> str:
        return "&".join(self._parameter(piece) for piece in query.split("&"))

    def _parameter(self, piece: str) -> str:
        """One `name=value`. Of a nested name such as `customer[password]` every part counts."""
        name, equals, value = piece.partition("=")
        text = unquote_plus(value)
        hidden = self._pair(unquote_plus(name), text)
        return piece if hidden == text else f"{name}{equals}{quote(hidden, safe='[]')}"

    def _pair(self, name: str, value: str) -> str:
        parts = re.split(r"[\[\].]+", name.lower())
        return self._number(value) if not self._secret.names.isdisjoint(parts) else self._known(value)

    def _body(self, body: bytes, media_type: str | None) -> bytes:
        if not body:
            return body
        try:
            value = jsonbody.read(body)
        except jsonbody.Unreadable:
            # Only then, for curl calls everything a form, and some vendors read JSON all the same.
            if (media_type or "").partition(";")[0].strip().lower() == FORM:
                return self._form(body)
            shown = redaction.show_body(body, self._secret)
            return redaction.WITHHELD.encode() if shown.kind == "withheld" else body
        hidden = self._hide(value)
        return body if hidden == value else orjson.dumps(hidden)

    def _form(self, body: bytes) -> bytes:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        hidden = [(name, self._pair(name, value)) for name, value in pairs]
        return body if hidden == pairs else urlencode(hidden).encode()

    def _hide(self, value: Any, name: str = "", *, secret: bool = False) -> Any:
        """A JSON value with a number for each text and each number that stands under a secret name, at any depth."""
        if isinstance(value, dict):
            names = self._secret.names
            return {
                each: self._hide(inner, each, secret=secret or each.lower() in names) for each, inner in value.items()
            }
        if isinstance(value, list):
            return [self._hide(inner, name, secret=secret) for inner in value]
        if not secret or isinstance(value, bool) or value is None or (name, value) in self._words:
            return self._known(value) if isinstance(value, str) else value
        return self._number(str(value))

    def _number(self, text: str) -> str:
        """What stands in a secret's place."""
        if not text or is_pseudonym(text):
            return text
        return f"[redacted-{self._numbers.setdefault(text, len(self._numbers) + 1)}]"

    def _known(self, text: str) -> str:
        """A text as it is, unless it has been seen to be a secret."""
        return self._number(text) if len(text) >= _LONG and text in self._numbers else text


def _words(node: Any, document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The words that may stand under a name, where a contract lists them: whoever reads it knows them all."""
    if isinstance(node, Mapping):
        for name, inner in node.items():
            schema = resolve(inner["$ref"], document) if isinstance(inner, Mapping) and "$ref" in inner else inner
            if isinstance(schema, Mapping) and isinstance(schema.get("enum"), list):
                yield from ((name, word) for word in schema["enum"])
            yield from _words(inner, document)
    elif isinstance(node, list):
        for inner in node:
            yield from _words(inner, document)
