"""pytest: a server for the session, a fresh sandbox for each test, and what that was asked where the test fails.

Every test run loads this, also those that have nothing to do with mockserver: so nothing of ours is imported here, but
where it is used.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import secrets
from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.client import MockServer, Sandbox
    from mockserver.pytest_coverage import Measuring
    from mockserver.pytest_findings import Gathering

# ruff: noqa: PLC0415  see above

_SANDBOX = pytest.StashKey["Sandbox"]()
_SERVER = pytest.StashKey["MockServer"]()
_TEST = pytest.StashKey[str]()
_COVERAGE = pytest.StashKey["Measuring"]()
_FINDINGS = pytest.StashKey["Gathering"]()
_LONGEST_NAME = 63
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options on the command line, and in the project's configuration."""
    group = parser.getgroup("mockserver", "mockserver: fakes of shop platforms")
    group.addoption(
        "--mockserver-url", metavar="URL", help="A server that runs already; else one is made in this process."
    )
    group.addoption("--mockserver-token", metavar="TOKEN", help="What the admin API of that server asks for.")
    group.addoption("--mockserver-fixture", metavar="NAME", help="How sandboxes begin: a fixture's name, or a file.")
    group.addoption("--mockserver-seed", metavar="N", type=int, help="Draw other people than the fixture's seed does.")
    group.addoption("--mockserver-coverage", action="store_true", help="Show what was met of the vendors' contracts.")
    group.addoption(
        "--mockserver-coverage-vendor",
        metavar="NAME",
        action="append",
        help="Of this vendor only; may be given more than once.",
    )
    group.addoption(
        "--mockserver-coverage-fail-under",
        metavar="N",
        type=float,
        help="Fail when less than N percent of the contracts was met.",
    )
    group.addoption(
        "--mockserver-findings", action="store_true", help="Show what the app should not do, and in which tests."
    )
    group.addoption(
        "--mockserver-findings-fail-on",
        metavar="KIND[,KIND]|any",
        action="append",
        help="Fail when findings of these kinds were made; may be given more than once.",
    )
    parser.addini("mockserver_findings", "show what the app should not do", type="bool")
    parser.addini("mockserver_findings_fail_on", "the kinds of findings that fail the run", type="args")
    parser.addini("mockserver_url", "the address of a server that runs already")
    parser.addini("mockserver_fixture", "how sandboxes begin: a fixture's name, or a file")
    parser.addini("mockserver_seed", "the seed from which people are drawn")
    parser.addini("mockserver_options", "options of the server in this process, one name=value each", type="linelist")


