"""Reading matchers from JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver import jsonbody
from mockserver.patterns.broken import PatternError
from mockserver.patterns.equality import Leniency, check_placeholders, compile_regex, is_placeholder
from mockserver.patterns.expressions import compile_expression
from mockserver.patterns.matchers import (
    Absent,
    All,
    Contains,
    Either,
    EqualTo,
    EqualToJson,
    JsonPath,
    Matcher,
    Matches,
    Not,
)

_DEEPEST = 32
_EXPRESSION = "expression"


class _Read(NamedTuple):
    """A matcher that is being read: the whole object, its operator and that one's argument, and where it stands."""

    node: Mapping[str, Any]
    operator: str
    argument: Any
    place: str
    depth: int

    @property
    def at(self) -> str:
        """The operator's own place."""
        return f"{self.place}.{self.operator}"

    def text(self) -> str:
        """The argument, which must be a text."""
        if not isinstance(self.argument, str):
            raise PatternError(self.at, "must be a text")
        return self.argument

    def flag(self, name: str) -> bool:
        """An option, which is true or false."""
        value = self.node.get(name, False)
        if not isinstance(value, bool):
            raise PatternError(f"{self.place}.{name}", "must be true or false")
        return value


def compile_matcher(node: Any, place: str, depth: int = 0) -> Matcher:
    """Read a matcher, which is an object with one operator. Raises PatternError."""
    if not isinstance(node, Mapping):
        raise PatternError(place, 'must be a matcher, an object such as {"equalTo": "bear"}', OPERATORS)
    if depth > _DEEPEST:
        raise PatternError(place, f"matchers stand in one another at most {_DEEPEST} deep")
    operators = [name for name in node if name in OPERATORS]
    known = [*OPERATORS, *(option for each in operators for option in _OPTIONS.get(each, ()))]
    for name in node:
        if name not in known:
            raise PatternError(f"{place}.{name}", f"there is no matcher '{name}' here", known)
    if len(operators) != 1:
        both = (
            f"{' and '.join(operators)} cannot stand side by side; put each into an object of its own in a list 'and'"
        )
        raise PatternError(place, both if operators else "has no matcher in it", () if operators else OPERATORS)
    return OPERATORS[operators[0]](_Read(node, operators[0], node[operators[0]], place, depth))


def _equal_to(read: _Read) -> Matcher:
    return EqualTo(read.text(), fold=read.flag("caseInsensitive"))


def _contains(read: _Read) -> Matcher:
    return Contains(read.text())


def _does_not_contain(read: _Read) -> Matcher:
    return Not(Contains(read.text()), read.node)


def _matches(read: _Read) -> Matcher:
    return Matches(compile_regex(read.argument, read.at))


def _does_not_match(read: _Read) -> Matcher:
    return Not(Matches(compile_regex(read.argument, read.at)), read.node)


def _absent(read: _Read) -> Matcher:
    if read.argument is not True:
        raise PatternError(read.at, 'must be true; for something that must be there, say {"not": {"absent": true}}')
    return Absent()


def _equal_to_json(read: _Read) -> Matcher:
    expected = read.argument
    if isinstance(expected, str) and not is_placeholder(expected):
        try:
            expected = jsonbody.read(expected.encode("utf-8", "surrogatepass"))
        except jsonbody.Unreadable as error:
            raise PatternError(read.at, f"a text must be JSON: {error}") from None
    check_placeholders(expected, read.at)
    return EqualToJson(expected, Leniency(read.flag("ignoreArrayOrder"), read.flag("ignoreExtraElements")))


def _matches_json_path(read: _Read) -> Matcher:
    if isinstance(read.argument, str):
        return JsonPath(compile_expression(read.argument, read.at), None, read.node)
    if not isinstance(read.argument, Mapping) or _EXPRESSION not in read.argument:
        raise PatternError(read.at, 'must be a JSONPath, or an object such as {"expression": "$.id", "equalTo": "1"}')
    matcher = {name: value for name, value in read.argument.items() if name != _EXPRESSION}
    expression = compile_expression(read.argument[_EXPRESSION], f"{read.at}.{_EXPRESSION}")
    return JsonPath(expression, compile_matcher(matcher, read.at, read.depth + 1) if matcher else None, read.node)


def _and(read: _Read) -> Matcher:
    return All(_several(read), read.node)


def _or(read: _Read) -> Matcher:
    return Either(_several(read), read.node)


def _not(read: _Read) -> Matcher:
    return Not(compile_matcher(read.argument, read.at, read.depth + 1), read.node)


def _several(read: _Read) -> list[Matcher]:
    if not isinstance(read.argument, list) or not read.argument:
        raise PatternError(read.at, "must be a list of matchers, with at least one")
    return [compile_matcher(node, f"{read.at}[{at}]", read.depth + 1) for at, node in enumerate(read.argument)]


OPERATORS: Mapping[str, Callable[[_Read], Matcher]] = {
    "equalTo": _equal_to,
    "contains": _contains,
    "doesNotContain": _does_not_contain,
    "matches": _matches,
    "doesNotMatch": _does_not_match,
    "absent": _absent,
    "equalToJson": _equal_to_json,
    "matchesJsonPath": _matches_json_path,
    "and": _and,
    "or": _or,
    "not": _not,
}
"""Matchers by their names in JSON."""
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "equalTo": ("caseInsensitive",),
    "equalToJson": ("ignoreArrayOrder", "ignoreExtraElements"),
}
MATCHERS = (*OPERATORS, *(option for options in _OPTIONS.values() for option in options))
"""All keys of a matcher."""
