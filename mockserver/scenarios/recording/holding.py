"""What a step holds its reply to: the status, and those parts of the body that are the same on a fresh fake."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from mockserver.pseudonyms import is_pseudonym
from mockserver.scenarios.recording.linking import Links, Pointer, leaves, pointer_text
from mockserver.scenarios.recording.session import Taken

MOST = 6
_LONGEST = 120
_PLAIN = re.compile(r"[^\s()<>=!&|\[\]{}#]*")
_FORMAT = re.compile(r"\.[a-z]+$")
_REFUSED = 400


def criteria(taken: Taken, again: Taken | None, links: Links) -> list[dict[str, Any]]:
    """What a step asks of its reply; `again` is the same exchange on a fresh fake, once there was one."""
    held: list[dict[str, Any]] = [{"condition": f"$statusCode == {taken.status}"}]
    if again is not None:
        place = taken.path.split("/")
        for at, value in _parts(taken, again):
            right = links.known(at, value, place) or _literal(value)
            held.append({"condition": f"$response.body#{pointer_text(at)} == {right}"})
        held += _location(taken, again)
    return held


def without(held: Sequence[dict[str, Any]], expressions: Iterable[str]) -> list[dict[str, Any]]:
    """Criteria but for those on values that later steps take from here, whatever they are."""
    starts = tuple(f"{each} == " for each in expressions)
    return [each for each in held if not each["condition"].startswith(starts)]


def _parts(taken: Taken, again: Taken) -> list[tuple[Pointer, Any]]:
    """The values that are worth asking for: those that the request has too, then what comes first."""
    fresh = dict(leaves(again.reply))
    same = [(at, value) for at, value in leaves(taken.reply) if at in fresh and _same(fresh[at], value)]
    sent = {str(value) for _, value in [*leaves(taken.json), *taken.query]} - {"None", "True", "False", ""}
    fit = [(at, value) for at, value in same if at and _fits(at, value)]
    order = {at: number for number, (at, _) in enumerate(fit)}
    if taken.status < _REFUSED:
        fit.sort(key=lambda part: (str(part[1]) not in sent, order[part[0]]))
    return sorted(fit[:MOST], key=lambda part: order[part[0]])


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and bool(left == right)


def _fits(at: Pointer, value: Any) -> bool:
    """Whether a condition can say it, and a person would. Of lists only the first is looked at."""
    if any(isinstance(step, int) and step > 0 for step in at) or not _PLAIN.fullmatch(pointer_text(at)):
        return False
    if not isinstance(value, str):
        return isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 2**53)
    told = value.isprintable() and not re.search(r"[${}]", value) and 0 < len(value) <= _LONGEST
    return told and not is_pseudonym(value)


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return msgspec.json.encode(value).decode()


def _location(taken: Taken, again: Taken) -> Iterator[dict[str, Any]]:
    """Where a reply leads: the end of the address, for its beginning is the server's, and a format may follow."""
    ends = {_FORMAT.sub("", each.reply_headers.get("location", "").rpartition("/")[2]) for each in (taken, again)}
    end = ends.pop()
    if end and not ends and _PLAIN.fullmatch(end) and not re.search(r"[?$]", end):
        yield {
            "context": "$response.header.Location",
            "condition": rf"/{re.escape(end)}(\.\w+)?$",
            "type": "regex",
        }
