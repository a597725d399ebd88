"""docs/ci.md: its workflow files keep the schemas, its commands are ours, and its jobs do what the page says."""

from __future__ import annotations

import base64
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import click
import pytest
import yaml

from mockserver.cli import main
from mockserver.cli.environment import warnings
from mockserver.world import World
from tests.dockerfile import steps
from tests.processes import serving
from tests.test_docs import ROOT, blocks
from tests.workflows import BIN, Machine, gitlab_job, play_actions, play_gitlab, rows

PAGE = "docs/ci.md"
ACTIONS, GITLAB = ROOT / "docs/ci/github-actions.yml", ROOT / "docs/ci/gitlab-ci.yml"
SCHEMAS = {
    ACTIONS: ["vendor.github-workflows", "custom.github-workflows-require-timeout"],
    GITLAB: ["vendor.gitlab-ci"],
}
SAMPLES = {
    "API": "kounta",
    "SHOP_URL": "http://shop.example",
    "SHOP_HEADER": "X-Key:",
    "SHOP_KEY": "k",
    "EXAMPLES": "2",
}
TRUSTED = "rules: {unpinned-uses: {config: {policies: {actions/*: ref-pin}}}}"
"""The page says how to pin by hash; that GitHub's own actions are named by a version is all that may be found."""
KOUNTA = "bW9ja3NlcnZlci1rb3VudGEtYWRkb24taWQ:bW9ja3NlcnZlci1rb3VudGEtYWRkb24tc2VjcmV0"
APP = [
    block.text for block in blocks("docs/tour-ci.md") if block.text.startswith(("# shop_app.py", "# test_sign_up.py"))
]

actions = yaml.safe_load(ACTIONS.read_text())
gitlab = yaml.safe_load(GITLAB.read_text())


def fragments(beginning: str) -> list[str]:
    return [block.text for block in blocks(PAGE) if block.text.startswith(f"# {beginning}\n")]


def run(*words: str | Path, cwd: Path = ROOT) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr


# What the files say


@pytest.mark.parametrize(("file", "name"), [(ACTIONS, ".github/workflows/vendors.yml"), (GITLAB, ".gitlab-ci.yml")])
def test_the_page_shows_the_file_whole(file: Path, name: str) -> None:
    assert fragments(name) == [file.read_text()]


@pytest.mark.parametrize(("file", "schema"), [(file, schema) for file, names in SCHEMAS.items() for schema in names])
def test_a_file_keeps_its_schema(file: Path, schema: str) -> None:
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file)


def test_the_linters_of_workflows_have_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "zizmor.yml").write_text(TRUSTED)
    run(BIN / "actionlint", "-shellcheck=", "-pyflakes=", ACTIONS)
    run(BIN / "zizmor", "--offline", "--no-progress", "--config", tmp_path / "zizmor.yml", ACTIONS)


def test_what_gitlab_jobs_name_is_there() -> None:
    jobs = {name for name, job in gitlab.items() if isinstance(job, dict) and ("script" in job or name.startswith("."))}
    for name in jobs:
        job = gitlab_job(gitlab, name)
        assert job["stage"] in gitlab["stages"], name
        assert set(job.get("needs", [])) <= jobs, name


def test_the_fragments_fit_into_the_files(tmp_path: Path) -> None:
    """The services of a job, and a file for Compose."""
    (services,), (service,), (compose,) = map(
        fragments, ("in .github/workflows/vendors.yml", "in .gitlab-ci.yml", "compose.yaml")
    )
    with_services = {**actions["jobs"]["tests"], **yaml.safe_load(services)}
    workflow = {**actions, "on": actions[True], "jobs": {"tests": with_services}}
    del workflow[True]  # that is how YAML reads the key `on`
    config = {**gitlab, "tests": {**gitlab["tests"], **yaml.safe_load(service)}}
    for name, content, schema in (
        ("actions.yml", workflow, "vendor.github-workflows"),
        ("gitlab.yml", config, "vendor.gitlab-ci"),
        ("compose.yml", yaml.safe_load(compose), "vendor.compose-spec"),
    ):
        (tmp_path / name).write_text(yaml.safe_dump(content))
        run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, tmp_path / name)
    run(BIN / "actionlint", "-shellcheck=", "-pyflakes=", tmp_path / "actions.yml")


# What is ours in them


def scripts() -> Iterator[str]:
    """Whatever is for a shell: in both files, and in the page."""
    yield from (*of_actions(), *of_gitlab(), *(block.text for block in blocks(PAGE) if block.language == "sh"))


def commands(script: str) -> list[list[str]]:
    """The words behind `mockserver`, or behind the image's name, of each command."""
    lines = re.sub(r" +(?:\\\n)|\\\n", " ", script).splitlines()
    plain = [re.sub(r"\$(?:\((.*?)\)|(\w+))", lambda found: SAMPLES.get(found[2] or "", "."), line) for line in lines]
    found = [re.search(r"(?:^|\s)mockserver(?::[\d.]+)? (\w[^>|]*)", line) for line in plain]
    return [shlex.split(each[1]) for each in found if each]


