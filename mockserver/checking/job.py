"""What the process that checks one contract is told, and what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

VARIABLE = "MOCKSERVER_CHECK"
"""The environment variable that names the job's file to the process."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One contract to be checked.

    `result` is the file that the process writes, `parent` the process that wants to know. `sandbox` is the URL of the
    sandbox that is checked, where the server has any, and `token` what its admin API asks for.
    """

    api: str
    result: str
    parent: int
    sandbox: str | None = None
    token: str | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as the contract says.

    `curl` is what to ask to see it again, `reply` what was answered. `known` is whether the baseline accepts it, `count`
    how often it was seen.
    """

    operation: str
    check: str
    title: str
    message: str
    curl: str
    reply: str = ""
    known: bool = False
    count: int = 1


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one contract.

    `operations` were tested, with so many `cases`; those in `accepted` have answered something else than an error. `errors` are what kept the library from testing. `met` has, by operation,
    the kinds of evidence of the replies that came, each with how often, and by whose error row where it was one.
    """

    api: str
    operations: int = 0
    accepted: Sequence[str] = ()
    cases: int = 0
    seconds: float = 0.0
    failures: Sequence[Failed] = ()
    errors: Sequence[str] = ()
    met: Mapping[str, Mapping[str, int]] = {}
    complete: bool = False
