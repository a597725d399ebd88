"""A run as JSON: all that is known of it, as `mockserver.scenarios.result` has it."""

from __future__ import annotations

import msgspec

from mockserver.scenarios.result import RunResult


def render(run: RunResult) -> str:
    """The whole report, with the counts first."""
    told = {"counts": run.counts, **msgspec.to_builtins(run)}
    return msgspec.json.format(msgspec.json.encode(told)).decode() + "\n"
