"""Reading `x-mock`: how a world is prepared and what is expected of it, checked against what the fakes have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from mockserver.fixture import BrokenFixture, find, is_file_name, read_fixture
from mockserver.marks import path_of
from mockserver.patterns import KEYS, OUTCOME, PatternError, compile_pattern
from mockserver.scenarios.mock import EXPECTATIONS, PLANTED, SETTINGS, Mock, Times
from mockserver.scenarios.syntax import BrokenExpression, expressions_in
from mockserver.scenarios.taking import Path, Taker
from mockserver.shape import meant

Level = Literal["document", "workflow", "step"]
_ELSEWHERE = {
    "document": (EXPECTATIONS, "stands on a workflow or a step: what is expected, is expected once they ran"),
    "step": (SETTINGS, "stands on the document or a workflow: a sandbox begins once"),
}
_NAMES = {field.name: field.encode_name for field in msgspec.structs.fields(Mock)}
_PATTERN_ONLY = ("bodyPatterns", "headers", "url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate")


def is_pattern(match: Any) -> bool:
    """Whether what a webhook must match is a request pattern; else it is what its body has at least."""
    return (
        isinstance(match, Mapping) and any(key in match for key in _PATTERN_ONLY) and all(key in KEYS for key in match)
    )


def read_mock(taker: Taker, value: Any, path: Path, level: Level) -> Mock:
    """What stands under `x-mock`; all complaints go to the taker."""
    mock = taker.take(value, Mock, path)
    if mock is None:
        return Mock()
    wrong, reason = _ELSEWHERE.get(level, ((), ""))
    for name in wrong:
        if _NAMES[name] in value:
            taker.complain(reason, (*path, _NAMES[name]))
    taker.check(value, path)
    _check_settings(taker, mock, path)
    _check_actions(taker, mock, path)
    _check_records(taker, mock, path)
    _check_rules(taker, mock, path)
    _check_expectations(taker, mock, path)
    return mock


def _check_settings(taker: Taker, mock: Mock, path: Path) -> None:
    folder = taker.page.file.parent
    if mock.snapshot is not None:
        also = [name for name in PLANTED if getattr(mock, name) is not None]
        if also:
            taker.complain(
                f"a sandbox begins as a snapshot, or with {' and '.join(also)}: not both", (*path, "snapshot")
            )
        if not (folder / mock.snapshot).is_file():
            taker.complain(f"there is no file {folder / mock.snapshot}", (*path, "snapshot"))
    if mock.fixture is not None:
        try:
            if is_file_name(mock.fixture):
                read_fixture(str(folder / mock.fixture))
            else:
                find(mock.fixture)
        except BrokenFixture as error:
            taker.complain(str(error), (*path, "fixture"))


def _check_actions(taker: Taker, mock: Mock, path: Path) -> None:
    clock = mock.clock
    if clock is None:
        return
    if not any((clock.freeze, clock.advance, clock.reset)):
        taker.complain("nothing is done to the clock; known: freeze, advance, reset", (*path, "clock"))
    if isinstance(clock.freeze, str) and _is_plain(clock.freeze) and not _is_instant(clock.freeze):
        told = f"'{clock.freeze}' is no instant; write true for now, or an instant such as 2026-03-01T09:00:00Z"
        taker.complain(told, (*path, "clock", "freeze"))


def _check_records(taker: Taker, mock: Mock, path: Path) -> None:
    placed: list[tuple[Path, Any]] = [((*path, "records", at), each) for at, each in enumerate(mock.records)]
    placed += [((*path, "remove", at), each) for at, each in enumerate(mock.remove)]
    placed += [((*path, "absent", at, "record"), each.record) for at, each in enumerate(mock.absent) if each.record]
    placed += [((*path, "misbehave", at), each) for at, each in enumerate(mock.misbehave)]
    placed += [((*path, "expectWebhook", at), each) for at, each in enumerate(mock.expect_webhook) if each.vendor]
    if not placed:
        return
    from mockserver.scenarios import vocabulary  # noqa: PLC0415  all vendors are imported for it

    for where, each in placed:
        if not _is_plain(each.vendor):
            continue
        wrong = vocabulary.of_vendor(each.vendor)
        collection = getattr(each, "collection", None)
        if wrong:
            taker.complain(wrong, (*where, "vendor"))
        elif collection is not None and _is_plain(collection):
            wrong = vocabulary.of_collection(each.vendor, collection)
            if wrong:
                taker.complain(wrong, (*where, "collection"))
            elif hasattr(each, "record"):
                for place, told in vocabulary.of_record(each.vendor, collection, each.record):
                    taker.complain(told, (*where, "record", *place))


def _check_rules(taker: Taker, mock: Mock, path: Path) -> None:
    for name, rules in (("faults", mock.faults), ("addFaults", mock.add_faults)):
        if not rules:
            continue
        from mockserver.scenarios import vocabulary  # noqa: PLC0415  see above

        plain = {at: rule for at, rule in enumerate(rules) if vocabulary.plain_rule(rule)}
        for where, told in vocabulary.of_rules(plain, (*path, name)):
            taker.complain_whole(told, where)


def _check_expectations(taker: Taker, mock: Mock, path: Path) -> None:
    for at, webhook in enumerate(mock.expect_webhook):
        where = (*path, "expectWebhook", at)
        _check_times(taker, webhook.times, where)
        if is_pattern(webhook.match):
            _check_pattern(taker, webhook.match, (*where, "match"), outcome=False)
    for at, request in enumerate(mock.expect_request):
        where = (*path, "expectRequest", at)
        _check_times(taker, request.times, where)
        _check_pattern(taker, request.pattern, (*where, "pattern"), outcome=True)
    for at, absent in enumerate(mock.absent):
        if (absent.text is None) == (absent.record is None):
            taker.complain("one of text and record says what must be nowhere", (*path, "absent", at))


def _check_times(taker: Taker, times: int | Times | None, path: Path) -> None:
    if not isinstance(times, Times):
        return
    if times.at_least is None and times.at_most is None:
        taker.complain("nothing is said; write a number, or atLeast and atMost", (*path, "times"))
    elif times.at_least is not None and times.at_most is not None and times.at_least > times.at_most:
        taker.complain("atLeast is more than atMost", (*path, "times"))


def _check_pattern(taker: Taker, pattern: Mapping[str, Any], path: Path, *, outcome: bool) -> None:
    if _is_plain(pattern):
        try:
            compile_pattern(pattern, outcome=outcome)
        except PatternError as error:
            known = f"; known: {', '.join(error.known)}" if error.known and "known:" not in error.message else ""
            taker.complain(f"{error.message}{known}", (*path, *path_of(error.place)))
        return
    keys = [key for key in KEYS if outcome or key not in OUTCOME]
    for key in _unknown(pattern, keys):
        taker.complain(f"unknown key '{key}'{meant(key, keys)}; known: {', '.join(keys)}", (*path, key))


def _unknown(pattern: Mapping[str, Any], keys: Sequence[str]) -> Iterator[str]:
    return (key for key in pattern if key not in keys)


def _is_plain(value: Any) -> bool:
    """Whether there is no expression in a value, which would only be known later."""
    try:
        return not expressions_in(value)
    except BrokenExpression:
        return False


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
