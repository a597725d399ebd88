"""Criteria: what must be so after a step, as simple conditions, regular expressions or JSONPaths."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, Protocol

import msgspec

from mockserver.marks import Mark
from mockserver.scenarios import filling
from mockserver.scenarios.clauses import Node
from mockserver.scenarios.comparing import Compared, Trace, shown
from mockserver.scenarios.expressions import Expression, Scope, Undefined, text_of, value
from mockserver.scenarios.grammar import BrokenCondition, read
from mockserver.scenarios.syntax import parse

__all__ = ["BrokenCondition", "Compared", "Condition", "Kind", "Verdict", "read_condition"]

Kind = Literal["simple", "regex", "jsonpath"]
_SLASHED = re.compile(r"/(.*)/([gimsuy]*)", re.DOTALL)
"""A regular expression as JavaScript writes it, which other runners take too."""
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}


class Verdict(msgspec.Struct, frozen=True):
    """Whether a condition holds, and what was compared with what, in words and as values."""

    ok: bool
    explanation: str
    compared: tuple[Compared, ...] = ()


class Test(Protocol):
    """What a text was read as."""

    def holds(self, condition: Condition, scope: Scope) -> Verdict:
        """Whether it is so. Raises Undefined."""


class Condition(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion. `context` is what a regular expression or a JSONPath looks at. Made by `read_condition`."""

    text: str
    kind: Kind = "simple"
    context: Expression | None = None
    mark: Mark
    test: Any
    """What `text` was read as; for `holds` alone."""

    def holds(self, scope: Scope) -> Verdict:
        """Whether it is so. Never raises.

        In a simple condition, what an expression leads nowhere to is equal to null and to nothing else. A regular
        expression or a JSONPath that has nothing to look at does not hold, and the explanation says it.
        """
        test: Test = self.test
        try:
            return test.holds(self, scope)
        except Undefined as error:
            return Verdict(ok=False, explanation=str(error))

    @property
    def expressions(self) -> list[Expression]:
        """All expressions in it."""
        inside: list[Expression] = self.test.expressions
        return inside if self.context is None else [self.context, *inside]


def read_condition(text: str, mark: Mark, kind: Kind = "simple", context: str | None = None) -> Condition:
    """Read a criterion. Raises BrokenCondition, BrokenExpression."""
    seen = None if context is None else parse(context)
    if kind == "simple":
        return Condition(text=text, context=seen, mark=mark, test=_Simple(read(text)))
    if seen is None:
        raise BrokenCondition(f"a {kind} needs a context to look at, such as $response.body")
    test = _Regex(text) if kind == "regex" else _JsonPath(text)
    return Condition(text=text, kind=kind, context=seen, mark=mark, test=test)


class _Simple:
    """Literals, expressions and operators."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.expressions = list(node.expressions())

    def holds(self, _condition: Condition, scope: Scope) -> Verdict:
        trace = Trace()
        ok = self._node.truth(scope, trace)
        return Verdict(ok=ok, explanation=trace.told(ok=ok), compared=(*trace.compared,))


class _Regex:
    """A regular expression, which must be found anywhere in the text of the context."""

    def __init__(self, text: str) -> None:
        slashed = _SLASHED.fullmatch(text)
        self._text, flags = (slashed[1], slashed[2]) if slashed else (text, "")
        self._flags = sum(_FLAGS.get(flag, 0) for flag in flags)
        self.expressions = filling.expressions(self._text)
        _compiled(filling.escaped(self._text, lambda _: "x"), self._flags)

    def holds(self, condition: Condition, scope: Scope) -> Verdict:
        sought = filling.escaped(self._text, lambda each: re.escape(text_of(value(each, scope))))
        looked_at = value(condition.context, scope)
        ok = looked_at is not None and bool(_compiled(sought, self._flags).search(text_of(looked_at)))
        return _verdict(condition, "matches", sought, looked_at, ok=ok)


class _JsonPath:
    """A JSONPath, which must find something in the context.

    One that begins with a filter asks an object itself, as the specification's own example does: `$[?count(@.pets) > 0]`.
    By RFC 9535 it would ask the values in it, of which hardly any is meant.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.expressions = filling.expressions(text)
        _path(filling.quoted(text, lambda _: None))

    def holds(self, condition: Condition, scope: Scope) -> Verdict:
        sought = filling.quoted(self._text, lambda each: value(each, scope))
        looked_at = value(condition.context, scope)
        try:
            found = isinstance(looked_at, Mapping | list) and self._finds(sought, looked_at)
        except (BrokenCondition, RecursionError) as error:  # with what was filled in
            return Verdict(ok=False, explanation=str(error))
        return _verdict(condition, "has", sought, looked_at, ok=found)

    def _finds(self, sought: str, looked_at: Any) -> bool:
        asks_itself = sought.startswith("$[?") and isinstance(looked_at, Mapping)
        return any(True for _ in _path(sought).finditer([looked_at] if asks_itself else looked_at))


def _verdict(condition: Condition, operator: str, sought: str, looked_at: Any, *, ok: bool) -> Verdict:
    name = condition.context.text if condition.context else ""
    compared = Compared(name, looked_at, operator, condition.text, sought, ok)
    words = {("matches", True): "matches", ("matches", False): "does not match"}
    words |= {("has", True): "has something at", ("has", False): "has nothing at"}
    told = f"{name}, which is {shown(looked_at)}, {words[operator, ok]} {sought}"
    return Verdict(ok=ok, explanation=told, compared=(compared,))


@lru_cache(1024)
def _compiled(text: str, flags: int) -> re.Pattern[str]:
    """A regular expression; JavaScript's way to name groups is taken too."""
    try:
        with warnings.catch_warnings(action="ignore"):  # that a set of characters might one day mean another
            return re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", text), flags)
    except (re.error, RecursionError, OverflowError) as error:
        raise BrokenCondition(f"'{text}' is no regular expression: {error}", getattr(error, "pos", None) or 0) from None


@lru_cache(1024)
def _path(text: str) -> Any:
    """A JSONPath, as RFC 9535 has it and nothing more, so that other runners read the same."""
    import jsonpath  # noqa: PLC0415  few scenarios need it, and its import takes long

    if not text.startswith("$"):
        raise BrokenCondition("a JSONPath begins with $, which stands for the context")
    try:
        with warnings.catch_warnings(action="ignore"):  # of regular expressions in filters
            return jsonpath.compile(text, strict=True)
    except (jsonpath.JSONPathError, RecursionError, re.error) as error:
        reason = str(error).partition("\n")[0]
        hint = "" if "[?" in text else "; a comparison stands in a filter, as in $.items[?@.size > 1]"
        raise BrokenCondition(f"'{text}' is no JSONPath of RFC 9535: {reason}{hint}") from None
