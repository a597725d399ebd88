"""`python -m tests.replay FILE`: play a recording of the vendor's program to the fake, and print all that differs.

Ends with 0 when every exchange agrees, with 1 when one does not, with 2 when the recording cannot be played.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.replay.playing import Result, play
from tests.replay.recording import Exchange, Unreadable, read

AGREES, DIFFERS, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Play a recording; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.replay", description="Play a recording to the fake.")
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording: one exchange a line, as a JSON object")
    file: Path = parser.parse_args(arguments).file
    try:
        return _report(list(play(read(file))))
    except Unreadable as error:
        print(error, file=sys.stderr)  # noqa: T201  a program's message
        return UNREADABLE


def _report(results: Sequence[Result]) -> int:
    played = [result for result in results if result.exchange is not None]
    agreeing = [result for result in played if not result.differences]
    for result in results:
        if result.exchange is None:
            print(result.remark)  # noqa: T201  what the program is for
        elif result.differences:
            print(_told(result.exchange, result))  # noqa: T201  see above
    print(f"{len(agreeing)} of {len(played)} exchanges agree")  # noqa: T201  see above
    return AGREES if len(agreeing) == len(played) else DIFFERS


def _told(exchange: Exchange, result: Result) -> str:
    request = exchange.request
    lines = [f"line {exchange.number}, {exchange.name}: {request.method} {request.target}"]
    if request.body_raw:
        lines.append(f"  with {request.body_raw!r}")
    return "\n".join([*lines, *(f"  {difference}" for difference in result.differences)])


if __name__ == "__main__":
    sys.exit(main())
