"""What a tester did between an app's requests, as `x-mock` says it before a step."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mockserver.faults.rule import STARTED
from mockserver.scenarios.recording.linking import Links
from mockserver.scenarios.recording.session import Session, Taken

PAUSE = timedelta(minutes=1)
"""A pause so long is told: a token may have ended meanwhile, or a rate limit's window."""
_KEPT = frozenset(
    {"matched", "acted", "addedAt", "expiresAt"},
)
_SECRET_MATCHERS = frozenset({"basicAuthCredentials", "bodyPatterns", "cookies"})
_URLS = ("url", "urlPattern")
_SECRET_NAME = re.compile("auth|key|token|cookie|uuid|secret|pass|code", re.IGNORECASE)
_PATH = re.compile(r".*/__admin/(.*)")


class Acts:
    """Gathers what was done before a step. What no scenario can say goes into the remarks."""

    def __init__(self, session: Session, remarks: list[str]) -> None:
        self._session = session
        self._remarks = remarks
        self._clock: list[tuple[str, timedelta]] = []
        self._exchanges: Sequence[Taken] = ()
        self._told: set[int] = set()
        self._done: dict[str, Any] = {}
        self._rules: dict[str, Any] = {}

    def begin(self, exchanges: Sequence[Taken], retried: Container[int]) -> list[dict[str, Any]]:
        """The rules that were there before the first exchange, and acted; `retried` were asked again."""
        self._exchanges = exchanges
        self._told = {each.id for each in exchanges if not each.is_lost or each.id in retried}
        given = {id for each in exchanges if each.is_admin for id in _given(each)}
        acted = dict.fromkeys(each.fault for each in exchanges if each.fault)
        self._rules = {id: rule for id in acted if id and id not in given for rule in self._rule(id)}
        return list(self._rules.values())

    def note(self, taken: Taken, links: Links) -> None:
        """Something that a tester did."""
        act = _ACTS.get(taken.operation or "")
        if act is None:
            self._remark(taken)
        elif taken.status < 400:  # noqa: PLR2004  what was refused has done nothing
            act(self, taken, links)

    def take(self, before: Taken, last: Taken | None) -> dict[str, Any]:
        """All that was done before an exchange, which `last` was the last one before."""
        done, clock = self._done, self._clock
        self._done, self._clock = {}, []
        pause = timedelta() if last is None else _instant(before) - _instant(last)
        if clock and all(action == "advance" for action, _ in clock):
            moved = sum((each for _, each in clock), timedelta())
            done["clock"] = {"advance": _duration(moved)} if moved else None
        elif clock:
            done["clock"] = {"freeze": before.at}
        elif pause >= PAUSE:
            done["clock"] = {"advance": _duration(timedelta(seconds=round(pause.total_seconds())))}
        return {name: each for name, each in done.items() if each or name == "faults"}  # no rules is something, too

    def _set_clock(self, taken: Taken, _links: Links) -> None:
        asked = taken.json or {}
        self._clock.append((asked["action"], timedelta(milliseconds=asked.get("durationMillis", 0))))

    def _put_record(self, taken: Taken, links: Links) -> None:
        _, vendor, collection, key = _steps(taken)
        name = self._session.keys.get(f"{vendor}.{collection}", "id")
        given = next((each.key for each in taken.changes if each.key is not None), key)
        fields = {each: links.value(value, (collection, each)) for each, value in (taken.json or {}).items()}
        record = {name: links.value(given, (collection, name)), **fields}
        self._done.setdefault("records", []).append({"vendor": vendor, "collection": collection, "record": record})

    def _delete_record(self, taken: Taken, links: Links) -> None:
        _, vendor, collection, key = _steps(taken)
        given = next((each.key for each in taken.changes if each.key is not None), key)
        said = links.value(given, (collection, "id"))
        self._done.setdefault("remove", []).append({"vendor": vendor, "collection": collection, "key": said})

    def _set_faults(self, taken: Taken, links: Links) -> None:
        self._rules = {}
        self._add_faults(taken, links)

    def _add_faults(self, taken: Taken, links: Links) -> None:
        given = taken.json if isinstance(taken.json, list) else [taken.json or {}]
        ids = list(_given(taken))[-len(given) :]
        for id, rule in zip(ids, given, strict=False):
            if self._is_in_vain(taken, id):
                continue
            self._rules[id] = {"id": id, **links.value(rule, ())}
        self._say_rules()

    def _put_fault(self, taken: Taken, links: Links) -> None:
        gone, [new] = _steps(taken)[-1], list(_given(taken))
        said = {"id": new, **links.value(taken.json, ())}
        self._rules = dict((new, said) if id == gone else (id, rule) for id, rule in self._rules.items())
        self._say_rules()

    def _delete_fault(self, taken: Taken, _links: Links) -> None:
        self._rules.pop(_steps(taken)[-1], None)
        self._say_rules()

    def _delete_faults(self, _taken: Taken, _links: Links) -> None:
        self._rules = {}
        self._say_rules()

    def _is_in_vain(self, taken: Taken, id: str) -> bool:
        """Whether a rule did nothing but to take away replies, of requests that are left out."""
        later = [each for each in self._exchanges if each.id > taken.id]
        ends = next((each.id for each in later if each.is_admin and each.operation in _OF_RULES), None)
        acted = [each.id for each in later if each.fault == id and (ends is None or each.id < ends)]
        return bool(acted) and self._told.isdisjoint(acted)

    def _say_rules(self) -> None:
        self._done["faults"] = list(self._rules.values())

    def _set_scenario(self, taken: Taken, _links: Links) -> None:
        name = _steps(taken)[1]
        self._done.setdefault("scenarios", {})[name] = (taken.reply or {}).get("state", STARTED)

    def _reset_scenarios(self, _taken: Taken, _links: Links) -> None:
        names = {rule["scenarioName"] for rule in self._rules.values() if "scenarioName" in rule}
        self._done["scenarios"] = dict.fromkeys(sorted(names), STARTED)

    def _set_misbehaviour(self, taken: Taken, links: Links) -> None:
        """Without any way to go wrong, deliveries go right again."""
        _, _, vendor, id, _ = _steps(taken)
        ways = {name: value for name, value in (taken.json or {}).items() if name != "delayMillis"}
        if "delayMillis" in (taken.json or {}):
            ways["delay"] = _duration(timedelta(milliseconds=taken.json["delayMillis"]))
        subscription = links.value(int(id), ("webhooks", "subscriptions"))
        self._done.setdefault("misbehave", []).append({"vendor": vendor, "subscription": subscription, **ways})

    def _nothing(self, _taken: Taken, _links: Links) -> None:
        """What no later request can tell."""

    def _remark(self, taken: Taken) -> None:
        self._remarks.append(f"request {taken.id}: {taken.operation} cannot be said in a scenario, and was left out")

    def _rule(self, id: str) -> Iterator[dict[str, Any]]:
        """A rule as it was given."""
        rule = self._session.rules.get(id)
        if rule is None:
            self._remarks.append(f"the fault rule {id} is gone by now, and was left out")
            return
        told = {name: each for name, each in rule.items() if name not in _KEPT and each is not None}
        match = told.get("match")
        plain = match and _plain(match)
        if plain != match:
            told["match"] = plain
            self._remarks.append(f"the fault rule {id} matches what may be a secret, which was left out")
        yield told


