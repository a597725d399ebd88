"""Whom a rule could concern: the operations at which requests may match it, and those at which it can act."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract import Operation
from mockserver.faults.injected import in_own_words
from mockserver.faults.rule import Rule, Then
from mockserver.vendor import ADMIN, Api

_HOLE = re.compile(r"\{[^/{}]*\}")
_EXACT = ("url", "urlPath", "urlPathTemplate")
"""The keys of a pattern whose value is a path that can be compared with those of a contract."""


class Place(NamedTuple):
    """An operation of an API; None stands for the paths that the contract does not have."""

    api: Api
    operation: Operation | None

    @property
    def id(self) -> str:
        """The operation's id; empty where there is none."""
        return self.operation.id if self.operation else ""


def places(apis: Iterable[Api]) -> Iterator[Place]:
    """All operations of some APIs."""
    for api in apis:
        for operation in api.contract.operations.values():
            yield Place(api, operation)


def concerns(rule: Rule, place: Place) -> bool:
    """Whether a rule could match requests at a place, and act on them."""
    match = rule.match or {}
    return (
        is_for(rule, place)
        and may_have_method(match, place)
        and may_be_at(asked_path(match), place)
        and can_act(rule.then, place)
    )


def is_for(rule: Rule, place: Place) -> bool:
    """Whether the rule's names, and those in its pattern, are the place's."""
    match = rule.match or {}
    return place.api.vendor != ADMIN and (
        rule.vendor in (None, place.api.vendor)
        and rule.operation in (None, place.id)
        and match.get("vendor") in (None, place.api.vendor)
        and match.get("api") in (None, place.api.name)
        and match.get("operation") in (None, place.id)
    )


class AskedPath(NamedTuple):
    """The path that a pattern asks for, which may have holes such as `{id}`, and the key under which it does."""

    key: str
    path: str


def asked_path(match: Mapping[str, Any]) -> AskedPath | None:
    """The path that a pattern asks for; None where it asks for none, or for many."""
    for key in _EXACT:
        if isinstance(match.get(key), str):
            path: str = match[key].partition("?")[0]
            return AskedPath(key, path if key == "urlPathTemplate" else path.replace("{", "%7B"))
    return None


def may_be_at(asked: AskedPath | None, place: Place) -> bool:
    """Whether requests with this path could come to a place. Any may miss every path that there is."""
    return asked is None or place.operation is None or _fits(asked.path, place.api, place.operation)


def may_have_method(match: Mapping[str, Any], place: Place) -> bool:
    """Whether requests with the pattern's method could come to a place."""
    method = str(match.get("method") or "ANY").upper()
    answered = None if place.operation is None else place.operation.method
    return answered is None or method in ("ANY", answered) or (method == "HEAD" and answered == "GET")


def can_act(then: Then, place: Place) -> bool:
    """Whether what a rule does can be done there."""
    api, operation = place
    if then.error is not None and then.error not in (operation.errors if operation else api.contract.errors):
        return False
    if then.status is not None and in_own_words(api, operation, then.status) is None:
        return False
    if then.rate_limit is not None and api.contract.limit is None:
        return False
    return then.stale is None or (operation is not None and operation.safe)


def _fits(path: str, api: Api, operation: Operation) -> bool:
    """Whether a path could be the operation's, with an ending that says a format and in the vendor's leniency."""
    lenient = api.contract.manners.lenient_paths
    given = path.rstrip("/").lower() if lenient else path
    known = [known + ending for known in (operation.path, *operation.aliases) for ending in ("", *operation.formats)]
    return any(_alike(given, each.rstrip("/").lower() if lenient else each) for each in known)


def _alike(one: str, other: str) -> bool:
    """Whether two paths with holes could be the same one."""
    steps, others = one.split("/"), other.split("/")
    return len(steps) == len(others) and all(map(_same_step, steps, others))


def _same_step(one: str, other: str) -> bool:
    return one == other or _may_be(one, other) or _may_be(other, one)


def _may_be(step: str, template: str) -> bool:
    """Whether a step of a path could be one of a template's."""
    pieces = map(re.escape, _HOLE.split(template))
    return re.fullmatch(".+".join(pieces), _HOLE.sub("0", step)) is not None
