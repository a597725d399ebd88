"""What `mockserver.pytest_plugin` does where a run asks for coverage: what was met of the contracts, and whether that is enough."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from mockserver.client import MockServer
from mockserver.client.merging import merge
from mockserver.coverage_report import Report
from mockserver.reports.text import render

_OUTPUT = "mockserver_coverage"


class Measuring:
    """The coverage of one test run, or of one worker of it; of some vendors only where any are named."""

    def __init__(self, vendors: Sequence[str], limit: float | None, url: str | None, token: str | None) -> None:
        self._vendors, self._limit = vendors, limit
        self._url, self._token = url, token
        self._reports: list[Any] = []
        self._report: Report | None = None
        self._complaint = ""

    def close(self, server: MockServer) -> None:
        """The server in this process is about to end."""
        self._reports.append(server.admin.get("/coverage", params={"scope": "run"}))

    def hand_over(self, output: dict[str, Any]) -> None:
        """The worker ends."""
        output[_OUTPUT] = json.dumps(self._reports)

    def take_over(self, output: Mapping[str, Any]) -> None:
        """A worker has ended."""
        self._reports += json.loads(output.get(_OUTPUT, "[]"))

    def finish(self) -> bool:
        """Add up what was met; returns whether it is enough."""
        try:
            self._report = self._gather()
            self._complaint = self._report.complaint(self._limit)
        except Exception as error:  # noqa: BLE001  whatever it is, the run has ended, and its tests are what matters
            self._complaint = f"it cannot be told: {error}"
        return not self._complaint

    def show(self, reporter: pytest.TerminalReporter) -> None:
        """Show it, and why the run fails."""
        reporter.ensure_newline()
        reporter.section("mockserver coverage")
        if self._report is not None:
            reporter.write_line(render(self._report, self._limit))
        if self._complaint:
            reporter.write_line(f"FAILED mockserver coverage: {self._complaint}", red=True)

    def _gather(self) -> Report:
        """What this process and all workers have met, or the server that they shared."""
        if self._url:
            with MockServer.connect(self._url, self._token) as server:
                report = server.coverage()
        else:
            report = merge(msgspec.convert(each, Report) for each in self._reports)
        return report.of_vendors(self._vendors) if self._vendors else report