def pytest_configure(config: pytest.Config) -> None:
    """The marker, and where coverage and findings are gathered."""
    config.addinivalue_line(
        "markers",
        "mockserver(fixture, seed, customers, snapshot, auth, fidelity, rate_limits, ttl_seconds, credentials): "
        "how the test's sandbox begins and behaves.",
    )
    url, token = _url(config), config.getoption("--mockserver-token")
    limit = config.getoption("--mockserver-coverage-fail-under")
    if limit is not None or config.getoption("--mockserver-coverage"):
        from mockserver.pytest_coverage import Measuring

        vendors = config.getoption("--mockserver-coverage-vendor") or ()
        config.stash[_COVERAGE] = Measuring(vendors, limit, url, token)
    kinds = config.getoption("--mockserver-findings-fail-on") or config.getini("mockserver_findings_fail_on")
    if kinds or config.getoption("--mockserver-findings") or config.getini("mockserver_findings"):
        from mockserver.pytest_findings import Gathering

        config.stash[_FINDINGS] = Gathering(kinds, url, token)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Where findings are asked for, see which a server elsewhere has made already."""
    if _FINDINGS in session.config.stash and not hasattr(session.config, "workerinput"):
        session.config.stash[_FINDINGS].begin()


@pytest.fixture(scope="session")
def mockserver(pytestconfig: pytest.Config) -> Iterator[MockServer]:
    """The server of this session, or of this worker: made here, unless the address of one is given."""
    from mockserver.client import MockServer

    url = _url(pytestconfig)
    if url:
        with MockServer.connect(url, pytestconfig.getoption("--mockserver-token")) as server:
            yield server
        return
    fixture, seed = _setting(pytestconfig, "fixture"), _setting(pytestconfig, "seed")
    options = _options(pytestconfig)
    with MockServer(fixture or "default", None if seed is None else int(seed), **options) as server:
        pytestconfig.stash[_SERVER] = server
        yield server
        _look(pytestconfig)
        for gathering in _gatherings(pytestconfig):
            gathering.close(server)
        del pytestconfig.stash[_SERVER]


@pytest.fixture
def sandbox(request: pytest.FixtureRequest, mockserver: MockServer) -> Iterator[Sandbox]:
    """A world of the test's own, made for it and removed after it; `@pytest.mark.mockserver(…)` says how it begins."""
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("mockserver"))):
        if marker.args:
            raise pytest.UsageError("the marker mockserver takes keyword arguments only, such as fixture='documented'")
        options |= marker.kwargs
    options.setdefault("name", _name(request.node))
    with mockserver.sandbox(**options) as made:
        request.node.stash[_SANDBOX] = made
        yield made
        if _FINDINGS in request.config.stash and _SERVER not in request.config.stash:
            request.config.stash[_FINDINGS].look_into(mockserver, made, request.node.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Where findings are asked for, see which a test has made, or what was made for it."""
    item.config.stash[_TEST] = item.nodeid
    done = yield
    _look(item.config)
    return done


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, show what its sandbox was asked."""
    report = yield
    sandbox = item.stash.get(_SANDBOX, None)
    if sandbox is not None and report.failed and report.when != "teardown":
        from mockserver.client.showing import show_exchanges

        try:
            text = show_exchanges(sandbox)
        except Exception as error:  # noqa: BLE001  whatever it is, the test's own failure is what matters
            text = f"what the sandbox was asked cannot be shown: {error}"
        report.sections.append((f"mockserver sandbox {sandbox.name}", text))
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist has ended: take over what it met and found."""
    for gathering in _gatherings(node.config):
        gathering.take_over(getattr(node, "workeroutput", {}))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Add up what was met and found, and fail when that is not enough, or too much."""
    if hasattr(session.config, "workeroutput"):
        for gathering in _gatherings(session.config):
            gathering.hand_over(session.config.workeroutput)
        return
    passes = [gathering.finish() for gathering in _gatherings(session.config)]
    if not all(passes) and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was met of the contracts, and what was found."""
    for gathering in _gatherings(config):
        gathering.show(terminalreporter)


def _gatherings(config: pytest.Config) -> list[Measuring | Gathering]:
    """What the run asks for."""
    asked = config.stash.get(_COVERAGE, None), config.stash.get(_FINDINGS, None)
    return [gathering for gathering in asked if gathering is not None]


def _look(config: pytest.Config) -> None:
    """See what the test has found that runs."""
    if _FINDINGS in config.stash and _SERVER in config.stash:
        config.stash[_FINDINGS].look(config.stash[_SERVER], config.stash[_TEST])


def _url(config: pytest.Config) -> str | None:
    return _setting(config, "url") or os.environ.get("MOCKSERVER_URL") or None


def _setting(config: pytest.Config, name: str) -> Any:
    """An option, or what the configuration has for it; None where neither says anything."""
    given = config.getoption(f"--mockserver-{name}")
    return given if given is not None else config.getini(f"mockserver_{name}") or None


def _options(config: pytest.Config) -> dict[str, Any]:
    """The server's options. A value is JSON where it can be read so, else a text."""
    options: dict[str, Any] = {}
    for line in config.getini("mockserver_options"):
        name, sign, value = line.partition("=")
        if not sign:
            raise pytest.UsageError(f"mockserver_options: '{line}' is no name=value")
        options[name.strip()] = value.strip()
        with suppress(ValueError):
            options[name.strip()] = json.loads(value)
    return options


def _name(node: pytest.Item) -> str:
    """A name by which the test can be told, and which no other test of any run has; also as a host name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    unique = "-".join(part for part in (worker, f"{next(_numbers)}", secrets.token_hex(3)) if part)
    test = re.sub("[^a-z0-9]+", "-", node.name.lower()).strip("-")[: _LONGEST_NAME - len(unique) - 1].rstrip("-")
    return f"{test}-{unique}" if test else unique
