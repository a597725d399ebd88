"""`make soak`: mixed load over many sandboxes with faults, resets and rewinds, checked against a model.

Ends with 1 where the server does anything else than the model, or where its memory grows. `ARGS='--minutes 2'` chooses.
"""

from __future__ import annotations

import secrets
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tests.soak.comparing import Difference
from tests.soak.memory import MINUTE, MOST_GROWTH, Memory
from tests.soak.run import Settings, Soak, soaking
from tests.soak.server import Server, serving


@click.command(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=10, help="How long.")
@click.option("--sandboxes", type=click.IntRange(1, 500), default=50, help="How many there are at a time.")
@click.option(
    "--seed", type=click.IntRange(0), help="What everything is drawn from; without it, another one each time."
)
@click.option("--steps", type=click.IntRange(1), help="End each sandbox's story after so many steps.")
@click.option("--only", type=click.IntRange(0), help="Play the story of the sandbox with this number alone.")
def main(minutes: float, sandboxes: int, seed: int | None, steps: int | None, only: int | None) -> None:
    """Soak a server."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped
    settings = Settings(secrets.randbelow(10**6) if seed is None else seed, minutes, sandboxes, steps, only)
    click.echo(f"seed {settings.seed}: {sandboxes} sandboxes for {minutes:g} min")
    try:
        with TemporaryDirectory() as folder, soaking(settings) as soak:
            is_good = _soak(soak, Path(folder) / "state.json")
    except Difference as difference:
        _tell(str(difference))
        is_good = False
    sys.exit(0 if is_good else 1)


def _soak(soak: Soak, state: Path) -> bool:
    """Whether all was as it had to be."""
    memory, minutes = Memory(), 0

    def watch(done: Soak) -> None:
        nonlocal minutes
        memory.note(server.process.pid)
        if memory.samples[-1][0] >= (minutes + 1) * MINUTE:
            minutes += 1
            _report(f"minute {minutes}", done, memory)

    with serving(state) as server:
        click.echo(f"the server listens on http://127.0.0.1:{server.port}")
        sys.stdout.flush()
        soak.run(server.port, watch)
        _report("in all", soak, memory)
        click.echo("met: " + ", ".join(f"{kind} {count:,}" for kind, count in sorted(soak.stage.met.items())))
        _end(soak, server)
    if not soak.trouble:
        with serving(state) as server:
            soak.resume(server.port)
            _end(soak, server)
    return not soak.trouble and _judge(memory, soak.settings)


def _end(soak: Soak, server: Server) -> None:
    """Stop a server that was good, or tell what it was not. Raises Difference."""
    if soak.trouble:
        _tell(f"{soak.trouble}\nThe server has said: {server.said() or 'nothing'}")
    else:
        server.stop()


def _report(when: str, done: Soak, memory: Memory) -> None:
    seconds = memory.samples[-1][0]
    met = sum(done.stage.met.values())
    click.echo(
        f"{when}: {done.steps:,} steps, {done.requests / seconds:,.0f} requests a second, "
        f"{met:,} troubles met on purpose, {memory.now:.1f} MB"
    )
    sys.stdout.flush()


def _judge(memory: Memory, settings: Settings) -> bool:
    growth = memory.growth()
    if growth is None or settings.minutes <= 1:
        click.echo("too short to judge the memory")
        return True
    first, last = growth
    click.echo(f"memory: {first:.1f} MB after the first minute, {last:.1f} MB in the end ({last / first - 1:+.1%})")
    if last > first * MOST_GROWTH:
        _tell(f"the memory has grown by more than {MOST_GROWTH - 1:.0%}")
        return False
    return True


def _tell(trouble: str) -> None:
    click.echo(trouble, err=True)


if __name__ == "__main__":
    main()
