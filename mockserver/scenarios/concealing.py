"""Reports without secrets: exchanges and explanations as they may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mockserver import redaction
from mockserver.redaction import REDACTED, Secrets
from mockserver.scenarios.document import Bound
from mockserver.scenarios.requesting import Reply
from mockserver.scenarios.result import Check, Exchange, Message

_LONG = 6
"""A secret of so many characters is no word that means something else elsewhere."""
_NAMES = frozenset(
    {"password", "secret", "token", "access_token", "refresh_token", "client_secret", "api_key", "apikey"}
)
"""What is secret wherever a contract says nothing of it."""
_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class Concealing:
    """The secrets of one workflow: what stands in headers and under names that contracts call secret, once it was seen.

    A long secret is hidden wherever else it occurs.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._secrets: dict[str, Secrets] = {}

    def learn(self, value: Any) -> None:
        """A value is secret."""
        for text in _texts(value):
            self._learn(text)

    def exchange(self, bound: Bound, reply: Reply) -> Exchange:
        """An exchange as it may be shown; what is secret in it is known from now on."""
        secret, asked = self._of(bound), reply.exchange
        for headers in (asked.request_headers, asked.headers):
            for name, text in headers.items():
                if name in secret.headers:
                    self._learn(text.partition(" ")[2] if text.partition(" ")[0].lower() in redaction.SCHEMES else text)
        for body in (asked.request_body, asked.body, asked.request_query):
            for text in _named(body, secret.names):
                self._learn(text)
        return Exchange(
            method=asked.method,
            url=self.text(redaction.show_url(asked.url, secret)),
            request=self._message(asked.request_headers, asked.request_body, secret),
            status=asked.status,
            reason=reply.reason or reply.failure,
            reply=self._message(asked.headers, asked.body, secret),
        )

    def check(self, check: Check) -> Check:
        """What was looked at, as it may be shown."""
        return msgspec.structs.replace(check, found=self.text(check.found))

    def text(self, text: str) -> str:
        """A text without the secrets that are known."""
        for secret in self._known:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return text

    def _message(self, headers: Mapping[str, str], body: Any, secret: Secrets) -> Message:
        pairs = ((name.encode(), text.encode("latin-1", "replace")) for name, text in headers.items())
        shown = {name: self.text(text) for name, text in redaction.show_headers(pairs, secret).items()}
        return Message(headers=shown, body=self._value(redaction.redact(body, secret.names)))

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._value(inner) for name, inner in value.items()}
        return [self._value(inner) for inner in value] if isinstance(value, list) else value

    def _learn(self, text: str) -> None:
        if len(text) >= _LONG and text != REDACTED:
            self._known.add(text)

    def _of(self, bound: Bound) -> Secrets:
        """What is secret in an exchange with an API."""
        if bound.source not in self._secrets:
            schemes = bound.document.get("components", {}).get("securitySchemes", {}).values()
            headers = _HEADERS | {str(each["name"]).lower() for each in schemes if each.get("in") == "header"}
            names = _NAMES | {str(each["name"]).lower() for each in schemes if each.get("in") == "query"}
            if bound.contract is not None:
                ours = redaction.secrets(bound.contract, ())
                headers, names = headers | ours.headers, ours.names
            self._secrets[bound.source] = Secrets(names, headers)
        return self._secrets[bound.source]


def _named(value: Any, names: frozenset[str]) -> Iterator[str]:
    """The texts under these names in a JSON value, at any depth."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner) if name.lower() in names else _named(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, names)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)
