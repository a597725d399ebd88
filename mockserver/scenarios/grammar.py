"""Simple conditions: `$statusCode == 200 && ($response.body#/name == 'Ann' || !$inputs.strict)`, read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mockserver.scenarios.clauses import Comparison, Joined, Node, Operand
from mockserver.scenarios.comparing import OPERATORS
from mockserver.scenarios.syntax import BrokenExpression, parse

_TOKEN = re.compile(
    r"\s*(?:"
    r"(?P<body>\$(?:request|response)\.body(?:#[^\s()<>=!&|\[\]]*)?)"
    r"|(?P<expression>\$[A-Za-z]+(?:\.[\w-]+)*(?:#[^\s()<>=!&|\[\]]*)?)"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    r"|(?P<word>[A-Za-z_][\w-]*)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()\[\].])"
    r")"
)
_WORDS = {"true": True, "false": False, "null": None}
_DEEPEST = 50
_HINTS = {
    '"': "texts stand in single quotes, as in 'Ann'",
    "'": "the text has no end; a single quote inside of it is doubled: 'it''s'",
    "=": "is equal is written ==",
    "&": "and is written &&",
    "|": "or is written ||",
    "$": "an expression is written as in $response.body#/id",
}


class BrokenCondition(ValueError):
    """A condition cannot be read. The message says what would be right; `column` is where in its text, from 0."""

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message)
        self.column = column


def read(text: str) -> Node:
    """Read a condition; braces around the whole of it, as in some of the specification's examples, are left out.

    Raises BrokenCondition, BrokenExpression.
    """
    braced = text.startswith("{$") and text.endswith("}")
    return _Reader(f" {text[1:-1]}" if braced else text).whole()


class _Reader:
    """Reads from left to right. `||` binds less than `&&`, that less than `!`, and that less than a comparison."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._deep = 0

    def whole(self) -> Node:
        node = self._either()
        if self._rest():
            raise self._broken("there is more than one condition here; join them with && or ||")
        return node

    def _either(self) -> Node:
        self._deep += 1
        if self._deep > _DEEPEST:
            raise self._broken("the condition is nested too deeply")
        parts = [self._all()]
        while self._takes("||"):
            parts.append(self._all())
        self._deep -= 1
        return parts[0] if len(parts) == 1 else Joined("||", (*parts,))

    def _all(self) -> Node:
        parts = [self._one()]
        while self._takes("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Joined("&&", (*parts,))

    def _one(self) -> Node:
        if self._takes("!"):
            self._deep += 1
            if self._deep > _DEEPEST:
                raise self._broken("the condition is nested too deeply")
            return Joined("!", (self._one(),))
        left = self._operand()
        kind, token = self._next()
        if kind == "sign" and token in OPERATORS:
            self._takes(token)
            return Comparison(left, token, self._operand())
        return left

    def _operand(self) -> Node:
        if self._takes("("):
            node = self._either()
            if not self._takes(")"):
                raise self._broken("a parenthesis is not closed")
            return node
        begun = self._at
        root = self._root()
        steps = tuple(self._steps())
        return Operand(self._text[begun : self._at].strip(), root, steps)

    def _root(self) -> Any:
        kind, token = self._next()
        if kind in ("expression", "body"):
            try:
                root: Any = parse(token)
            except BrokenExpression as error:
                raise self._broken(str(error)) from None
        elif kind == "text":
            root = token[1:-1].replace("''", "'")
        elif kind == "number":
            root = float(token) if re.search("[.eE]", token) else int(token)
        elif kind == "word" and token in _WORDS:
            root = _WORDS[token]
        else:
            raise self._broken(_stray(kind, token))
        self._at = self._end
        return root

    def _steps(self) -> Iterator[str | int]:
        while True:
            if self._takes("."):
                yield self._name(("word", "number"), "behind a dot stands a property's name")
            elif self._takes("["):
                wanted = "between brackets stands a number from 0 on, or a name in single quotes"
                yield self._name(("number", "text"), wanted)
                if not self._takes("]"):
                    raise self._broken("a bracket is not closed")
            else:
                return

    def _name(self, kinds: tuple[str, str], wanted: str) -> str | int:
        kind, token = self._next()
        if kind not in kinds or (kind == "number" and not token.isdecimal()):
            raise self._broken(wanted)
        self._at = self._end
        return int(token) if kind == "number" else token.strip("'").replace("''", "'")

    def _next(self) -> tuple[str, str]:
        """What comes next: its kind, which is empty at the end and where nothing fits, and its text."""
        found = _TOKEN.match(self._text, self._at)
        if found is None or found.lastgroup is None:
            return "", self._rest()[:1]
        self._end = found.end()
        return found.lastgroup, found[found.lastgroup]

    def _takes(self, sign: str) -> bool:
        """Go on behind a sign, if it comes next."""
        kind, token = self._next()
        taken = kind == "sign" and token == sign
        if taken:
            self._at = self._end
        return taken

    def _rest(self) -> str:
        return self._text[self._at :].strip()

    def _broken(self, message: str) -> BrokenCondition:
        kind, token = self._next()
        hint = _HINTS.get(token, "") if not kind else ""
        column = len(self._text) - len(self._text[self._at :].lstrip())
        near = f"before '{self._rest()}'" if self._rest() else "at the end"
        return BrokenCondition(f"{hint or message} ({near})", column)


def _stray(kind: str, token: str) -> str:
    """What is said where a value should stand."""
    if kind == "word":
        return f"'{token}' is no value; a text stands in single quotes, an expression begins with $"
    return "a value is missing here: a number, a text in single quotes, true, false, null, or an expression such as $statusCode"
