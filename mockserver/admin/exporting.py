"""HTTP archives of exchanges, without the secrets in them."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import msgspec

from mockserver import files
from mockserver.admin import entries, wire
from mockserver.admin.desk import Desk
from mockserver.call import Call
from mockserver.contract import Contract
from mockserver.har import Recorded, har_text
from mockserver.journal import Exchange, Headers
from mockserver.pseudonyms import Pseudonyms
from mockserver.redaction import SCHEMES, Secrets
from mockserver.state.change import Change
from mockserver.vendor import ADMIN

OURS = "_mockserver"
"""Under which name an archive says what HAR has no word for; other tools pass over names that begin so."""
_WORD = re.compile(r"[^\s\"',;:#]*[^\s\"',;:#.]")
_NO_WORD = re.compile(r"(?=.*[\d_/+=-]).{6,}")
_OF_RULES = frozenset({"sandbox.faults", "sandbox.fault_uses", "sandbox.scenarios"})
_MATCHERS = frozenset({"basicauthcredentials", "bodypatterns", "cookies"})
"""What of a request pattern may be about secrets whatever their names."""
_PLACES = frozenset({"headers"})
"""What is a secret in some contract as a whole, and of which a pattern only names parts."""
_URLS = frozenset({"url", "urlPattern"})
_RECORD = ("put_record", "delete_record")


def written(desk: Desk, call: Call, exchanges: list[Exchange]) -> Generator[None, None, bytes]:
    """An archive of these exchanges, written piece by piece."""
    hiding, entries_written = _Hiding(desk), []
    for exchange in exchanges:
        entries_written.append(msgspec.json.encode(_entry(desk, call, exchange, hiding)))
        yield
    log = msgspec.json.decode(har_text(()))["log"]
    log |= {"entries": [msgspec.Raw(each) for each in entries_written], OURS: _about(desk, hiding)}
    return msgspec.json.encode({"log": log})


def _entry(desk: Desk, call: Call, exchange: Exchange, hiding: _Hiding) -> dict[str, Any]:
    recorded = hiding.hidden(exchange, _recorded(call, exchange))
    entry: dict[str, Any] = msgspec.json.decode(har_text([recorded]))["log"]["entries"][0]
    entry[OURS] = {
        "id": exchange.id,
        "vendor": exchange.vendor or None,
        "api": exchange.api or None,
        "operation": exchange.operation,
        "error": exchange.row,
        "fault": exchange.fault,
        "changes": [_change(desk, change) for change in exchange.changes],
    }
    return entry


def _recorded(call: Call, exchange: Exchange) -> Recorded:
    """An exchange as it was, but for the sandbox before its path and in addresses of the reply."""
    headers = tuple(_pairs(exchange.request_headers))
    host = next((value for name, value in headers if name == "host"), "localhost")
    target, reply_headers, reply_body = exchange.target, tuple(_pairs(exchange.reply_headers)), exchange.reply_body
    if target.startswith("/@"):
        before = f"/{re.split('[/?]', target[1:])[0]}"
        target = target.removeprefix(before) or "/"
        reply_body = reply_body.replace(f"{host}{before}/".encode(), f"{host}/".encode())
        less = len(exchange.reply_body) - len(reply_body)
        reply_headers = tuple(_without(each, f"{host}{before}/", f"{host}/", less) for each in reply_headers)
    return Recorded(
        method=exchange.method,
        url=f"{call.scheme}://{host}{target}",
        request_headers=headers,
        request_body=exchange.request_body,
        status=exchange.status,
        reply_headers=reply_headers,
        reply_body=reply_body,
        started=entries.instant(exchange.at),
        took=round(exchange.took * 1000, 3),
        comment=f"request {exchange.id}" + (f", {exchange.operation}" if exchange.operation else ""),
    )


def _without(header: tuple[str, str], old: str, new: str, less: int) -> tuple[str, str]:
    """A header with another address in it, or the length of a body that has become so much shorter."""
    name, value = header
    if name == "content-length" and value.isdecimal():
        return name, str(int(value) - less)
    return name, value.replace(old, new)


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)


def _change(desk: Desk, change: Change) -> dict[str, Any]:
    collection = desk.collections[change.collection]
    kind = "inserted" if change.before is None else "deleted" if change.after is None else "updated"
    key = None if collection.key_field in collection.secret else change.key
    return {"collection": change.collection, "key": key, "kind": kind}


def _about(desk: Desk, hiding: _Hiding) -> dict[str, Any]:
    """What the exchanges were asked of, and which placeholders stand for what everybody may know."""
    sandbox = desk.sandbox
    options, beginning, own = sandbox.options, sandbox.beginning, desk.world.seeds.fixture
    return {
        "sandbox": sandbox.name,
        "fixture": beginning.fixture,
        "seed": beginning.seed,
        "customers": own.drawn.count if beginning.fixture == own.name else None,
        "from": beginning.source,
        "auth": options.auth,
        "fidelity": options.fidelity,
        "rateLimits": options.rate_limits,
        "dropped": sandbox.journal.dropped,
        "whole": sandbox.journal.whole,
        "now": wire.instant_text(sandbox.clock.now),
        "published": hiding.published(),
    }


class _Hiding:
    """Hides the secrets of many exchanges, each by what its contract says, with one count of placeholders."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers: dict[str, int] = {}
        self._contracts = {api.contract.api: api.contract for api in desk.apis}
        self._pseudonyms = cache(lambda contract: _Numbered(self._contracts[contract], self._numbers))

    def hidden(self, exchange: Exchange, recorded: Recorded) -> Recorded:
        """An exchange as it may be shown."""
        pseudonyms = self._pseudonyms(exchange.api or next(iter(self._contracts)))
        pseudonyms.secret = self._secrets(exchange)
        hidden = pseudonyms.recorded(recorded)
        return msgspec.structs.replace(hidden, url=self._without_key(pseudonyms, exchange, hidden.url))

    def published(self) -> dict[str, dict[str, str]]:
        """Placeholders that stand for what the fixtures of this package have, or for one of their credentials."""
        words, credentials = _published_words(), dict(self._credentials())
        told: dict[str, dict[str, str]] = {}
        for text, number in self._numbers.items():
            if text in credentials:
                told[f"[redacted-{number}]"] = credentials[text]
            elif text in words:
                told[f"[redacted-{number}]"] = {"value": text}
        return told

    def _secrets(self, exchange: Exchange) -> Secrets:
        """What is secret in an exchange. Of a fault rule not all that it matches is, but credentials and bodies are."""
        secret = entries.exchange_secrets(self._desk, exchange)
        if exchange.vendor != ADMIN or any(change.collection not in _OF_RULES for change in exchange.changes):
            return secret
        names = {name.lower() for contract in self._contracts.values() for name in contract.secrets}
        return Secrets(frozenset((names | secret.headers | _MATCHERS) - _PLACES), secret.headers)

    def _credentials(self) -> Iterator[tuple[str, dict[str, str]]]:
        """The texts of credentials that work, each with where `/vendors` has it."""
        for api in self._desk.world.apis:
            for credential in api.dialect.credentials(self._desk.sandbox.subjects[api.vendor]):
                for header, value in credential.headers.items():
                    place = {"api": api.contract.api, "credential": credential.name, "header": header.lower()}
                    yield bare(value), place

    def _without_key(self, pseudonyms: _Numbered, exchange: Exchange, url: str) -> str:
        """Where a tester altered a record whose very key is a secret, the path has it too."""
        if exchange.vendor != ADMIN or exchange.operation not in _RECORD or not exchange.changes:
            return url
        change = exchange.changes[0]
        collection = self._desk.collections[change.collection]
        if collection.key_field not in collection.secret:
            return url
        return f"{url.rpartition('/')[0]}/{quote(pseudonyms.number(str(change.key)), safe='[]')}"


