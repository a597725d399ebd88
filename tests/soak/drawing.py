"""Fault rules drawn at random. Whatever chance or time decides about, the answer shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from mockserver import files
from mockserver.contract import Contract, read_contract

_SOCKET = ("CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE")
_WHOLE: Sequence[Mapping[str, Any]] = (
    {"latency": {"type": "fixed", "milliseconds": 3}},
    {"latency": {"type": "uniform", "lower": 1, "upper": 4}},
    {"latency": {"type": "lognormal", "median": 2, "sigma": 0.5, "maxValue": 6}},
    {"chunkedDribbleDelay": {"numberOfChunks": 3, "totalDuration": 3}},
    {"malformedBody": True},
    {"truncateBodyAtFraction": 0.5},
    {"truncateBodyAtFraction": 0},
    {"truncateBodyAtFraction": 1, "latency": {"type": "fixed", "milliseconds": 1}},
)
"""What goes wrong with an answer that is made as always."""


@dataclass(frozen=True)
class Target:
    """An operation that a rule may be for."""

    api: str
    vendor: str
    operation: str


@cache
def contract(api: str) -> Contract:
    return read_contract(files.contracts() / f"{api}.yaml")


def row_status(api: str, operation: str, row: str) -> int:
    """The HTTP status that an error row is answered with."""
    status: int = contract(api).operations[operation].errors[row].status
    return status


def drawn_row(random: Random, target: Target) -> str:
    return random.choice(sorted(contract(target.api).operations[target.operation].errors))


def rules(random: Random, targets: Sequence[Target], step: int) -> list[dict[str, Any]]:
    """One to three rules; one of them at most depends on chance or time, and then no other has its effect."""
    made = [_certain(random, target) for target in random.sample(targets, k=random.randint(0, 2))]
    if not made or random.random() < 0.5:
        made.append(_uncertain(random, random.choice(targets), 520 + step % 60))
        random.shuffle(made)
    return [{"id": f"r{step}-{at}", **rule} if random.random() < 0.8 else rule for at, rule in enumerate(made)]


def _certain(random: Random, target: Target) -> dict[str, Any]:
    rule = {**_whom(random, target), "times": random.randint(1, 3), "then": _then(random, target)}
    if "error" in rule["then"] or "stale" in rule["then"]:
        rule |= {"operation": target.operation, "match": {"api": target.api}}
    if random.random() < 0.3:
        rule["after"] = random.randint(1, 2)
    return rule


def _then(random: Random, target: Target) -> dict[str, Any]:
    """What goes wrong for sure."""
    kind = random.randrange(6)
    if kind == 5:
        is_safe = contract(target.api).operations[target.operation].safe
        return {"stale": {"lagMillis": random.choice([1, 60_000, 10_000_000])}} if is_safe else {"malformedBody": True}
    if kind == 0:
        then: dict[str, Any] = {"error": drawn_row(random, target)}
    elif kind == 1:
        then = {"status": random.choice([500, 502, 503])}
    elif kind == 2:
        then = {"fault": random.choice(_SOCKET)}
    elif kind == 3 and contract(target.api).limit is not None:
        then = {"rateLimit": "exhausted"}
    else:
        return dict(random.choice(_WHOLE))
    if random.random() < 0.5:
        then["performed"] = True
    if random.random() < 0.2:
        then["latency"] = {"type": "fixed", "milliseconds": 1}
    return then


def _uncertain(random: Random, target: Target, status: int) -> dict[str, Any]:
    """A rule that fails some requests or for some time, with a status of its own."""
    then: dict[str, Any] = {"status": status}
    if random.random() < 0.5:
        then["performed"] = True
    when: Mapping[str, Any] = random.choice(
        [
            {"probability": 0.4, "times": 3},
            {"probability": 0.5, "ttlMillis": 3_600_000},
            {"between": {"fromMillis": 600_000, "untilMillis": 7_200_000}},
            {"ttlMillis": 1_800_000, "times": 4},
        ]
    )
    return {**_whom(random, target), **when, "then": then}


def _whom(random: Random, target: Target) -> dict[str, Any]:
    match random.randrange(4):
        case 0:
            return {"vendor": target.vendor}
        case 1:
            return {"vendor": target.vendor, "match": {"method": "POST"}}
        case 2:
            return {"match": {"api": target.api, "operation": target.operation}}
        case _:
            return {"vendor": target.vendor, "operation": target.operation}
