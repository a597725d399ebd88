"""What simple conditions are made of: values, comparisons, and conditions that are joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

from mockserver.scenarios.comparing import ABSENT, OPERATORS, Compared, Trace, truth
from mockserver.scenarios.expressions import Scope, Undefined, value
from mockserver.scenarios.syntax import Expression, expressions_in


class Node(Protocol):
    """A part of a condition."""

    @property
    def text(self) -> str:
        """As it is told."""

    def value(self, scope: Scope, trace: Trace) -> Any:
        """What it is; ABSENT where it is nowhere."""

    def truth(self, scope: Scope, trace: Trace) -> bool:
        """Whether it holds."""

    def expressions(self) -> Iterator[Expression]:
        """All expressions in it."""


class Operand(NamedTuple):
    """A literal or an expression, with the properties and numbers that lead on from there."""

    text: str
    root: Any
    steps: tuple[str | int, ...] = ()

    def value(self, scope: Scope, trace: Trace) -> Any:
        """What is there; noted where nothing is."""
        try:
            found = value(self.root, scope)
        except Undefined as error:
            trace.missing[self.text] = str(error).partition(": ")[2]
            return ABSENT
        for step in self.steps:
            found = _inside(found, step)
            if found is ABSENT:
                break
        return found

    def truth(self, scope: Scope, trace: Trace) -> bool:
        """Whether it counts as true."""
        found = self.value(scope, trace)
        ok = truth(found)
        trace.compared.append(Compared(self.text, found, "", "", None, ok))
        return ok

    def expressions(self) -> Iterator[Expression]:
        """The one that it is, or those in a text."""
        yield from [self.root] if isinstance(self.root, Expression) else expressions_in(self.root)


class Comparison(NamedTuple):
    """Two values and an operator."""

    left: Node
    operator: str
    right: Node

    @property
    def text(self) -> str:
        """Both sides, with the operator."""
        return f"{self.left.text} {self.operator} {self.right.text}"

    def value(self, scope: Scope, trace: Trace) -> bool:
        """Whether it holds."""
        left, right = self.left.value(scope, trace), self.right.value(scope, trace)
        ok = OPERATORS[self.operator](left, right)
        trace.compared.append(Compared(self.left.text, left, self.operator, self.right.text, right, ok))
        return ok

    def truth(self, scope: Scope, trace: Trace) -> bool:
        """Whether it holds."""
        return self.value(scope, trace)

    def expressions(self) -> Iterator[Expression]:
        """Those of both sides."""
        yield from self.left.expressions()
        yield from self.right.expressions()


class Joined(NamedTuple):
    """Conditions of which all must hold (`&&`), or one (`||`); or one that must not (`!`)."""

    sign: str
    parts: tuple[Node, ...]

    @property
    def text(self) -> str:
        """All parts."""
        return f"!({self.parts[0].text})" if self.sign == "!" else f" {self.sign} ".join(p.text for p in self.parts)

    def value(self, scope: Scope, trace: Trace) -> bool:
        """Whether it holds; parts that make no difference any more are not looked at."""
        if self.sign == "!":
            return not self.parts[0].truth(scope, trace)
        held = (part.truth(scope, trace) for part in self.parts)
        return all(held) if self.sign == "&&" else any(held)

    def truth(self, scope: Scope, trace: Trace) -> bool:
        """Whether it holds."""
        return self.value(scope, trace)

    def expressions(self) -> Iterator[Expression]:
        """Those of all parts."""
        for part in self.parts:
            yield from part.expressions()


def _inside(value: Any, step: str | int) -> Any:
    if isinstance(value, Mapping):
        return value.get(str(step), ABSENT)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return ABSENT
