"""What `mockserver.pytest_plugin` does where a run asks for findings: in which tests they were made, and whether they may be."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import msgspec
import pytest

from mockserver.client import AdminError, MockServer, Sandbox
from mockserver.finding_kinds import UnknownKind, read_kinds
from mockserver.findings_report import FindingsReport, Found, make_report, merge, since
from mockserver.reports.findings_text import render

_OUTPUT = "mockserver_findings"
_MOST = 10
"""Tests that are named for one finding, unless the run is verbose."""
_UNTOLD = "they cannot be told: {}"
_NOTHING = make_report(None, [])

Identity = tuple[str | None, ...]


class Gathering:
    """The findings of one test run, or of one worker of it.

    A server in this process is asked after each test, so it is known which test each finding was made in, whatever
    sandboxes it used. A server elsewhere may be asked by others at the same time: there only the test's own sandbox
    tells, and what was found before the run is left out.
    """

    def __init__(self, kinds: Iterable[str], url: str | None, token: str | None) -> None:
        self._kinds = _read(kinds)
        self._url, self._token = url, token
        self._tests: dict[Identity, dict[str, None]] = {}
        self._reports: list[FindingsReport] = []
        self._known = _NOTHING
        self._report: FindingsReport | None = None
        self._complaint = ""

    def begin(self) -> None:
        """Note what a server elsewhere has found already; where it does not answer yet, that is nothing."""
        if self._url:
            try:
                self._known = self._ask_elsewhere(self._url)
            except Exception:  # noqa: BLE001  whatever it is, the tests will meet it
                self._known = _NOTHING

    def look(self, server: MockServer, test: str) -> None:
        """A test has ended that may have asked a server in this process."""
        with self._trouble_told():
            report = server.findings()
            self._note(since(self._known, report).findings, test)
            self._known = report

    def look_into(self, server: MockServer, sandbox: Sandbox, test: str) -> None:
        """A test ends that has asked its sandbox on a server elsewhere: it may have reset it meanwhile, or removed it."""
        with self._trouble_told():
            run, name = server.findings(), sandbox.name
            self._note([found for found in run.findings if name in (found.first.sandbox, found.last.sandbox)], test)
            with suppress(AdminError):
                self._note(sandbox.findings().findings, test)

    @contextmanager
    def _trouble_told(self) -> Iterator[None]:
        """Keep trouble for the end: a test is no worse for what cannot be told of it."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  see above
            self._complaint = _UNTOLD.format(error)

    def close(self, _server: MockServer) -> None:
        """The server in this process is about to end, and was looked at."""
        self._reports.append(self._known)
        self._known = _NOTHING

    def _note(self, findings: Iterable[Found], test: str) -> None:
        for found in findings:
            self._tests.setdefault(found.identity, {})[test] = None

    def hand_over(self, output: dict[str, Any]) -> None:
        """The worker ends."""
        tests = [(identity, list(tests)) for identity, tests in self._tests.items()]
        output[_OUTPUT] = msgspec.json.encode((self._reports, tests, self._complaint)).decode()

    def take_over(self, output: Mapping[str, Any]) -> None:
        """A worker has ended."""
        reports, tests, complaint = json.loads(output.get(_OUTPUT, '[[], [], ""]'))
        self._complaint = self._complaint or complaint
        self._reports += msgspec.convert(reports, list[FindingsReport])
        for identity, names in tests:
            self._tests.setdefault(tuple(identity), {}).update(dict.fromkeys(names))

    def finish(self) -> bool:
        """Add up what was found; returns whether the run may pass."""
        try:
            if self._url:
                self._report = since(self._known, self._ask_elsewhere(self._url))
            else:
                self._report = merge(self._reports)
            self._complaint = self._complaint or self._report.complaint(self._kinds)
        except Exception as error:  # noqa: BLE001  whatever it is, the run has ended, and its tests are what matters
            self._complaint = _UNTOLD.format(error)
        return not self._complaint

    def show(self, reporter: pytest.TerminalReporter) -> None:
        """Show them, and why the run fails."""
        reporter.ensure_newline()
        reporter.section("mockserver findings")
        if self._report is not None:
            most = None if reporter.verbosity > 0 else _MOST
            places = {identity: _some(list(tests), most) for identity, tests in self._tests.items()}
            reporter.write_line(render(self._report, self._kinds, places))
        if self._complaint:
            reporter.write_line(f"FAILED mockserver findings: {self._complaint}", red=True)

    def _ask_elsewhere(self, url: str) -> FindingsReport:
        with MockServer.connect(url, self._token) as server:
            return server.findings()


def _read(kinds: Iterable[str]) -> frozenset[str]:
    try:
        return frozenset[str]().union(*map(read_kinds, kinds))
    except UnknownKind as error:
        raise pytest.UsageError(f"--mockserver-findings-fail-on: {error}") from None


def _some(tests: list[str], most: int | None) -> list[str]:
    if most is None or len(tests) <= most:
        return tests
    return [*tests[:most], f"… and {len(tests) - most} more (-v names them)"]
