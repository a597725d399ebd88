"""How many records a recording never shows, and under which keys they must be: told from the pages that it does show."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import count, islice, pairwise
from typing import NamedTuple

_MOST = 20_000
"""More are not made up at once."""


class _Page(NamedTuple):
    """The keys of some of the records that were there from the beginning, and how many such are below and above them."""

    keys: Sequence[int]
    below: int
    above: int | None


class Census:
    """Counts the records of one collection, listed in the order of their keys.

    `known` are the keys of those that were there when the recording began. Then it is told what happens, exchange for
    exchange, and in the end it says whom nobody has seen.
    """

    def __init__(self, known: Iterable[int]) -> None:
        self._known = sorted(known)
        self._taken = {*self._known}
        self._made: list[int] = []
        self._gone: list[int] = []
        self._pages: list[_Page] = []
        self._gaps: set[tuple[int, int]] = set()

    def know(self, key: int) -> None:
        """There was this one too."""
        if key not in self._known:
            self._taken.add(key)
            insort(self._known, key)

    def made(self, key: int) -> None:
        """Since this exchange there is one more."""
        self._taken.add(key)
        insort(self._made, key)

    def gone(self, key: int) -> None:
        """Since this exchange there is one less; where nobody knows whether there ever was one, it is taken that there was none."""
        if key in self._made:
            self._made.remove(key)
        elif key not in self._known:
            self._taken.add(key)
        elif key not in self._gone:
            insort(self._gone, key)

    def absent(self, key: int) -> None:
        """Nobody is to have this key."""
        self._taken.add(key)

    def page(self, keys: Iterable[int], below: int, above: int | None = None, *, after: int | None = None) -> None:
        """These were listed, with so many before them; and with so many behind them, where that is known.

        `after` is a key that they all follow, with nobody between.
        """
        shown = sorted(keys)
        steps = pairwise(shown if after is None else [after, *shown])
        self._gaps |= {(low, high) for low, high in steps if high - low > 1}
        listed = [key for key in shown if key not in self._made]
        if listed:
            first, last = listed[0], listed[-1]
            below += bisect_left(self._gone, first) - bisect_left(self._made, first)
            if above is not None:
                above += len(self._gone) - bisect_right(self._gone, last)
                above -= len(self._made) - bisect_right(self._made, last)
            self._pages.append(_Page(listed, below, above))

    def unseen(self) -> list[int]:
        """Keys for those who must have been there and were never shown."""
        found: list[int] = []
        for page in sorted(self._pages, key=lambda page: page.keys[0]):
            missing = page.below - bisect_left(self._known, page.keys[0])
            found += self._add(range(page.keys[0] - 1, 0, -1), missing)
        for page in sorted(self._pages, key=lambda page: page.keys[-1], reverse=True):
            if page.above is not None:
                missing = page.above - len(self._known) + bisect_right(self._known, page.keys[-1])
                found += self._add(count(page.keys[-1] + 1), missing)
        return found

    def stranger(self) -> int | None:
        """A key for one more, who must have been there too: below all others, where hardly anybody looks."""
        return next(iter(self._add(range(1, _MOST), 1)), None)

    def beside(self, key: int, *, below: bool = False) -> int | None:
        """A key for one more, who comes behind another one, or before her."""
        return next(iter(self._add(range(key - 1, 0, -1) if below else count(key + 1), 1)), None)

    def _add(self, keys: Iterable[int], number: int) -> list[int]:
        free = (key for key in keys if key not in self._taken and not self._is_in_gap(key))
        added = list(islice(free, max(0, min(number, _MOST))))
        for key in added:
            self._taken.add(key)
            insort(self._known, key)
        return added

    def _is_in_gap(self, key: int) -> bool:
        """Whether a page shows that nobody has a key."""
        return any(low < key < high for low, high in self._gaps)
