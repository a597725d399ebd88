"""Reading what steps are made of: parameters, bodies, criteria, actions, outputs, each where it may be reused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import msgspec

from mockserver.marks import Mark
from mockserver.scenarios import written
from mockserver.scenarios.conditions import BrokenCondition, Condition, Kind, read_condition
from mockserver.scenarios.document import Node, Parameter, Replacement, RequestBody
from mockserver.scenarios.loading import Page
from mockserver.scenarios.syntax import BrokenExpression, Expression, parse
from mockserver.scenarios.taking import Path, Taker
from mockserver.scenarios.uses import Moment, Uses
from mockserver.shape import meant

N = TypeVar("N", bound=Node)
_KINDS = ("simple", "regex", "jsonpath")
_NO_XPATH = "xpath looks at XML, which no API here speaks; write a jsonpath, or a simple condition"


class Place(NamedTuple):
    """In which workflow something is read, in which step where in one, and when it is worked out."""

    workflow: str
    moment: Moment
    step: str | None = None

    def at(self, moment: Moment) -> Place:
        """The same, worked out at another moment."""
        return self._replace(moment=moment)


class Parts:
    """Reads parts; what is wrong goes to the taker, and the expressions in them to the uses."""

    def __init__(self, taker: Taker, uses: Uses, components: Any) -> None:
        self.taker = taker
        self.uses = uses
        self._components = components if isinstance(components, Mapping) else {}

    def note(self, value: Any, path: Path, place: Place) -> None:
        """A JSON value with expressions in it."""
        self.taker.check(value, path)
        self.uses.note(value, path, place)

    def parameters(self, values: Sequence[Any], path: Path, place: Place) -> tuple[Parameter, ...]:
        """Parameters, or references to them."""
        read = [self._parameter(value, where, place) for value, where in self._each(values, path, "parameters")]
        named = [(each.name, each.where) for each in read if each]
        for at, each in enumerate(read):
            if each and (each.name, each.where) in [(e.name, e.where) for e in read[:at] if e]:
                self.taker.complain(f"the parameter '{each.name}' stands twice", (*path, at))
        return tuple(each for each in read if each) if named else ()

    def body(self, value: Any, path: Path, place: Place) -> RequestBody | None:
        """A request body."""
        taken = None if value is None else self.taker.take(value, written.RequestBody, path)
        if taken is None:
            return None
        self.note(taken.payload, (*path, "payload"), place)
        self.note(taken.content_type or "", (*path, "contentType"), place)
        replaced = [
            self._replacement(each, (*path, "replacements", at), place) for at, each in enumerate(taken.replacements)
        ]
        return RequestBody(
            mark=self.taker.page.mark(path),
            content_type=taken.content_type,
            payload=taken.payload,
            replacements=tuple(each for each in replaced if each),
        )

    def criteria(self, values: Sequence[Any], path: Path, place: Place) -> tuple[Condition, ...]:
        """Criteria."""
        read = [self._criterion(value, (*path, at), place) for at, value in enumerate(values)]
        return tuple(each for each in read if each)

    def outputs(self, values: Mapping[str, str], path: Path, place: Place) -> dict[str, Expression]:
        """Outputs by name."""
        read: dict[str, Expression] = {}
        for name, text in values.items():
            try:
                read[name] = parse(text)
            except BrokenExpression as error:
                self.taker.complain(str(error), (*path, name))
            else:
                self.uses.note(read[name], (*path, name), place)
        return read

    def reused(self, values: Sequence[Any], path: Path, section: str) -> Iterator[tuple[Any, Path]]:
        """Objects, or what references lead to, each with where it stands."""
        yield from self._each(values, path, section)

    def _each(self, values: Sequence[Any], path: Path, section: str) -> Iterator[tuple[Any, Path]]:
        for at, value in enumerate(values):
            here = (*path, at)
            if not (isinstance(value, Mapping) and "reference" in value):
                yield value, here
                continue
            found = self._component(value, here, section)
            if found is not None:
                yield found

    def _component(self, value: Mapping[str, Any], path: Path, section: str) -> tuple[Any, Path] | None:
        taken = self.taker.take(value, written.Reusable, path)
        if taken is None:
            return None
        start, known = f"$components.{section}.", self._components.get(section)
        known = known if isinstance(known, Mapping) else {}
        name = taken.reference.removeprefix(start)
        if not taken.reference.startswith(start) or name not in known:
            right = ", ".join(f"{start}{each}" for each in known) or "none"
            told = f"there is no {taken.reference}{meant(taken.reference, [start + each for each in known])}; known: {right}"
            self.taker.complain(told, (*path, "reference"))
            return None
        if taken.value is msgspec.UNSET:
            return known[name], ("components", section, name)
        if section != "parameters":
            self.taker.complain("only a parameter is given a value where it is used", (*path, "value"))
            return None
        return ({**known[name], "value": taken.value}, path) if isinstance(known[name], Mapping) else None

    def _parameter(self, value: Any, path: Path, place: Place) -> Parameter | None:
        bare = (
            {key: inner for key, inner in value.items() if key != "reference"} if isinstance(value, Mapping) else value
        )
        taken = self.taker.take(bare, written.Parameter, path)
        if taken is None or (taken.in_ is None and bare.get("in") is not None):
            return None
        self.note(taken.value, (*path, "value"), place)
        return Parameter(mark=self.taker.page.mark(path), name=taken.name, where=taken.in_, value=taken.value)

    def _replacement(self, value: Any, path: Path, place: Place) -> Replacement | None:
        taken = self.taker.take(value, written.Replacement, path)
        if taken is None:
            return None
        if not taken.target.startswith("/"):
            self.taker.complain("a target is a JSON pointer, which begins with /", (*path, "target"))
        self.note(taken.value, (*path, "value"), place)
        return Replacement(mark=self.taker.page.mark(path), target=taken.target, value=taken.value)

    def _criterion(self, value: Any, path: Path, place: Place) -> Condition | None:
        taken = self.taker.take(value, written.Criterion, path)
        kind = None if taken is None else self._kind(taken.type, (*path, "type"))
        if taken is None or kind is None:
            return None
        mark = self.taker.page.mark((*path, "condition"))
        try:
            read = read_condition(taken.condition, mark, kind, taken.context)
        except BrokenCondition as error:
            at = _moved(self.taker.page, (*path, "condition"), error.column)
            self.taker.complain(str(error), (*path, "condition"), at)
            return None
        except BrokenExpression as error:
            self.taker.complain(str(error), path)
            return None
        for each in read.expressions:
            self.uses.note(each, (*path, "condition"), place)
        return read

    def _kind(self, given: Any, path: Path) -> Kind | None:
        if isinstance(given, Mapping):
            taken = self.taker.take(given, written.CriterionType, path)
            given = None if taken is None else taken.type
            if given is None:
                return None
        if given in _KINDS:
            return given  # type: ignore[no-any-return]
        known = ", ".join(_KINDS)
        near = meant(given, _KINDS) if isinstance(given, str) else ""
        self.taker.complain(
            _NO_XPATH if given == "xpath" else f"there is no type {given!r}{near}; known: {known}", path
        )
        return None


def _moved(page: Page, path: Path, column: int) -> Mark:
    """The place so many letters into a text."""
    mark = page.value_mark(path)
    line = page.text.splitlines()[mark.line - 1][mark.column - 1 :]
    if line.startswith(("|", ">", "&", "!")):
        return mark
    return Mark(mark.file, mark.line, mark.column + column + line.startswith(("'", '"')))
