"""The pytest plugin, as other projects have it: real test runs, in this process and in workers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import MockServer
from mockserver.client.merging import merge
from mockserver.client.showing import show_exchanges
from mockserver.reports import findings_text
from mockserver.reports.text import render

ASKS = """
import pytest

def test_asks(sandbox):
    reply = sandbox.client("kounta").get("/companies/me.json")
    assert reply.status_code == 200
    assert [each.operation for each in sandbox.requests.list()] == ["get_my_company"]
"""
UNUSED = ["anyio", "cacheprovider", "faker", "hypothesispytest", "pytest_cov", "randomly", "schemathesis"]
"""Plugins that are installed here, and whose import would be the better part of a run."""
SMALL = f"""
[pytest]
filterwarnings = error
addopts = --strict-markers --strict-config {" ".join(f"-p no:{name}" for name in UNUSED)}
mockserver_options =
    vendors = ["kounta"]
    customers = 2
"""


ELSEWHERE = ("schemathesis", "hypothesispytest", "faker", "randomly", "anyio", "pytest_cov")
"""Plugins that most projects do not have, and that each process takes half a second to import."""


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """All that a run imports: a run in this process forgets what it was the first to import, libraries in halves too."""
    with MockServer(vendors=["kounta"], customers=0) as server, server.sandbox() as made:
        made.client("kounta").get("/companies/me.json")
        show_exchanges(made)
        render(merge([server.coverage()]), None)
        findings_text.render(made.findings())


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Another project with tests, and a small server."""
    monkeypatch.delenv("MOCKSERVER_URL", raising=False)
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in ELSEWHERE))
    pytester.makeini(SMALL)
    return pytester


@pytest.fixture
def elsewhere() -> Iterator[MockServer]:
    """A server that the project's tests share."""
    with MockServer(vendors=["kounta"], customers=0) as made:
        yield made


def test_each_test_has_a_sandbox_of_its_own_that_is_named_after_it(project: pytest.Pytester) -> None:
    project.makepyfile(
        ASKS
        + """
@pytest.mark.parametrize("text", ["a-b-c", "xxx"], ids=["A b/c", "x" * 200])
def test_names(sandbox, mockserver, text):
    assert sandbox.requests.list() == []
    assert {each.name for each in mockserver.sandboxes()} == {"default", sandbox.name}
    assert sandbox.name.startswith("test-names-" + text)
    assert len(sandbox.name) <= 63

def test_all_are_gone(mockserver):
    assert [each.name for each in mockserver.sandboxes()] == ["default"]
"""
    )
    project.runpytest_inprocess().assert_outcomes(passed=4)


