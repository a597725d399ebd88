"""Breaches: places where traffic does not meet the contract, as the proxy tells them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from mockserver.findings import Finding, Violation
from mockserver.pseudonyms import is_pseudonym
from mockserver.schema import Path

Direction = Literal["request", "reply"]
HEADER = b"x-mock-violations"
MOST_BYTES = 4096
"""So long the header may be; libraries refuse heads of more than eight thousand."""
OUTSIDE = "outside-contract"
"""The rule that a request breaks which no operation answers; also the id of its finding."""
_INDEX = re.compile(r"\[\d+\]")
_SAID = {"required": "is missing", "additionalProperties": "is not in the contract"}


class Breach(msgspec.Struct, frozen=True):
    """One place where a message does not meet the contract. It repeats no value: that might be a secret.

    `place` leads there, with `[]` for any entry of a list: `body.customers[].email`. `rule` is JSON Schema's keyword, or a
    word of ours. `count` is how many such places there are in the message.
    """

    direction: Direction
    place: str
    rule: str
    message: str
    count: int = 1

    def __str__(self) -> str:
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{self.direction} {self.place}: {self.message}{times}"

    @property
    def finding(self) -> Finding:
        """What the journal says of it, in the same words however often it comes."""
        return Finding(
            OUTSIDE if self.rule == OUTSIDE else f"{self.direction}-violation", f"{self.place}: {self.message}"
        )


def from_violations(direction: Direction, violations: Iterable[Violation], value: Any = None) -> list[Breach]:
    """Breaches of what a contract's check has found in a value, those of the entries of one list taken together.

    What a recording has in the place of a secret may have any form.
    """
    counts: dict[Breach, int] = {}
    for violation in violations:
        if _is_hidden(value, violation.path):
            continue
        breach = Breach(direction, _place(violation), violation.keyword, _message(violation))
        counts[breach] = counts.get(breach, 0) + 1
    return [msgspec.structs.replace(breach, count=count) for breach, count in counts.items()]


def printable(breach: Breach) -> Breach:
    """A breach for a terminal: names and words of an app may be such that they would steer one."""
    return msgspec.structs.replace(breach, place=harmless(breach.place), message=harmless(breach.message))


def harmless(text: str) -> str:
    """A text in which every sign can be seen."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def header_value(breaches: Sequence[Breach]) -> bytes:
    """A JSON list in ASCII; where there are too many for a header, it ends with how many more there are."""
    told: list[str] = []
    left = MOST_BYTES
    for at, breach in enumerate(breaches):
        text = json.dumps(to_json(breach))
        left -= len(text) + 2
        if left < len('{"more": 1000000}'):
            told.append(json.dumps({"more": len(breaches) - at}))
            break
        told.append(text)
    return f"[{', '.join(told)}]".encode("ascii")


def to_json(breach: Breach) -> dict[str, str | int]:
    """A breach as programs read it."""
    told: dict[str, str | int] = {
        "in": breach.direction,
        "place": breach.place,
        "rule": breach.rule,
        "message": breach.message,
    }
    return {**told, "count": breach.count} if breach.count > 1 else told


def _is_hidden(value: Any, path: Path) -> bool:
    """Whether a path leads to what stands in the place of a secret."""
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return False
    return isinstance(value, str) and is_pseudonym(value)


def _place(violation: Violation) -> str:
    field = _INDEX.sub("[]", violation.field)
    return f"{violation.where}{'' if field.startswith('[') or not field else '.'}{field}"


def _message(violation: Violation) -> str:
    """What would be right."""
    match violation.keyword:
        case "required" | "additionalProperties" as keyword:
            return _SAID[keyword]
        case "pattern" if violation.bound:
            return f"must match {violation.bound}"
        case "format" if violation.bound:
            return f"must be a text of the format {violation.bound}"
    return violation.reason
