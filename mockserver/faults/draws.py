"""Draws that look random and are not: the same seed, rule and number of request give the same one again."""

from __future__ import annotations

import math
from hashlib import blake2b

from mockserver.faults.rule import MOST_MILLIS, Fixed, Latency, Uniform

_BITS = 53
"""What a float has room for, so that no draw is rounded up to 1."""


def draw(seed: int, rule: str, purpose: str, number: int) -> float:
    """At least 0 and less than 1, for the request of this number that a rule matches, in a sandbox of this seed."""
    drawn = blake2b(f"{seed}/{rule}/{purpose}/{number}".encode(), digest_size=8).digest()
    return (int.from_bytes(drawn, "big") >> (64 - _BITS)) / (1 << _BITS)


def noise(seed: int, rule: str, number: int) -> bytes:
    """Bytes that nobody can read."""
    return blake2b(f"{seed}/{rule}/noise/{number}".encode()).digest()


def wait(latency: Latency, seed: int, rule: str, number: int) -> float:
    """How long a request waits, in seconds."""
    if isinstance(latency, Fixed):
        return latency.milliseconds / 1000
    first = draw(seed, rule, "latency", number)
    if isinstance(latency, Uniform):
        return (latency.lower + (latency.upper - latency.lower) * first) / 1000
    # Box and Muller's way from two even draws to a normal one.
    second = draw(seed, rule, "latency-turn", number)
    normal = math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second)
    most = MOST_MILLIS if latency.max_value is None else latency.max_value
    return min(most, latency.median * math.exp(latency.sigma * normal)) / 1000