def test_a_marker_says_how_a_sandbox_begins_and_the_nearest_one_counts(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
import pytest

pytestmark = pytest.mark.mockserver(auth="strict", seed=1)

@pytest.mark.mockserver(seed=7, name="chosen")
def test_marked(sandbox):
    assert (sandbox.name, sandbox.info.seed, sandbox.info.auth) == ("chosen", 7, "strict")

@pytest.mark.mockserver("documented")
def test_without_a_keyword(sandbox):
    pass

@pytest.mark.mockserver(sead=7)
def test_unknown(sandbox):
    pass
"""
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(passed=1, errors=2)
    result.stdout.fnmatch_lines(
        [
            "*the marker mockserver takes keyword arguments only*",
            "*there is no argument 'sead' here; known: fixture, seed*",
        ]
    )


def test_the_server_begins_as_options_and_configuration_say(project: pytest.Pytester) -> None:
    project.makeini(f"{SMALL}    auth = strict\nmockserver_fixture = documented\nmockserver_seed = 5\n")
    project.makepyfile(
        """
def test_server(mockserver, pytestconfig):
    info = mockserver.default.info
    expected = 9 if pytestconfig.getoption("--mockserver-seed") else 5
    assert (info.fixture, info.seed, info.auth) == ("documented", expected, "strict")
    assert [entry.name for entry in mockserver.vendors()] == ["kounta"]
"""
    )
    project.runpytest_inprocess().assert_outcomes(passed=1)
    project.runpytest_inprocess("--mockserver-seed", "9").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("line", "words"),
    [("verbose", "*'verbose' is no name=value*"), ("journal = 5", "*there is no option 'journal'; known: fixture*")],
)
def test_an_option_that_is_none_is_refused(project: pytest.Pytester, line: str, words: str) -> None:
    project.makeini(f"{SMALL}    {line}\n")
    project.makepyfile(ASKS)
    result = project.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([words])


FAILS = """
def test_fails(sandbox):
    client = sandbox.client("kounta")
    made = client.post("/companies/5678/customers.json", json={"first_name": "Ada", "email": "ada@example.com", "age": 9})
    client.get("/companies/5678/customers/1.json")
    sandbox.faults.add(id="down", status=503)
    client.get("/companies/5678.json", params={"verbose": "1"})
    client.post("/nowhere", content=b"a text" * 200)
    assert made.status_code == 200
"""


def test_a_test_that_fails_shows_what_its_sandbox_was_asked(project: pytest.Pytester) -> None:
    project.makepyfile(FAILS)
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- mockserver sandbox test-fails-* -*",
            "http://127.0.0.1:*/@test-fails-* was asked 4 times:",
            "1. POST /v1/companies/5678/customers.json -> 201  [[]kounta create_customer[]]",
            "     ignored-field: the vendor ignores age",
            '   > {"first_name": "Ada", "email": "ada@example.com", "age": 9}',
            '   < {*"first_name": "Ada"*}',
            "*. GET /v1/companies/5678/customers/1.json -> 404 (customer-not-found)  [[]kounta get_customer[]]",
            "*. GET /v1/companies/5678.json?verbose=1 -> 503  [[]kounta get_company[]]",
            "     fault: down",
            "*. POST /v1/nowhere -> * [[]no such operation[]]",
            "   > a texta text*… (1200 characters)",
        ]
    )
    assert "[redacted]" not in result.stdout.str(), "headers are not shown at all"


def test_only_the_newest_exchanges_are_shown_and_the_others_counted(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
def test_often(sandbox):
    client = sandbox.client("kounta")
    for _ in range(23):
        client.get("/companies/5678.json")
    assert False

def test_never(sandbox):
    assert False
"""
    )
    result = project.runpytest_inprocess("-o", 'mockserver_options=vendors=["kounta"]\nrate_limits=off')
    result.stdout.fnmatch_lines(["*was asked 23 times; the last 20 of them:", "4. GET *", "*was asked nothing"])
    result.stdout.no_fnmatch_line("3. GET *")


