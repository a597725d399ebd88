"""The rules by which a sandbox goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack
from urllib.parse import quote

from mockserver.client.durations import Duration, millis
from mockserver.client.http import AdminConnection
from mockserver.client.patterns import Pattern
from mockserver.client.results import Fault, read, read_all
from mockserver.client.wording import camel, given

SocketFault = Literal[
    "CONNECTION_RESET_BY_PEER", "EMPTY_RESPONSE", "MALFORMED_RESPONSE_CHUNK", "RANDOM_DATA_THEN_CLOSE"
]
Latency = Duration | Mapping[str, Any]
"""A length of time, or a distribution: `{"type": "uniform", "lower": 10, "upper": 50}`, in milliseconds."""

_Span = tuple[datetime | str | None, datetime | str | None] | tuple[Duration | None, Duration | None]


class Rule(TypedDict, total=False):
    """A rule in Python's names. Lengths of time are a `timedelta` or seconds.

    Which requests: `vendor`, `operation`, `match`; how often: `probability`, `times`, `after` (so many pass first);
    when: `between` (two instants of the sandbox's clock, or two lengths of time since the rule was added; None leaves
    an end open), `ttl`; in which state of a scenario, and to which it leads on: `scenario_name`,
    `required_scenario_state`, `new_scenario_state`. What happens: all that follows, nothing where a scenario is led on;
    with `performed` the operation is done, and only its reply lost.
    """

    id: str
    vendor: str
    operation: str
    match: Pattern
    probability: float
    times: int
    after: int
    between: _Span | Mapping[str, Any]
    ttl: Duration
    scenario_name: str
    required_scenario_state: str
    new_scenario_state: str
    error: str
    status: int
    rate_limit: Literal["exhausted"]
    fault: SocketFault
    performed: bool
    latency: Latency
    truncate_body_at_fraction: float
    malformed_body: bool
    chunked_dribble_delay: tuple[int, Duration] | Mapping[str, Any]
    stale: Duration


_SCENARIO = ("scenario_name", "required_scenario_state", "new_scenario_state")
_CONDITIONS = ("id", "vendor", "operation", "match", "probability", "times", "after", "between", "ttl", *_SCENARIO)


def rule(**fields: Unpack[Rule]) -> dict[str, Any]:
    """A rule as the admin API has it. Raises TypeError for an unknown field."""
    said = given(Rule, fields)
    conditions = dict(_field(name, said.pop(name)) for name in _CONDITIONS if name in said)
    return {**conditions, "then": dict(_field(name, value) for name, value in said.items())}


class Faults:
    """The rules of one sandbox, in their order: the first that matches acts."""

    def __init__(self, connection: AdminConnection) -> None:
        self._connection = connection

    def add(self, **fields: Unpack[Rule]) -> Fault:
        """Add a rule behind the others: `add(vendor="…", status=503, times=2)`."""
        return self._read_all(self._connection.patch("/faults", json=rule(**fields)))[-1]

    def set(self, rules: Sequence[Mapping[str, Any]]) -> Sequence[Fault]:
        """Have these rules in place of all others: each as `rule(…)` makes it, or as the admin API has it."""
        return self._read_all(self._connection.post("/faults", json=list(rules)))

    def replace(self, id: str, /, **fields: Unpack[Rule]) -> Fault:
        """Have another rule in the place of one, with counts that start anew. Raises AdminError where there is none."""
        return read(Fault, self._connection.put(self._at(id), json=rule(**fields)))

    def list(self) -> Sequence[Fault]:
        """All rules, with how often each matched and acted."""
        return self._read_all(self._connection.get("/faults"))

    def get(self, id: str) -> Fault:
        """One rule. Raises AdminError where there is none."""
        return read(Fault, self._connection.get(self._at(id)))

    def remove(self, id: str) -> None:
        """Take a rule out. Raises AdminError where there is none."""
        self._connection.delete(self._at(id))

    def clear(self) -> None:
        """Take all rules out."""
        self._connection.delete("/faults")

    def _at(self, id: str) -> str:
        return f"/faults/{quote(id, safe='')}"

    def _read_all(self, answer: Any) -> Sequence[Fault]:
        return read_all(Fault, answer["faults"])


def _field(name: str, value: Any) -> tuple[str, Any]:
    """A field in the admin API's name and form."""
    if name == "ttl":
        return "ttlMillis", millis(value)
    if name == "between":
        return name, value if isinstance(value, Mapping) else _between(*value)
    if name == "latency" and not isinstance(value, Mapping):
        return name, {"type": "fixed", "milliseconds": millis(value)}
    if name == "stale":
        return name, {"lagMillis": millis(value)}
    if name == "chunked_dribble_delay" and not isinstance(value, Mapping):
        chunks, duration = value
        return camel(name), {"numberOfChunks": chunks, "totalDuration": millis(duration)}
    return camel(name), value


def _between(begin: Any, end: Any) -> dict[str, Any]:
    """Instants stay as they are; lengths of time are in milliseconds."""
    ends = {"from": begin, "until": end}
    if any(isinstance(each, datetime | str) for each in ends.values()):
        return {name: each for name, each in ends.items() if each is not None}
    return {f"{name}Millis": millis(each) for name, each in ends.items() if each is not None}
