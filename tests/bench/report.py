"""The report: one line for each figure, ratios of rounds first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench.load import Load

_BUSY = 0.9


@dataclass(frozen=True)
class Comparison:
    """Rounds of two sides that were measured in turns; `bar` is the least ratio of the first to the second."""

    name: str
    connections: int
    rounds: Sequence[tuple[Load, Load]]
    bar: float | None

    @property
    def ratios(self) -> list[float]:
        return [ours.per_second / theirs.per_second for ours, theirs in self.rounds]

    def row(self) -> list[str]:
        ours, theirs = zip(*self.rounds, strict=True)
        ratio = median(self.ratios)
        work = median(theirs.cpu_each / ours.cpu_each for ours, theirs in self.rounds)
        return [
            self.name,
            str(self.connections),
            *_side(ours),
            *_side(theirs),
            f"{ratio:.2f}",
            f"{min(self.ratios):.2f}-{max(self.ratios):.2f}",
            f"{work:.2f}",
            f"{sum(load.broken for load in ours + theirs)}/{sum(load.failed for load in ours + theirs)}",
            "" if self.bar is None else f">= {self.bar:.2f} {_met(ratio >= self.bar)}",
        ]

    def notes(self) -> list[str]:
        """What makes these figures doubtful."""
        busiest = max(load.busy for pair in self.rounds for load in pair)
        if busiest < _BUSY:
            return []
        where = f"{self.name} at {self.connections} connections"
        return [f"{where}: the load used {busiest:.0%} of its core, so the faster side may be faster still"]


@dataclass(frozen=True)
class Figures:
    """The same thing measured a few times; `bar` is the most that the median may be, `least` the least."""

    name: str
    values: Sequence[float]
    unit: str
    bar: float | None = None
    least: float | None = None

    def line(self) -> str:
        middle = median(self.values)
        text = f"{self.name}: {_number(middle)} {self.unit}"
        if len(self.values) > 1:
            least, most = _number(min(self.values)), _number(max(self.values))
            text += f" (median of {len(self.values)}, {least}-{most})"
        if self.bar is not None:
            text += f", bar <= {self.bar:g} {_met(middle <= self.bar)}"
        if self.least is not None:
            text += f", bar >= {self.least:g} {_met(middle >= self.least)}"
        return text


def table(first: str, second: str, comparisons: Sequence[Comparison]) -> str:
    """Comparisons of one kind of side with another."""
    sides = [text for side in (first, second) for text in (f"{side} req/s", "spread", "p99 ms", "CPU µs")]
    heading = ["", "conns", *sides, "ratio", "spread", "by CPU", "broken/failed", "bar"]
    rows = [heading, *(comparison.row() for comparison in comparisons)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_aligned(row, widths) for row in rows]
    return "\n".join([*lines, *(note for comparison in comparisons for note in comparison.notes())])


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *cells, bar = row
    middle = [cell.rjust(width) for cell, width in zip(cells, widths[1:-1], strict=True)]
    return "  ".join([name.ljust(widths[0]), *middle, bar]).rstrip()


def _side(loads: Sequence[Load]) -> list[str]:
    speeds = [load.per_second for load in loads]
    p99, work = median(load.p99_ms for load in loads), median(load.cpu_each for load in loads)
    return [f"{median(speeds):,.0f}", f"{min(speeds):,.0f}-{max(speeds):,.0f}", f"{p99:.2f}", f"{work * 1e6:.1f}"]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 999.5 else f"{value:.3g}"


def _met(is_met: bool) -> str:  # noqa: FBT001  it is what the word says
    return "met" if is_met else "not met"
