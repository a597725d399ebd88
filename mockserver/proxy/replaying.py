"""Answers from a recording, with no server behind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from mockserver.har import Recorded
from mockserver.proxy.likeness import Likeness, Reader
from mockserver.proxy.messages import Answer, Asked, NoAnswer
from mockserver.routes import Routes
from mockserver.vendor import Api

Match = Literal["strict", "nearest"]
_NOT_FOUND = 404
_MOST_TOLD = 20
_NOT_REPLAYED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
"""What a recorded answer says of how it was sent; its body is there as it was before."""


@dataclass
class _Take:
    """An exchange of the recording, and how often it was played."""

    recorded: Recorded
    likeness: Likeness
    operation: str
    played: int = 0


class Replay:
    """Plays the answers of a recording.

    `strict`: to a request with the method, path, query and body of a recorded one; `nearest`: to one for the same
    operation, with the fewest differences. What was recorded several times is played in that order, the last one ever
    after.
    """

    def __init__(self, api: Api, recording: Iterable[Recorded], match: Match) -> None:
        self._match = match
        self._routes = Routes([api])
        self._reader, recorded = Reader(api.contract), Reader(api.contract)
        self._takes = [_Take(each, recorded.read(each), self._operation(each)) for each in recording if each.status]

    def __len__(self) -> int:
        return len(self._takes)

    async def ask(self, asked: Asked) -> Answer:
        """The recorded answer to a request. Raises NoAnswer."""
        wanted = self._recorded(asked)
        like, operation = self._reader.read(wanted), self._operation(wanted)
        distances = [_distance(take, like, operation) for take in self._takes]
        nearest = [take for take, far in zip(self._takes, distances, strict=True) if far == min(distances)]
        if not nearest or not self._will_do(nearest[0], like, operation):
            raise _not_recorded(nearest, like)
        take = next((take for take in nearest if not take.played), nearest[-1])
        take.played += 1
        return _answer(take.recorded)

    def _will_do(self, take: _Take, like: Likeness, operation: str) -> bool:
        if self._match == "strict":
            return not take.likeness.differences(like)
        return take.operation == operation and take.likeness.method == like.method

    def _operation(self, recorded: Recorded) -> str:
        """The operation that a request is for; its path, where it is for none."""
        route = self._routes.find(recorded.method.upper(), recorded.path)
        return route.operation.id if route is not None and route.operation is not None else recorded.path

    def _recorded(self, asked: Asked) -> Recorded:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in asked.headers)
        url = f"http://localhost{asked.target}"
        return Recorded(method=asked.method, url=url, request_headers=headers, request_body=asked.body)


def _distance(take: _Take, like: Likeness, operation: str) -> tuple[bool, bool, int]:
    other_method = take.likeness.method != like.method
    return take.operation != operation, other_method, len(take.likeness.differences(like))


def _not_recorded(nearest: Sequence[_Take], like: Likeness) -> NoAnswer:
    asked = f"{like.method} {like.path}"
    if not nearest:
        return NoAnswer(_NOT_FOUND, "Not recorded", f"the recording has no answer to {asked}, nor to anything else")
    first = nearest[0].likeness
    differences = first.differences(like)[:_MOST_TOLD]
    said = f"{first.method} {first.path}"
    detail = f"the recording has no answer to {asked}; nearest is {said}, which differs in {'; '.join(differences)}"
    return NoAnswer(_NOT_FOUND, "Not recorded", detail, nearest=said, differences=differences)


def _answer(recorded: Recorded) -> Answer:
    headers = tuple(
        (name.lower().encode("latin-1", "replace"), value.encode("latin-1", "replace"))
        for name, value in recorded.reply_headers
        if name.lower() not in _NOT_REPLAYED
    )
    parts = urlsplit(recorded.url)
    return Answer(recorded.status, headers, recorded.reply_body, f"{parts.scheme}://{parts.netloc}")
