"""What can go wrong between a test and a server.

Exception
  AdminError              the admin API refused
  ConnectionError
    Unreachable           no mockserver answers there
  AssertionError
    VerificationError     the app did not ask for what the test expects
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.client.exchanges import Miss


class AdminError(Exception):
    """The admin API refused. Its text says what was wrong and what would be right.

    `row` is the error row of the admin API's contract (None where the refusal has none), `known` the choices that
    there are, and `problem` the whole problem document.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.row: str | None = problem.get("row")
        self.detail = str(problem.get("detail") or problem.get("title") or f"refused with status {status}")
        self.known: list[str] = list(problem.get("known") or ())
        super().__init__(self.detail)


class Unreachable(ConnectionError):
    """No mockserver answers there, or not as one does."""


class VerificationError(AssertionError):
    """The app did not ask for what the test expects. Its text names the requests that came nearest, and why not.

    `count` requests matched; `dropped` older ones the journal no longer has.
    """

    def __init__(
        self, message: str, row: str | None = None, misses: Sequence[Miss] = (), count: int = 0, dropped: int = 0
    ) -> None:
        self.row = row
        self.misses = misses
        self.count = count
        self.dropped = dropped
        super().__init__(message)