def test_every_command_of_ours_can_be_typed_like_that() -> None:
    typed = [words for script in scripts() for words in commands(script)]
    assert {words[0] for words in typed} == {
        "check", "coverage", "drift", "evidence", "findings", "proxy", "serve",
    }  # fmt: skip
    for name, *words in typed:
        main.commands[name].make_context(name, words, parent=click.Context(main, **main.context_settings))


def of_actions() -> Iterator[str]:
    yield from (step["run"] for job in actions["jobs"].values() for step in job["steps"] if "run" in step)


def of_gitlab() -> Iterator[str]:
    yield from (line for job in gitlab.values() if isinstance(job, dict) for line in job.get("script", []))


def test_both_systems_ask_the_same() -> None:
    asked = [{" ".join(words) for script in each for words in commands(script)} for each in (of_actions(), of_gitlab())]
    assert asked[0] == asked[1] != set()


def test_every_variable_of_ours_is_read_by_somebody() -> None:
    texts = [(ROOT / PAGE).read_text(), ACTIONS.read_text(), GITLAB.read_text()]
    named = {name for text in texts for name in re.findall(r"\bMOCKSERVER_[A-Z_]+\b", text)}
    assert len(named) > 5
    context = click.Context(main.commands["serve"], parent=click.Context(main))
    assert list(warnings(context, dict.fromkeys(named, "x"))) == []


def test_the_page_names_the_header_of_each_api_as_its_fake_wants_it(world: World) -> None:
    page = (ROOT / PAGE).read_text()
    told = dict(re.findall(r"^\| `([\w-]+)` \| `([\w-]+): ?\w*` \|", page, re.MULTILINE))
    subjects = world.sandboxes.default.subjects
    for api in world.apis:
        wanted = {name.lower() for each in api.dialect.credentials(subjects[api.vendor]) for name in each.headers}
        assert told[api.contract.api].lower() in wanted
    for row, header in ((row, row.get("header") or row["SHOP_HEADER"]) for row in shop_rows()):
        assert f"| `{row.get('api') or row['API']}` | `{header}` |" in page


def shop_rows() -> list[dict[str, str]]:
    return [*rows(actions["jobs"]["shop"]["strategy"]["matrix"]), *gitlab[".shop"]["parallel"]["matrix"]]


def test_the_page_speaks_of_the_image_that_is_built() -> None:
    told = {step.word: step.text for step in steps()}
    page = (ROOT / PAGE).read_text()
    ports = set(re.findall(r"(?:127\.0\.0\.1:)?\d+:(\d+)\b(?!\.)", page))
    assert ports == {told["EXPOSE"]}
    assert set(re.findall(r"\$PWD:(\S+?)\"", page)) == {told["WORKDIR"]}
    assert f"user {told['USER'].split(':')[0]}" in page


# What the jobs do


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A checkout of the app that the tour for CI shows."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    for text in APP:
        (tmp_path / text.split()[1]).write_text(text)
    (requirements,) = fragments("requirements-test.txt")
    (tmp_path / "requirements-test.txt").write_text(re.sub(r" @ git\+\S+", "", requirements))
    machine = Machine(tmp_path, port, {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")})
    yield machine
    machine.end()


def spoil(machine: Machine) -> None:
    """Let the app send a field that the vendor's documentation has not."""
    file = machine.folder / "shop_app.py"
    file.write_text(file.read_text().replace('"email": email}', '"email": email, "nickname": name}'))


def reports(machine: Machine) -> set[str]:
    found = {file.name: file for file in (machine.folder / "reports").rglob("*") if file.is_file()}
    for name, file in found.items():
        if name.endswith(".xml"):
            assert ET.parse(file).getroot().tag in {"testsuites", "testsuite"}  # noqa: S314  our own
    return set(found)


OF_TESTS = {"tests.xml", "coverage.html", "findings.xml", "mockserver.log"}


def test_a_job_of_actions_tests_the_app(machine: Machine) -> None:
    job = actions["jobs"]["tests"]
    *_, row = rows(job["strategy"]["matrix"])
    assert play_actions(actions, job, row, machine) == [], "\n".join(machine.said)
    assert reports(machine) == OF_TESTS


def test_a_job_of_gitlab_is_red_when_the_app_sends_what_nobody_documents(machine: Machine) -> None:
    spoil(machine)
    row, *_ = rows(gitlab["tests"]["parallel"]["matrix"][0])
    assert play_gitlab(gitlab, "tests", row, machine) == 1, "\n".join(machine.said)
    assert "nickname" in machine.said[-1]
    assert reports(machine) == OF_TESTS


def test_the_nightly_job_asks_a_shop(machine: Machine) -> None:
    job = actions["jobs"]["shop"]
    row = next(row for row in rows(job["strategy"]["matrix"]) if row["api"] == "kounta")
    with serving("--fixture", "documented", "--auth", "strict", "--fidelity", "observed") as shop:
        key = base64.b64encode(KOUNTA.encode()).decode()
        machine.variables = {**machine.variables, "SHOP_URL": shop.url, "SHOP_KEY": key}
        few = {**job, "env": {**job["env"], "EXAMPLES": 1}}
        assert play_actions(actions, few, row, machine) == [], "\n".join(machine.said)
        asked = shop.ask("/__admin/requests?limit=1000")[1]["requests"]
    assert {200, 401} & {each["status"] for each in asked} == {200}
    assert reports(machine) == {"drift.xml", "kounta.xml", "index.html"}
