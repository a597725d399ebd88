"""What differs between a recorded reply and ours: the status, the headers that matter, the body."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from mockserver.drift import sheets
from mockserver.drift.comparison import Rules, compare
from mockserver.drift.difference import ABSENT, Difference, shown
from mockserver.har import Recorded
from mockserver.recordings import Answer
from mockserver.redaction import WITHHELD

HEADERS: Mapping[str, str] = {
    "content-type": "how the body is read",
    "content-disposition": "what a file is called",
    "content-language": "which language texts are in",
    "location": "where a client goes next, and the address of what was made",
    "link": "the other pages of a list",
    "allow": "which methods a path has",
    "retry-after": "how long a client waits",
    "www-authenticate": "which credential is wanted",
    "cache-control": "whether a client may keep the reply",
}
"""The headers that are compared, and what clients take from each. A contract's own ones are compared too."""

JSON = re.compile(r"application/(?:[\w.+-]+\+)?json\b", re.IGNORECASE)
_ERROR = 400
_ADDRESSES = frozenset({"location"})
_SANDBOX = re.compile(r"/@[^/?#]+(?=[/?#]|$)")


def compare_replies(
    recorded: Recorded, answer: Answer, headers: Collection[str], rules: Rules, sheet: Mapping[str, Any] | None = None
) -> Iterator[Difference]:
    """All that differs. Where the statuses do, the rest is of different things, and not compared."""
    if recorded.status != answer.status:
        yield outcomes(recorded, answer)
        return
    yield from _compare_headers(recorded, answer, headers, rules)
    if recorded.status >= _ERROR:
        rules = replace(rules, text="message")
    yield from _compare_bodies(recorded, answer, rules, sheet)


def outcomes(recorded: Recorded, answer: Answer) -> Difference:
    """What is said where only one side did what was asked: both statuses, and how an error's text begins."""
    statuses = {recorded.status, answer.status}
    told = [
        _outcome(each, body, statuses)
        for each, body in ((recorded.status, recorded.reply_body), (answer.status, answer.content))
    ]
    return Difference("status", ("status",), *told)


def _outcome(status: int, body: bytes, statuses: Collection[int]) -> str:
    text = body.decode(errors="replace").strip() if status >= _ERROR or len(statuses) == 1 else ""
    return f"{status} {shown(text)}" if text else str(status)


def _compare_headers(
    recorded: Recorded, answer: Answer, headers: Collection[str], rules: Rules
) -> Iterator[Difference]:
    theirs = {name: value for name, value in told_headers(recorded).items() if name in headers}
    ours = {name: value for name, value in answer.headers.items() if name in headers}
    for name in sorted({*theirs, *ours}):
        path = ("headers", name)
        if rules.mask.ignores(path) or (name in theirs and name in ours and rules.mask.covers(path, theirs[name])):
            continue
        one, other = theirs.get(name), ours.get(name)
        if one is None or other is None:
            yield Difference("header", path, shown(one or ABSENT), shown(other or ABSENT))
        elif not _headers_agree(name, one, other, recorded, rules):
            yield Difference("header", path, shown(one), shown(other))


def told_headers(recorded: Recorded) -> dict[str, str]:
    """The headers of a reply by their names in lower case; those that are repeated, joined with a comma."""
    told: dict[str, str] = {}
    for name, value in recorded.reply_headers:
        key = name.lower()
        told[key] = f"{told[key]}, {value}" if key in told else value
    return told


def _headers_agree(name: str, recorded: str, answered: str, exchange: Recorded, rules: Rules) -> bool:
    if rules.exact:
        return rules.varying.agree(recorded, answered)
    if not rules.values and name != "content-type":
        return True
    if name in _ADDRESSES or name == "link":
        recorded, answered = (_here(text, exchange) for text in (recorded, answered))
        recorded = _translated(recorded, rules.carried)
    if name == "content-type":
        recorded, answered = (re.sub(r"\s*;\s*", "; ", text.strip().lower()) for text in (recorded, answered))
    return rules.varying.agree(recorded, answered)


def _here(text: str, exchange: Recorded) -> str:
    """An address on the host that was asked, without that host and without a sandbox: only the path matters."""
    asked = urlsplit(exchange.url)
    return _SANDBOX.sub("", text.replace(f"{asked.scheme}://{asked.netloc}", ""), count=1)


def _translated(text: str, carried: Mapping[str, str]) -> str:
    """An address with our values for those that the recorded program made up."""
    return re.sub(r"[^/?&=#,;<> ]+", lambda piece: carried.get(piece[0], piece[0]), text)


def _compare_bodies(
    recorded: Recorded, answer: Answer, rules: Rules, sheet: Mapping[str, Any] | None
) -> Iterator[Difference]:
    if recorded.reply_body == WITHHELD.encode() or recorded.method.upper() == "HEAD":
        if rules.exact:
            yield from compare(_text(recorded.reply_body), _text(answer.content), ("body",), rules)
        return
    kind = recorded.reply_header("content-type") or ""
    if sheet is None and sheets.MEDIA_TYPE in kind:
        sheet = sheets.read_reply(recorded.reply_body)
    if sheet is not None:
        yield from sheets.compare_sheets(sheet, answer.content, rules)
    elif JSON.match(kind):
        yield from _compare_json(recorded.reply_body, answer.content, rules)
    else:
        yield from compare(_text(recorded.reply_body), _text(answer.content), ("body",), rules)


def _compare_json(recorded: bytes, answered: bytes, rules: Rules) -> Iterator[Difference]:
    try:
        theirs = json.loads(recorded)
    except ValueError:
        yield from compare(_text(recorded), _text(answered), ("body",), rules)
        return
    try:
        ours = json.loads(answered)
    except ValueError:
        yield Difference("retyped", ("body",), shown(theirs), f"no JSON: {shown(_text(answered))}")
        return
    yield from compare(theirs, ours, ("body",), rules)


def _text(body: bytes) -> str:
    return body.decode(errors="replace")
