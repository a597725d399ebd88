"""Sessions with a fake, recorded as a proxy would, and played to another one that is prepared from the recording alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from httpx2 import Response
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, lists

from mockserver.drift.report import Report
from mockserver.drift.session import Session, Setting
from mockserver.har import Recorded
from mockserver.pseudonyms import Pseudonyms
from mockserver.sandbox import Sandbox
from mockserver.vendor import Credential
from mockserver.world import World
from tests.appclient import AppClient
from tests.effort import EFFORT

_SANDBOX = "x-mock-sandbox"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


class Recorder:
    """An app of one API, in a sandbox of its own where a second passes before each request. `tape` has what it did."""

    def __init__(self, world: World, api: str) -> None:
        self.name = api
        self.api = world.api(api)
        self.sandbox: Sandbox = world.sandboxes.create(beginning=world.seeds.of("default", seed=7))
        self.credentials: list[Credential] = list(self.api.dialect.credentials(self.sandbox.subjects[self.api.vendor]))
        self.headers: dict[str, str] = dict(self.credentials[0].headers)
        self.tape: list[Recorded] = []
        self._client = AppClient(world.app, base_url="http://shop.example.com")
        self._at = NOW
        self._freeze()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self._at += timedelta(seconds=seconds)
        self._freeze()

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """Send a request under the API's address, unless the path has its own. `query`, `form`, `headers` are its parts."""
        self.pass_by(1)
        query = f"?{urlencode(more['query'])}" if more.get("query") else ""
        url = path if path.startswith("http") else f"http://shop.example.com{self._path(path)}{query}"
        headers = {**self.headers, **_type_of(body, more), **more.get("headers", {})}
        content = _content(body, more)
        reply = self._client.request(method, url, content=content, headers={**headers, _SANDBOX: self.sandbox.name})
        self.tape.append(
            Recorded(
                method=method,
                url=url,
                request_headers=tuple(_told(reply.request.headers.multi_items())),
                request_body=content,
                status=reply.status_code,
                reply_headers=tuple(reply.headers.multi_items()),
                reply_body=reply.content,
                started=self._at.isoformat(),
            )
        )
        return reply

    def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The value of the reply's JSON text."""
        return self.ask(method, path, body, **more).json()

    def drift(self, *, redacted: bool = False) -> Report:
        """What differs when the tape is played to a fresh fake; without the secrets on it, where it is redacted."""
        pseudonyms = Pseudonyms(self.api.contract)
        tape = [pseudonyms.recorded(each) for each in self.tape] if redacted else self.tape
        return Session(self.name, Setting(fidelity="documented")).compare(tape, "the tape")

    def _path(self, path: str) -> str:
        return path if path.startswith("/") else f"{self.api.contract.base_path}/{path}"

    def _freeze(self) -> None:
        with self.sandbox.ledger.transaction():
            self.sandbox.clock.freeze(self._at)


@contextmanager
def recorded(world: World, api: str) -> Iterator[Recorder]:
    """An app whose requests are recorded."""
    recorder = Recorder(world, api)
    yield recorder
    world.sandboxes.remove(recorder.sandbox.name)


Step = Callable[[Recorder, list[int]], object]
"""Something that an app does; the list has the ids of what it has made."""


def assert_any_session_agrees(world: World, api: str, steps: SearchStrategy[Step], examples: int) -> None:
    """Random sessions agree with a fake that is prepared from them alone: the same ones each time, others with more effort.

    A recording does not tell everything, so that among thousands of sessions there is one with something that nobody can know.
    """

    phases = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)

    @settings(
        max_examples=examples * EFFORT,
        deadline=None,
        derandomize=EFFORT == 1,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=lists(steps, min_size=1, max_size=14))
    def check(steps: list[Step]) -> None:
        made: list[int] = []
        with recorded(world, api) as recorder:
            for step in steps:
                step(recorder, made)
            if recorder.tape:
                assert_agrees(recorder)

    check()


def _told(headers: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What an app sends; that a test has a sandbox of its own is none of it."""
    return ((name, value) for name, value in headers if name != _SANDBOX)


def _type_of(body: Any, more: Mapping[str, Any]) -> dict[str, str]:
    if "form" in more:
        return {"Content-Type": "application/x-www-form-urlencoded"}
    return {} if body is None else {"Content-Type": "application/json"}


def _content(body: Any, more: Mapping[str, Any]) -> bytes:
    if "form" in more:
        return urlencode(more["form"]).encode()
    return b"" if body is None else json.dumps(body).encode()


def _told_of(recorder: Recorder) -> Iterator[str]:
    """The tape, for whom something differs."""
    for number, recorded in enumerate(recorder.tape, 1):
        sent, got = recorded.request_body.decode(), recorded.reply_body.decode()
        yield f"{number}: {recorded.method} {recorded.target} {sent} -> {recorded.status} {got[:300]}"


def assert_agrees(recorder: Recorder, *, redacted: bool = False) -> None:
    """Nothing differs, and nothing was left out."""
    report = recorder.drift(redacted=redacted)
    assert report.differences == [], "\n".join([*_told_of(recorder), *map(str, report.differences)])
    assert report.agreeing == report.exchanges == len(recorder.tape), report.remarks
    assert report.remarks == []
