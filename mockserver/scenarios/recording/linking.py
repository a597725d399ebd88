"""Where values of requests come from: earlier replies, inputs, or nowhere but the tester's keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from mockserver.pseudonyms import is_pseudonym
from mockserver.scenarios.recording.session import About, Taken
from mockserver.scenarios.syntax import BrokenExpression, expressions_in

Pointer = tuple[str | int, ...]
Leaf = tuple[Pointer, Any]
RECEIVER = "receiver"
_LONG = 16
"""A text of so many characters that a server has made is no word that stands elsewhere by chance."""
_PIECE = re.compile(r"(\[redacted-\d+\])")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PLAIN = ("value", "text", "equalTo")
"""Names that say nothing of what a value is."""
_FORMS = frozenset({"id", "ids", "key", "keys", "code", "codes", "number"})


class Output(msgspec.Struct, frozen=True):
    """A value of a step's reply that a later step needs."""

    step: str
    name: str

    @property
    def expression(self) -> str:
        """How a later step says it."""
        return f"$steps.{self.step}.outputs.{self.name}"


class _Found(msgspec.Struct, frozen=True):
    """A value in a reply. `words` say of what it is the key, where it is one."""

    step: str
    pointer: Pointer
    value: Any
    words: tuple[str, ...] = ()


class Links:
    """What later steps can refer to; `outputs` has what they do refer to, by step, name and JSON pointer."""

    def __init__(
        self, about: About, credentials: Mapping[tuple[str, str, str], str], targets: Iterable[str] = ()
    ) -> None:
        self.outputs: dict[str, dict[str, Pointer]] = {}
        self.inputs: dict[str, dict[str, Any]] = {}
        self._targets = {*targets}
        self._about = about
        self._credentials = credentials
        self._named: dict[str, str] = {}
        self._secrets: dict[str, _Found] = {}
        self._keys: list[_Found] = []
        self._texts: dict[str, _Found] = {}
        self._typed: set[str] = set()

    def learn(self, step: str, taken: Taken) -> None:
        """What a reply has that is new."""
        self._typed |= {value for _, value in leaves(taken.json) if isinstance(value, str)}
        self._typed |= {value for _, value in taken.query}
        made = [each for each in taken.changes if each.kind == "inserted" and each.key is not None]
        for pointer, value in leaves(taken.reply):
            if isinstance(value, str) and is_pseudonym(value):
                self._secrets.setdefault(value, _Found(step, pointer, value))
            elif isinstance(value, str) and len(value) >= _LONG and value not in self._typed and made:
                self._texts.setdefault(value, _Found(step, pointer, value))
        for change in made:
            shown = _shown(change.key, change.collection, taken.reply)
            if shown is not None:
                self._keys.append(_Found(step, shown[0], shown[1], words(change.collection.rpartition(".")[2])))

    def value(self, value: Any, names: Sequence[str]) -> Any:
        """A value of a request as a scenario says it; `names` lead to it."""
        if isinstance(value, Mapping):
            return {name: self.value(inner, (*names, name)) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner, names) for inner in value]
        found = self._source(value, names)
        if found is not None:
            return self._output(found).expression
        return self._text(value, names) if isinstance(value, str) else value

    def in_text(self, value: str, names: Sequence[str]) -> Any:
        """A parameter, which is a text though what it came from may be a number."""
        if value.isdecimal():
            found = self._key(int(value), names)
            if found is not None:
                return self._output(found).expression
        return self.value(value, names)

    def known(self, pointer: Pointer, value: Any, path: Sequence[str]) -> str | None:
        """The expression for a value of a reply that is the key of a record that was made before."""
        found = self._key(value, [*path, *map(str, pointer)]) if _is_key(pointer, set()) else None
        return None if found is None else self._output(found).expression

    def _source(self, value: Any, names: Sequence[str]) -> _Found | None:
        if isinstance(value, str) and value in self._secrets:
            return self._secrets[value]
        if isinstance(value, str) and value in self._texts:
            return self._texts[value]
        return self._key(value, names)

    def _key(self, value: Any, names: Sequence[str]) -> _Found | None:
        """The latest record that was made with this key, where the names speak of such a record."""
        if isinstance(value, bool) or value is None:
            return None
        asked = {word for name in names for word in words(name)}
        for found in reversed(self._keys):
            if type(found.value) is type(value) and found.value == value and asked.issuperset(found.words[-1:]):
                return found
        return None

    def _output(self, found: _Found) -> Output:
        named = self.outputs.setdefault(found.step, {})
        for name, pointer in named.items():
            if pointer == found.pointer:
                return Output(found.step, name)
        last = next((str(each) for each in reversed(found.pointer) if isinstance(each, str)), "value")
        name = unused(slug(last) or "value", named)
        named[name] = found.pointer
        return Output(found.step, name)

    def _text(self, text: str, names: Sequence[str]) -> str:
        """A text with an expression for each secret in it."""
        if text in self._targets:
            return self._received(text)
        pieces = _PIECE.split(text)
        if len(pieces) == 1:
            return text if is_literal(text) else f"$inputs.{self._input(text, names, text)}"
        if not all(is_literal(piece) for piece in pieces[::2]):
            return f"$inputs.{self._input(text, names, None)}"
        said = [self._secret(piece, names) if at % 2 else piece for at, piece in enumerate(pieces)]
        if not "".join(pieces[::2]):
            return said[1]
        return "".join(f"{{{piece}}}" if at % 2 else piece for at, piece in enumerate(said))

    def _received(self, address: str) -> str:
        """An address of the tester's that webhooks were sent to, at which nobody may listen, or somebody else."""
        self.inputs[RECEIVER] = {
            "type": "string",
            "description": "Where webhooks are sent to; the runner listens there.",
        }
        path = urlsplit(address).path.strip("/")
        return f"{{$inputs.{RECEIVER}}}/{path}" if is_literal(path) and path else f"$inputs.{RECEIVER}"

    def _secret(self, placeholder: str, names: Sequence[str]) -> str:
        if placeholder in self._secrets:
            return self._output(self._secrets[placeholder]).expression
        return f"$inputs.{self._input(placeholder, names, None)}"

    def _input(self, key: str, names: Sequence[str], default: str | None) -> str:
        """The input that stands for a text; one that is no secret is its own default."""
        if key in self._named:
            return self._named[key]
        told = self._about.published.get(key, {})
        name = unused(slug(_named(told, names)) or "text", self.inputs)
        self._named[key] = name
        if default is not None:
            self.inputs[name] = {"type": "string", "default": default}
            return name
        place = (told.get("api", ""), told.get("credential", ""), told.get("header", ""))
        known = told.get("value") or self._credentials.get(place)
        text = known or f"Secret-{len(self._named):05}"
        described = _described(told, known=known is not None)
        self.inputs[name] = {"type": "string", "description": described, "format": "password", "default": text}
        return name


