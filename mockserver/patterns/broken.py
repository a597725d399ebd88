"""What is said of a pattern that can never be right."""

from __future__ import annotations

from collections.abc import Iterable


class PatternError(ValueError):
    """A pattern that can never be right: where, what would be right, and the known choices where there are any.

    `place` is as in `headers.x-key.matches` or `bodyPatterns[0]`; empty for the pattern itself.
    """

    def __init__(self, place: str, message: str, known: Iterable[str] = ()) -> None:
        super().__init__(f"{place or 'the pattern'}: {message}")
        self.place = place
        self.message = message
        self.known = list(known)
