"""`make bench`: how the fake compares with bare Starlette, how it grows, starts, fills memory, exports and tells apps.

It measures and prints; it never fails for being slow. `ARGS='--only get,cold --rounds 9'` chooses.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Any

import click

# Started as a folder, this file finds its neighbours only from here on.
sys.path[0] = str(Path(__file__).parents[2])
# ruff: noqa: E402

from tests.bench import load, measurements
from tests.bench.catalogue import CREATE, GET, LIST, SMALL
from tests.bench.hot_path import profiled
from tests.bench.machine import description
from tests.bench.measurements import Settings
from tests.bench.report import table
from tests.bench.servers import Unusable

COMPARISONS = ("get", "listed", "create", "size")
FIGURES = ("cold", "memory", "filtered", "export", "webhooks", "sandboxes", "watching")
UNUSABLE = 2


class Measurements(click.ParamType[tuple[str, ...]]):
    """Names of measurements, with commas between them."""

    name = "names"

    def convert(self, value: Any, _parameter: Any, _context: Any) -> tuple[str, ...]:
        names = tuple(value.split(","))
        known = (*COMPARISONS, *FIGURES)
        for name in names:
            if name not in known:
                self.fail(f"there is no measurement called {name}; known: {', '.join(known)}")
        return names


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--seconds", type=click.IntRange(1), default=2, help="Length of each measurement.")
@click.option("--rounds", type=click.IntRange(1), default=5, help="How often each side is measured.")
@click.option("--customers", type=click.IntRange(SMALL), default=100_000, help="The big shop.")
@click.option("--only", type=Measurements(), default=",".join((*COMPARISONS, *FIGURES)), help="What to measure.")
@click.option("--profile", is_flag=True, help="Show instead where the time goes, in this process.")
def main(seconds: int, rounds: int, customers: int, only: tuple[str, ...], profile: bool) -> None:  # noqa: FBT001
    """Measure the fake against bare Starlette."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    click.echo(description())
    try:
        if profile:
            _show_profiles()
        else:
            _measure(Settings(seconds, rounds, customers), only)
    except Unusable as error:
        _give_up(str(error))


def _show_profiles() -> None:
    for case in [*GET, *LIST, *CREATE]:
        for text in profiled(case):
            click.echo(f"\n{text}")


def _measure(settings: Settings, only: tuple[str, ...]) -> None:
    if set(only) & set(COMPARISONS) and not load.is_there():
        _give_up(load.HOW_TO_GET_WRK)
    started = time.monotonic()
    click.echo(
        f"{settings.rounds} rounds of {settings.seconds} s a side, in turns; ratios are medians of the rounds'\n"
    )
    for name in (name for name in COMPARISONS if name in only):
        sides = (f"{settings.customers:,}", f"{SMALL:,}") if name == "size" else ("fake", "bare")
        click.echo(table(*sides, list(getattr(measurements, name)(settings))) + "\n")
    for name in (name for name in FIGURES if name in only):
        for figures in getattr(measurements, name)(settings):
            click.echo(figures.line())
    click.echo(f"\nmeasured in {time.monotonic() - started:.0f} s")


def _give_up(reason: str) -> None:
    click.echo(reason, err=True)
    sys.exit(UNUSABLE)


if __name__ == "__main__":
    main()