def leaves(value: Any, path: Pointer = ()) -> Iterator[Leaf]:
    """All values of a JSON value that have no others in them, each with the way to it."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves(inner, (*path, at))
    else:
        yield path, value


def pointer_text(pointer: Pointer) -> str:
    """As a runtime expression says it, behind the body."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in pointer)


def is_literal(text: str) -> bool:
    """Whether a text means itself in a scenario, and no runtime expression."""
    try:
        return not expressions_in(text)
    except BrokenExpression:
        return False


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case and each in the singular, without those that only say that it is a key."""
    found = [word.lower() for word in _WORDS.findall(name)]
    return tuple(_singular(word) for word in found if word not in _FORMS)


def slug(name: str) -> str:
    """A name for outputs and inputs."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")


def unused(name: str, taken: Mapping[str, Any]) -> str:
    """The name, with a number behind it where it is taken."""
    number = 2
    told = name
    while told in taken:
        told, number = f"{name}-{number}", number + 1
    return told


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _shown(key: int | str | None, collection: str, reply: Any) -> Leaf | None:
    """Where a reply shows the key of a record that was made; of several places, one whose name says so."""
    places = [(pointer, value) for pointer, value in leaves(reply) if type(value) is type(key) and value == key]
    own = set(words(collection.rpartition(".")[2]))
    places.sort(key=lambda leaf: not _is_key(leaf[0], own))
    return places[0] if places and _is_key(places[0][0], own) else None


def _is_key(pointer: Pointer, collection: set[str]) -> bool:
    name = next((str(each) for each in reversed(pointer) if isinstance(each, str)), "")
    plain = name.lower().endswith(("id", "key", "code")) or not name
    return plain or bool(collection.intersection(words(name)))


def _named(told: Mapping[str, str], names: Sequence[str]) -> str:
    """What an input is called: after the credential that it is, or after where it is sent."""
    if "credential" not in told:
        return next((name for name in reversed(names) if name not in _PLAIN), "secret")
    return f"{told['api']}-{told['credential']}-{told['header']}".replace("-authorization", "")


def _described(told: Mapping[str, str], *, known: bool) -> str:
    if "credential" in told:
        return f"The credential {told['credential']} of {told['api']}; the fixture's own works."
    return "What the fixture has here." if known else "A secret that was not recorded; this one is invented."