def test_a_report_is_no_worse_for_a_sandbox_that_is_gone(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
def test_gone(sandbox):
    sandbox.delete()
    assert 1 == 2
"""
    )
    result = project.runpytest_inprocess()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2*", "what the sandbox was asked cannot be shown: *was deleted*"])


def test_workers_have_servers_of_their_own(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=ASKS + FAILS, test_b=ASKS + FAILS)
    result = project.runpytest_inprocess("-n", "2", "--dist", "loadfile", "--mockserver-coverage")
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines_random(
        ["*@test-fails-gw0-* was asked 4 times:", "*@test-fails-gw1-* was asked 4 times:"]
    )
    result.stdout.fnmatch_lines(["*= mockserver coverage =*", "kounta * 4.0 % *3 of 14 *"])


def test_workers_share_a_server_elsewhere_and_leave_nothing_there(
    project: pytest.Pytester, elsewhere: MockServer
) -> None:
    project.makepyfile(test_a=ASKS, test_b=ASKS)
    result = project.runpytest_inprocess("-n", "2", "--mockserver-url", elsewhere.url, "--mockserver-coverage")
    result.assert_outcomes(passed=2)
    assert [each.name for each in elsewhere.sandboxes()] == ["default"]
    (api,) = elsewhere.coverage().apis
    assert [each.calls for each in api.operations if each.calls] == [2]
    result.stdout.fnmatch_lines(["*= mockserver coverage =*", "kounta * 1 of 14 *"])


def test_a_server_elsewhere_is_found_in_the_environment(
    project: pytest.Pytester, elsewhere: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOCKSERVER_URL", elsewhere.url)
    project.makepyfile(ASKS)
    project.runpytest_inprocess().assert_outcomes(passed=1)
    assert elsewhere.coverage().summary.operations.met == 1


@pytest.mark.parametrize(
    ("arguments", "result", "words"),
    [
        (["--mockserver-coverage"], pytest.ExitCode.OK, "Coverage of the whole run: * %"),
        (
            ["--mockserver-coverage-fail-under", "0.5"],
            False,
            "Coverage of the whole run: * % (at least 0.5 % asked for)",
        ),
        (
            ["--mockserver-coverage-fail-under", "99"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver coverage: * % is below the limit of 99 %",
        ),
        (
            ["--mockserver-coverage", "-k", "not asks"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver coverage: no operation was met",
        ),
        (
            ["--mockserver-coverage", "--mockserver-coverage-vendor", "open2b"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver coverage: no operation was met",
        ),
    ],
)
def test_a_run_that_meets_too_little_fails(
    project: pytest.Pytester, arguments: list[str], result: pytest.ExitCode, words: str
) -> None:
    project.makepyfile(ASKS + "\n\ndef test_does_nothing():\n    pass\n")
    run = project.runpytest_inprocess(*arguments)
    assert run.ret == result
    run.stdout.fnmatch_lines([words])


def test_a_run_without_the_option_says_nothing_of_coverage(project: pytest.Pytester) -> None:
    project.makepyfile(ASKS)
    result = project.runpytest_inprocess()
    result.stdout.no_fnmatch_line("*mockserver coverage*")


def test_coverage_that_cannot_be_told_fails_the_run_in_words(project: pytest.Pytester) -> None:
    project.makepyfile("def test_nothing(): pass")
    result = project.runpytest_inprocess("--mockserver-coverage", "--mockserver-url", "http://127.0.0.1:1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED mockserver coverage: it cannot be told: no mockserver listens on *"])


FINDS = """
import pytest

def ignored(sandbox):
    assert sandbox.client("kounta").get("/companies/5678.json", params={"colour": "red"}).status_code == 200

def test_ignored(sandbox):
    ignored(sandbox)
    sandbox.reset()

def test_outside(sandbox):
    assert sandbox.client("kounta").get("/toys").status_code == 404

@pytest.mark.parametrize("way", ["default", "own"])
def test_without_the_fixture(mockserver, way):
    ignored(mockserver.default if way == "default" else mockserver.sandbox())

def test_nothing(sandbox):
    sandbox.client("kounta").get("/companies/5678.json")
"""
FOUND = """
*= mockserver findings =*
Findings of the whole run: 2, made 4 times

outside-contract: *
  kounta: no contract has GET /v1/toys [[]outside-contract, once[]]
      GET /v1/toys
      test_*.py::test_outside

ignored-parameter: *
  kounta get_company: the vendor ignores [?]colour [[]unknown-parameter, 3 times[]]
      GET /v1/companies/5678.json[?]colour=red
"""
TESTS = ["::test_ignored", "::test_without_the_fixture[default]", "::test_without_the_fixture[own]"]


def named(result: pytest.RunResult) -> list[str]:
    """The tests that are named for the last finding."""
    section = result.stdout.str().partition("colour=red\n")[2].partition("\n\n")[0]
    return [line.strip().partition(".py")[2] for line in section.splitlines()]


def test_findings_are_shown_with_the_tests_that_made_them(project: pytest.Pytester) -> None:
    project.makepyfile(FINDS)
    result = project.runpytest_inprocess("--mockserver-findings")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(FOUND.strip().splitlines(), consecutive=True)
    assert named(result) == TESTS


def test_findings_of_workers_are_added_up(project: pytest.Pytester) -> None:
    project.makepyfile(test_a=FINDS, test_b=FINDS)
    result = project.runpytest_inprocess("-n", "2", "--dist", "loadfile", "--mockserver-findings-fail-on", "deviation")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["Findings of the whole run: 2, made 8 times", "*, twice*", "*, 6 times*"])
    assert sorted(named(result)) == sorted([*TESTS, *TESTS])


def test_on_a_server_elsewhere_only_what_the_run_has_found_counts(
    project: pytest.Pytester, elsewhere: MockServer
) -> None:
    with elsewhere.sandbox() as another:
        another.client("kounta").get("/companies/5678.json", params={"colour": "red", "taste": "sweet"})
    project.makepyfile(test_a=FINDS, test_b=FINDS + "    sandbox.delete()\n")
    result = project.runpytest_inprocess("--mockserver-url", elsewhere.url, "--mockserver-findings")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        ["Findings of the whole run: 2, made 8 times", "*, twice*", "*::test_outside", "*, 6 times*"]
    )
    result.stdout.no_fnmatch_line("*taste*")
    assert sorted(named(result)) == ["::test_ignored", "::test_ignored"], (
        "of other sandboxes nobody knows whose they are"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--mockserver-findings"], pytest.ExitCode.OK, "Findings of the whole run: 2, made 4 times"),
        (["--mockserver-findings-fail-on", "bug,deviation"], pytest.ExitCode.OK, "Findings of the whole run: 2, *"),
        (
            ["--mockserver-findings-fail-on", "outside-contract"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver findings: outside-contract once",
        ),
        (
            ["--mockserver-findings-fail-on", "bug", "--mockserver-findings-fail-on", "any"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver findings: outside-contract once, ignored-parameter 3 times",
        ),
        (["--mockserver-findings-fail-on", "any", "-k", "nothing"], pytest.ExitCode.OK, "*whole run: none"),
        (
            ["-o", "mockserver_findings_fail_on=bug ignored-parameter"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver findings: ignored-parameter 3 times",
        ),
        (["-o", "mockserver_findings=true"], pytest.ExitCode.OK, "Findings of the whole run: 2, made 4 times"),
        (
            ["--mockserver-findings-fail-on", "any", "--mockserver-coverage-fail-under", "0"],
            pytest.ExitCode.TESTS_FAILED,
            "FAILED mockserver findings: *",
        ),
    ],
)
def test_a_run_that_finds_what_must_not_be_fails(
    project: pytest.Pytester, arguments: list[str], code: pytest.ExitCode, says: str
) -> None:
    project.makepyfile(FINDS)
    result = project.runpytest_inprocess(*arguments)
    assert result.ret == code
    result.assert_outcomes(passed=1 if "nothing" in arguments else 5, deselected=4 if "nothing" in arguments else 0)
    result.stdout.fnmatch_lines([says])


def test_a_finding_of_many_tests_names_the_first_unless_the_run_is_verbose(project: pytest.Pytester) -> None:
    project.makepyfile(
        f"{FINDS}\n@pytest.mark.parametrize('n', range(12))\ndef test_more(sandbox, n):\n    ignored(sandbox)\n"
    )
    result = project.runpytest_inprocess("--mockserver-findings", "-k", "more")
    assert named(result)[-2:] == ["::test_more[9]", ""]
    result.stdout.fnmatch_lines(["      … and 2 more (-v names them)"])
    assert len(named(project.runpytest_inprocess("--mockserver-findings", "-k", "more", "-v"))) == 12


def test_an_unknown_kind_is_refused_before_anything_runs(project: pytest.Pytester) -> None:
    project.makepyfile(FINDS)
    result = project.runpytest_inprocess("--mockserver-findings-fail-on", "devation")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *no kind of finding 'devation'; did you mean deviation[?]; known: *"])


def test_a_run_without_the_option_says_nothing_of_findings(project: pytest.Pytester) -> None:
    project.makepyfile(FINDS)
    result = project.runpytest_inprocess("--mockserver-coverage")
    result.stdout.no_fnmatch_line("*mockserver findings*")


def test_findings_that_cannot_be_told_fail_the_run_in_words(project: pytest.Pytester) -> None:
    project.makepyfile("def test_nothing(): pass")
    result = project.runpytest_inprocess("--mockserver-findings", "--mockserver-url", "http://127.0.0.1:1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED mockserver findings: they cannot be told: no mockserver listens on *"])


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_server_that_is_gone_too_early_fails_the_run_and_no_test(project: pytest.Pytester, workers: str) -> None:
    project.makepyfile("def test_ends_it(mockserver): mockserver.close()")
    result = project.runpytest_inprocess("--mockserver-findings", "-n", workers)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["FAILED mockserver findings: they cannot be told: *"])


def test_a_project_without_our_tests_imports_nothing_of_ours(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
import sys

def test_light():
    ours = {name for name in sys.modules if name.startswith("mockserver")}
    assert ours <= {"mockserver", "mockserver.pytest_plugin", "mockserver.version"}
    assert "httpx2" not in sys.modules
"""
    )
    project.runpytest_subprocess().assert_outcomes(passed=1)
