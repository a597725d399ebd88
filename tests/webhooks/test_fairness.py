"""Deliveries run beside requests: where those keep the loop busy, they go first."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from mockserver.webhooks import courier
from mockserver.webhooks.courier import _ROUNDS, _Worker


async def rounds_until_the_next_delivery(work: float) -> int:
    """How many rounds of the loop, each with so many seconds of work in it, pass before a worker sends again."""
    loop, nobody, rounds = asyncio.get_running_loop(), Any, 0
    worker = _Worker(loop, nobody, nobody, ("toy", 1))  # type: ignore[arg-type]

    async def serve_requests() -> None:
        nonlocal rounds
        while True:
            time.sleep(work)  # noqa: ASYNC251  this is the work
            rounds += 1
            await asyncio.sleep(0)

    requests = asyncio.create_task(serve_requests())
    await asyncio.sleep(0)
    before = rounds
    await worker._let_requests_go_first()
    requests.cancel()
    return rounds - before


@pytest.mark.parametrize("work", [0.001, 0.002])
def test_a_busy_loop_has_several_rounds_to_itself_between_two_deliveries(work: float) -> None:
    assert asyncio.run(rounds_until_the_next_delivery(work)) >= _ROUNDS


def test_a_loop_that_is_not_busy_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "_BUSY", 60)  # seconds, however slow this machine may be
    assert asyncio.run(rounds_until_the_next_delivery(0)) <= 2
