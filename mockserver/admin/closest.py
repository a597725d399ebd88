"""Which operation a request was meant for that no operation answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mockserver.contract import Operation
from mockserver.vendor import Api

_ALIKE = 0.6
"""How alike two paths are that one may be meant by the other, from 0 to 1."""
_SAME_METHOD = 0.05


class _Place(NamedTuple):
    """A path of a contract in steps, and the operations there by their methods."""

    steps: list[str]
    api: Api
    operations: dict[str, Operation]


class Closest:
    """Finds the operation that a method and a path come closest to; the same are asked for again and again."""

    def __init__(self, apis: Iterable[Api]) -> None:
        from difflib import SequenceMatcher  # noqa: PLC0415  nothing else needs it at the start

        self._matcher = SequenceMatcher(autojunk=False)
        self._known: dict[tuple[str, str], dict[str, str] | None] = {}
        self._places: dict[str, _Place] = {}
        for api in apis:
            for operation in api.contract.operations.values():
                steps = operation.path.rstrip("/").split("/")
                place = self._places.setdefault(operation.path, _Place(steps, api, {}))
                place.operations[operation.method] = operation

    def find(self, method: str, path: str) -> dict[str, str] | None:
        """The closest operation, or None where it is like none."""
        if (method, path) not in self._known:
            self._known[method, path] = self._find(method, path)
        return self._known[method, path]

    def _find(self, method: str, path: str) -> dict[str, str] | None:
        given, nearest, best = path.rstrip("/").split("/"), None, 0.0
        for place in self._places.values():
            likeness = self._likeness(given, place.steps)
            if likeness and method in place.operations:
                likeness += _SAME_METHOD
            if likeness > best:
                nearest, best = place, likeness
        return None if nearest is None else _shown(nearest, method)

    def _likeness(self, given: list[str], steps: list[str]) -> float:
        """How alike a path and a template are: by the steps that the template fixes, where they have as many."""
        if len(given) == len(steps):
            fixed = [at for at, step in enumerate(steps) if "{" not in step]
            return self._ratio("/".join(given[at] for at in fixed), "/".join(steps[at] for at in fixed))
        return self._ratio("/".join(given), "/".join("" if "{" in step else step for step in steps))

    def _ratio(self, one: str, other: str) -> float:
        """How alike two texts are; 0 where that is too little, which the bounds that are quicker to find may tell."""
        matcher = self._matcher
        matcher.set_seqs(one, other)
        bounds: list[Callable[[], float]] = [matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio]
        return 0.0 if any(bound() < _ALIKE for bound in bounds) else matcher.ratio()


def _shown(place: _Place, method: str) -> dict[str, Any]:
    operation = place.operations.get(method) or next(iter(place.operations.values()))
    return {
        "method": operation.method,
        "path": operation.path,
        "operation": operation.id,
        "api": place.api.name,
    }
