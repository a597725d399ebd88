"""Values that programs make up: where ours made up another one than the recorded program, ours is sent from then on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from msgspec import structs

from mockserver.drift.entries import created
from mockserver.forms import FORM
from mockserver.har import Recorded
from mockserver.recordings import Trace

_DISTINCT = 8
"""A text of so many characters is no word that means something else elsewhere."""
_LARGE = 10_000
"""Nor is a number from here on a page or a count."""
_IDS = re.compile(r"(?:^|[_\[-])ids?(?:\]|\[\d*\])*$|[a-z]Ids?(?:\]|\[\d*\])*$")
"""How the names of fields end that hold ids."""
Change = Callable[[str, str], str]
"""What a value under a name becomes."""


class Carried(dict[str, str]):
    """Our value for each that the recorded program made up, as texts."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = frozenset(name.lower() for name in secrets)

    def learn(self, recorded: Recorded, answered: Recorded) -> None:
        """Learn from a recorded reply, with stand-ins, and from ours to the same request."""
        self._learn_values(_json(recorded.reply_body), _json(answered.reply_body), hidden=False)
        theirs, ours = (
            dict(parse_qsl(urlsplit(each.reply_header("location") or "").query)) for each in (recorded, answered)
        )
        for name in theirs.keys() & ours.keys():
            self._keep(theirs[name], ours[name])

    def learn_keys(self, recorded: Iterable[Trace], answered: Iterable[Trace]) -> None:
        """Learn the keys of the records that an exchange has made."""
        for theirs, ours in zip(created(recorded), created(answered), strict=False):
            if theirs.collection == ours.collection and theirs.key != ours.key:
                self[str(theirs.key)] = str(ours.key)

    def _learn_values(self, recorded: Any, answered: Any, *, hidden: bool) -> None:
        if isinstance(recorded, dict) and isinstance(answered, dict):
            for name in recorded.keys() & answered.keys():
                self._learn_values(recorded[name], answered[name], hidden=hidden or name.lower() in self._secrets)
        elif isinstance(recorded, list) and isinstance(answered, list):
            for one, other in zip(recorded, answered, strict=False):
                self._learn_values(one, other, hidden=hidden)
        elif hidden and isinstance(recorded, str) and isinstance(answered, (str, int)):
            self._keep(recorded, str(answered))

    def _keep(self, recorded: str, answered: str) -> None:
        if len(recorded) >= _DISTINCT:
            self[recorded] = answered

    def request(self, recorded: Recorded) -> Recorded:
        """The request with our values."""
        if not self:
            return recorded
        path, mark, query = recorded.url.partition("?")
        origin = "/".join(path.split("/")[:3])
        steps = "/".join(self.get(step, step) for step in path[len(origin) :].split("/"))
        return structs.replace(
            recorded,
            url=f"{origin}{steps}{mark}{_form(query, self.value) if mark else ''}",
            request_headers=tuple((name, self.credential(value)) for name, value in recorded.request_headers),
            request_body=self._body(recorded),
        )

    def credential(self, value: str) -> str:
        """A header's value with ours: of a credential, what follows its scheme."""
        scheme, space, rest = value.rpartition(" ")
        return f"{scheme}{space}{self.get(rest, rest)}" if len(rest) >= _DISTINCT else value

    def value(self, name: str, text: str) -> str:
        """Our value for one under a name. A short number is only an id where the name says so."""
        is_distinct = int(text) >= _LARGE if text.isdecimal() else len(text) >= _DISTINCT
        return self.get(text, text) if is_distinct or _IDS.search(name) else text

    def _body(self, recorded: Recorded) -> bytes:
        kind = (recorded.request_header("content-type") or "").partition(";")[0].strip().lower()
        if kind == FORM:
            text = recorded.request_body.decode("utf-8", "replace")
            changed = _form(text, self.value)
            return recorded.request_body if changed == text else changed.encode()
        value = _json(recorded.request_body)
        changed_value = _replaced(value, "", self.value)
        return recorded.request_body if changed_value == value else json.dumps(changed_value).encode()


def _form(text: str, change: Change) -> str:
    """A form or a query; as it was where nothing in it changes."""
    pairs = parse_qsl(text, keep_blank_values=True)
    changed = [(name, change(name, value)) for name, value in pairs]
    return text if changed == pairs else urlencode(changed)


def _replaced(value: Any, name: str, change: Change) -> Any:
    if isinstance(value, Mapping):
        return {each: _replaced(inner, each, change) for each, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, name, change) for inner in value]
    if isinstance(value, str):
        return change(name, value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(change(name, str(value))) if change(name, str(value)).lstrip("-").isdecimal() else value
    return value


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