class _Numbered(Pseudonyms):
    """Pseudonyms that share their numbers with those of other contracts."""

    def __init__(self, contract: Contract, numbers: dict[str, int]) -> None:
        super().__init__(contract)
        self._numbers = numbers

    @property
    def secret(self) -> Secrets:
        """What is secret in the next exchange."""
        return self._secret

    @secret.setter
    def secret(self, secret: Secrets) -> None:
        self._secret = secret

    def number(self, text: str) -> str:
        """What stands in a secret's place."""
        return self._number(text)

    def _hide(self, value: Any, name: str = "", *, secret: bool = False) -> Any:
        """Addresses that a rule matches may have secrets in their query."""
        return super()._hide(value, name, secret=secret or (name in _URLS and "?" in str(value)))


def bare(value: str) -> str:
    """A credential without the scheme before it, such as `Bearer`."""
    scheme, space, rest = value.partition(" ")
    return rest if space and scheme.lower() in SCHEMES else value


@cache
def _published_words() -> frozenset[str]:
    """What the fixtures and contracts of this package have, and which is no secret; no words of any language."""
    folders = (files.fixtures(), files.contracts())
    texts = [file.read_text(encoding="utf-8") for folder in folders for file in folder.glob("*.yaml")]
    return frozenset(word for text in texts for word in _WORD.findall(text) if _NO_WORD.fullmatch(word))
