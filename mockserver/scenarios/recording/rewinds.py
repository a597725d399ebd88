"""What a tester has taken back: requests that are undone, and so are no part of a scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.scenarios.recording.session import Session, Taken

_REWIND = "rewind_request"


def lasting(session: Session) -> Sequence[Taken]:
    """The exchanges that no rewind has undone, oldest first."""
    undone = list(_undone(session))
    return [each for each in session.exchanges if not any(first <= each.id < end for first, end in undone)]


def undone_told(session: Session) -> Iterator[str]:
    """What is said of those that one has."""
    for first, end in _undone(session):
        yield f"requests {first} to {end - 1} were undone by a rewind, and left out"


def _undone(session: Session) -> Iterator[tuple[int, int]]:
    """From which exchange to before which, newest first; a rewind that was undone itself has undone nothing."""
    before: int | None = None
    for each in reversed(session.exchanges):
        if before is not None and each.id >= before:
            continue
        before = None
        if each.is_admin and each.operation == _REWIND and isinstance(each.reply, dict):
            before = int(each.reply["rewoundTo"])
            yield before, each.id
