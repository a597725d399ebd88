"""What the journal of a sandbox has to have, and the ways to ask it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from tests.soak.comparing import Having, Moment, agree
from tests.soak.line import Reply, Request
from tests.soak.model import Entry, World

ADMIN = "admin"
KEPT = 100
"""How many exchanges a journal keeps here."""


class Journal:
    """The model of a journal: the newest exchanges, each with the world that it came upon."""

    def __init__(self) -> None:
        self.last_id = 0
        self.dropped = 0
        self._entries: deque[Entry] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Newest first."""
        return reversed(self._entries)

    @property
    def next_id(self) -> int:
        return self.last_id + 1

    def note(self, entry: Entry) -> None:
        self.last_id = entry.id
        self._entries.append(entry)
        if len(self._entries) > KEPT:
            self._entries.popleft()
            self.dropped += 1

    def clear(self) -> None:
        """A new history."""
        self._entries.clear()
        self.dropped = 0

    def since(self, id: int) -> list[Entry]:
        """Newest first, the exchange with this id and all later ones."""
        return [entry for entry in self if entry.id >= id]

    def drawn(self, random: Random, among: int = KEPT) -> Entry | None:
        """One of the newest, or None."""
        known = list(self)[:among]
        return random.choice(known) if known else None

    @property
    def vendors(self) -> list[Entry]:
        """Newest first, what apps have asked."""
        return [entry for entry in self if entry.vendor != ADMIN]


def check_list(journal: Journal, reply: Reply, entries: list[Entry]) -> None:
    """Raises Difference where a list of exchanges is another one."""
    expected = {"requests": [Having(**entry.shown()) for entry in entries], "dropped": journal.dropped}
    agree(expected, reply.json, "the journal")
    for entry, shown in zip(entries, reply.json["requests"], strict=True):
        if entry.row is not None or (entry.fault is None and entry.vendor != ADMIN):
            agree(entry.row, shown["error"], f"the error row of request {entry.id}")
        agree([], [each for each in shown["findings"] if each["id"] == "bug"], f"bugs in request {entry.id}")


def pattern(random: Random, journal: Journal) -> tuple[dict[str, Any], list[Entry]]:
    """A request pattern, and what it matches, newest first."""
    entry = random.choice(journal.vendors)
    path = entry.url.partition("?")[0]
    if path.startswith("/@"):
        path = path[path.index("/", 1) :]
    whose = {} if entry.vendor is None else {"vendor": entry.vendor, "api": entry.api, "operation": entry.operation}
    patterns: list[Mapping[str, Any]] = [
        whose,
        {"method": entry.method, "urlPath": path},
        {**whose, "method": entry.method},
        {**whose, "headers": {"Host": {"contains": ":"}}},
        {"urlPathPattern": "/v1/.*"},
        {},
    ]
    if entry.status is not None:
        patterns.append({"status": entry.status, **whose})
    if entry.fault is not None:
        patterns += [{"fault": entry.fault}] * 3
    chosen = random.choice(patterns)
    return dict(chosen), [each for each in journal.vendors if _matches(chosen, each)]


def _matches(wanted: Mapping[str, Any], entry: Entry) -> bool:
    path = entry.url.partition("?")[0]
    path = path[path.index("/", 1) :] if path.startswith("/@") else path
    known: dict[str, Any] = {
        "vendor": entry.vendor,
        "operation": entry.operation,
        "api": entry.api,
        "method": entry.method,
    }
    known |= {"status": entry.status, "fault": entry.fault, "urlPath": path}
    if "urlPathPattern" in wanted and not path.startswith("/v1/"):
        return False
    return all(value == known[name] for name, value in wanted.items() if name in known)


def entry(request: Request, id: int, world: World, at: Moment, operation: str) -> Entry:
    """The entry of a request to the admin API that has changed something."""
    return Entry(id, world, at, request.method, request.path, ADMIN, ADMIN, operation, status=200)
