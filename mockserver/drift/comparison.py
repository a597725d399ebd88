"""What differs between two JSON values, a text being one too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mockserver.drift.difference import ABSENT, Difference, Kind, Path, shown
from mockserver.drift.masks import Mask
from mockserver.drift.varying import ANY, Varying

_MOST = 100
"""Items of a list that are looked for in another order."""


@dataclass(frozen=True)
class Rules:
    """How values are compared.

    `text` is the kind of a text that differs. Where `values` are not compared, shapes and types are, and null may be
    anything; under `secrets`, names in lower case, nor are they. `carried` has our value for a recorded one that the
    program made up. `exact` is key by key in their order.
    """

    varying: Varying
    mask: Mask
    text: Kind = "value"
    values: bool = True
    exact: bool = False
    secrets: frozenset[str] = frozenset()
    carried: Mapping[str, str] = field(default_factory=dict)

    def at(self, path: Path, recorded: Any) -> Rules:
        """The rules for a recorded value at a place, and for what is inside of it."""
        name = path[-1] if path else ""
        hidden = isinstance(name, str) and name.lower() in self.secrets
        return replace(self, values=False) if self.values and (hidden or self.mask.covers(path, recorded)) else self


def compare(recorded: Any, answered: Any, path: Path, rules: Rules) -> Iterator[Difference]:
    """The differences of two values, a place at a time."""
    rules = rules.at(path, recorded)
    if rules.mask.ignores(path) or _agree(recorded, answered, rules):
        return
    if not _same_type(recorded, answered, rules):
        yield Difference("retyped", path, shown(recorded), shown(answered))
    elif isinstance(recorded, dict):
        yield from _compare_objects(recorded, answered, path, rules)
    elif isinstance(recorded, list):
        yield from _compare_lists(recorded, answered, path, rules)
    elif rules.values:
        kind: Kind = rules.text if isinstance(recorded, str) else "value"
        yield Difference(kind, path, shown(recorded), shown(answered))


def _agree(recorded: Any, answered: Any, rules: Rules) -> bool:
    """Whether two values are one, or such as may differ."""
    if recorded == f"{{{ANY}}}" and ANY in rules.varying.forms:
        return True
    if isinstance(recorded, str) and isinstance(answered, (str, int, float)):
        text = answered if isinstance(answered, str) or not recorded.startswith("[redacted") else str(answered)
        return isinstance(text, str) and (rules.carried.get(recorded) == text or rules.varying.agree(recorded, text))
    if not rules.values and (recorded is None or answered is None):
        return True
    if type(recorded) is int and type(answered) is int:
        carried = rules.carried.get(str(recorded)) == str(answered)
        return recorded == answered or carried or rules.varying.instants_agree(recorded, answered)
    return type(recorded) is type(answered) and not isinstance(recorded, (dict, list)) and bool(recorded == answered)


def _same_type(recorded: Any, answered: Any, rules: Rules) -> bool:
    if not rules.values and {type(recorded), type(answered)} == {int, float}:
        return True
    return type(recorded) is type(answered)


def _compare_objects(
    recorded: dict[str, Any], answered: dict[str, Any], path: Path, rules: Rules
) -> Iterator[Difference]:
    for name, value in recorded.items():
        if name not in answered:
            yield Difference("added", (*path, name), shown(value), shown(ABSENT))
        else:
            yield from compare(value, answered[name], (*path, name), rules)
    for name, value in answered.items():
        if name not in recorded:
            yield Difference("removed", (*path, name), shown(ABSENT), shown(value))
    common = [name for name in recorded if name in answered], [name for name in answered if name in recorded]
    if rules.exact and common[0] != common[1]:
        yield Difference("order", path, ", ".join(common[0]), ", ".join(common[1]))


def _compare_lists(recorded: list[Any], answered: list[Any], path: Path, rules: Rules) -> Iterator[Difference]:
    if len(recorded) != len(answered):
        if rules.values:
            yield Difference("length", path, f"{len(recorded)} items", f"{len(answered)} items")
        rules = replace(rules, values=False)  # one that is missing would make all that follow another one
    found = [
        difference
        for at, (one, other) in enumerate(zip(recorded, answered, strict=False))
        for difference in compare(one, other, (*path, at), rules)
    ]
    if rules.values and found and _is_reordered(recorded, answered, path, rules):
        yield Difference("order", path, shown(recorded), shown(answered))
    else:
        yield from found


def _is_reordered(recorded: Sequence[Any], answered: Sequence[Any], path: Path, rules: Rules) -> bool:
    """Whether each recorded item agrees with one of ours, in whichever order."""
    left = list(answered)
    if len(left) > _MOST:
        return False
    for item in recorded:
        at = next((at for at, other in enumerate(left) if not any(compare(item, other, (*path, 0), rules))), None)
        if at is None:
            return False
        del left[at]
    return True