_ACTS: Mapping[str, Callable[[Acts, Taken, Links], None]] = {
    "set_clock": Acts._set_clock,  # noqa: SLF001
    "put_record": Acts._put_record,  # noqa: SLF001
    "delete_record": Acts._delete_record,  # noqa: SLF001
    "set_faults": Acts._set_faults,  # noqa: SLF001
    "add_faults": Acts._add_faults,  # noqa: SLF001
    "put_fault": Acts._put_fault,  # noqa: SLF001
    "delete_fault": Acts._delete_fault,  # noqa: SLF001
    "delete_faults": Acts._delete_faults,  # noqa: SLF001
    "set_scenario": Acts._set_scenario,  # noqa: SLF001
    "set_misbehaviour": Acts._set_misbehaviour,  # noqa: SLF001
    "delete_misbehaviour": Acts._set_misbehaviour,  # noqa: SLF001
    "reset_scenarios": Acts._reset_scenarios,  # noqa: SLF001
    "rewind_request": Acts._nothing,  # noqa: SLF001
    "save_snapshot": Acts._nothing,  # noqa: SLF001
    "delete_snapshot": Acts._nothing,  # noqa: SLF001
    "save_state": Acts._nothing,  # noqa: SLF001
    "create_sandbox": Acts._nothing,  # noqa: SLF001
    "delete_sandbox": Acts._nothing,  # noqa: SLF001
    "delete_findings": Acts._nothing,  # noqa: SLF001
    "delete_coverage": Acts._nothing,  # noqa: SLF001
}
_OF_RULES = frozenset({"set_faults", "put_fault", "delete_fault", "delete_faults"})


def _given(taken: Taken) -> Iterator[str]:
    """The ids of rules that an exchange shows."""
    if taken.operation in ("set_faults", "add_faults"):
        yield from (rule["id"] for rule in (taken.reply or {}).get("faults", ()))
    elif taken.operation == "put_fault" and taken.reply:
        yield taken.reply["id"]


def _plain(match: Mapping[str, Any]) -> dict[str, Any]:
    """A request pattern without what may be a secret."""
    plain = {name: each for name, each in match.items() if name not in _SECRET_MATCHERS}
    plain = {name: each for name, each in plain.items() if name not in _URLS or "?" not in each}
    for part in ("headers", "queryParameters"):
        if part in plain:
            plain[part] = {name: each for name, each in plain[part].items() if not _SECRET_NAME.search(name)}
    return plain


def _steps(taken: Taken) -> Sequence[str]:
    """The pieces of an admin path."""
    found = _PATH.fullmatch(taken.path)
    return found[1].split("/") if found else ()


def _instant(taken: Taken) -> datetime:
    return datetime.fromisoformat(taken.at)


def _duration(length: timedelta) -> str:
    """A length of time as a scenario says it."""
    millis = round(length / timedelta(milliseconds=1))
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if millis and millis % size == 0:
            return f"{millis // size}{unit}"
    return f"{millis}ms"
