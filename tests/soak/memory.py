"""The server's memory over time."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

MINUTE = 60.0
_SPAN = 15.0
MOST_GROWTH = 1.10
"""What is resident in the end may be so many times what was after the first minute."""


def resident_bytes(process: int) -> int:
    """What a process has in memory."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except FileNotFoundError:  # a system without such files
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(process)], capture_output=True, check=True)
        return int(shown.stdout) * 1024
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@dataclass
class Memory:
    """Samples: seconds since the start, and resident bytes."""

    started: float = field(default_factory=time.monotonic)
    samples: list[tuple[float, int]] = field(default_factory=list)

    def note(self, process: int) -> None:
        """Take a sample."""
        self.samples.append((time.monotonic() - self.started, resident_bytes(process)))

    @property
    def now(self) -> float:
        """In MB."""
        return self.samples[-1][1] / 1e6 if self.samples else 0.0

    def growth(self) -> tuple[float, float] | None:
        """In MB: after the first minute, and in the end; None where it was too short to tell."""
        end = self.samples[-1][0] if self.samples else 0.0
        if end < MINUTE + 2 * _SPAN:
            return None
        first = [resident for at, resident in self.samples if MINUTE <= at < MINUTE + _SPAN]
        last = [resident for at, resident in self.samples if at >= end - _SPAN]
        return median(first) / 1e6, median(last) / 1e6
