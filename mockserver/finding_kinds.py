"""Kinds of findings: what a person asks for who cannot know the words of every vendor.

This is the one place that says which finding is of which kind. A finding that is missing here is of the kind `other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from mockserver.tally import OUTSIDE

BUG, UNDOCUMENTED, IGNORED, DEVIATION = "bug", "undocumented-field", "ignored-parameter", "deviation"
INJECTED, OTHER, ANY = "injected", "other", "any"
REQUEST, REPLY, RATE_LIMIT = "request-violation", "reply-violation", "rate-limit"

KINDS: Mapping[str, str] = {
    BUG: "a mistake of this fake: please tell its makers",
    OUTSIDE: "no contract has what the app asked for",
    REQUEST: "the request does not meet the contract",
    REPLY: "the reply does not meet the contract",
    UNDOCUMENTED: "the vendor ignores a field that the app sends",
    IGNORED: "the vendor ignores a parameter that the app sends, or does not follow it",
    DEVIATION: "the vendor's program would do otherwise than its page says, or than this fake does",
    RATE_LIMIT: "the vendor would refuse, for there were too many calls",
    INJECTED: "a fault that a test has asked for had a hand in it",
    OTHER: "a vendor has a word for it that is known nowhere else",
}
"""Every kind, the worst first, and what it means."""

_IDS: Mapping[str, tuple[str, ...]] = {
    BUG: ("bug",),
    OUTSIDE: (OUTSIDE,),
    REQUEST: ("request-violation",),
    REPLY: ("reply-violation",),
    UNDOCUMENTED: ("ignored-field",),
    IGNORED: ("ignored-parameter", "limit-capped", "unknown-parameter"),
    DEVIATION: (
        "authorized-header",
        "email-left-out",
        "email-lost",
        "group-id-left-out",
        "keys-beside-data",
        "list-as-text",
        "path-of-page",
        "topic-never-fires",
    ),
    RATE_LIMIT: ("rate-limit",),
    INJECTED: ("stale", "stale-journal"),
}
KIND_OF: Mapping[str, str] = {id: kind for kind, ids in _IDS.items() for id in ids}
"""The kind of each finding, by the finding's id."""
CHOICES = (*KINDS, ANY)


class UnknownKind(ValueError):
    """There is no such kind. The message says which there are."""


def kind_of(id: str) -> str:
    """The kind that a finding is of."""
    return KIND_OF.get(id, OTHER)


def read_kinds(text: str) -> frozenset[str]:
    """Kinds, parted by commas or spaces; `any` stands for all but what a test has asked for. Raises UnknownKind."""
    names = text.replace(",", " ").split()
    if not names:
        raise UnknownKind(f"no kind of finding is named; known: {', '.join(CHOICES)}")
    for name in names:
        if name not in CHOICES:
            raise UnknownKind(f"there is no kind of finding '{name}'{_hint(name)}; known: {', '.join(CHOICES)}")
    if ANY in names:
        names += [kind for kind in KINDS if kind != INJECTED]
    return frozenset(names) - {ANY}


def _hint(name: str) -> str:
    """What was perhaps meant: the kind of a finding whose id was given, or a kind that is written almost so."""
    if name in KIND_OF:
        return f": it is a finding of the kind {KIND_OF[name]}"
    near = [kind for kind in CHOICES if kind.startswith(name)] or get_close_matches(name, CHOICES, 1)
    return f"; did you mean {near[0]}?" if near else ""
