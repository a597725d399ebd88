"""The project file: what it may say, and where it is told to be wrong."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from mockserver import cli
from mockserver.cli import serve
from mockserver.cli.settings import Settings
from mockserver.declared import plan
from mockserver.options import Options
from mockserver.project import BrokenProject, read_project
from mockserver.world import World
from tests.processes import refused, run


def write(folder: Path, text: str, name: str = "mockserver.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "include: [documented]\n", "shop.yaml")
    return tmp_path


# What is refused, in one line with file, line and column


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sed: 7", "1:1: unknown key 'sed' (did you mean 'seed'?); known: fixture, seed, customers, vendors, options, "),
        ("seed: 7\ncolour: red", "2:1: unknown key 'colour'; known: fixture, "),
        ("seed: one", "1:1: seed: Expected `int | null`, got `str`"),
        ("seed: -1", "1:1: seed: Expected `int` >= 0"),
        ("customers: 99999999", "1:1: customers: Expected `int` <= 10000000"),
        ("vendors: open2b", "1:1: vendors: Expected `array | null`, got `str`"),
        ("- seed", "1:1: a project file is a mapping of fixture, seed, customers, vendors, options, sandboxes, faults"),
        ("seed: [1", "2:1: not YAML: while parsing a flow sequence that begins at 1:7, "),
        ("seed: 1\nseed: 2", "2:1: not YAML: the key 'seed' stands twice"),
        ("fixture: nobody.yaml", "1:1: fixture: there is no fixture file FOLDER/nobody.yaml"),
        ("sandboxes:\n  a:\n    sed: 7", "3:5: sandboxes.a: unknown key 'sed' (did you mean 'seed'?); known: fixture, "),
        ("sandboxes: {a: {rateLimits: sometimes}}", "1:17: sandboxes.a.rateLimits: Invalid enum value 'sometimes'; known: count, enforce, off"),
        ("sandboxes: {a: {auth: strickt}}", "1:17: sandboxes.a.auth: Invalid enum value 'strickt' (did you mean 'strict'?); known: lenient, strict"),
        ("sandboxes: {a: {ttlSeconds: 0}}", "1:17: sandboxes.a.ttlSeconds: Expected `float` > 0"),
        ("sandboxes: {a: {credentials: [{X-Key: 5}]}}", "1:32: sandboxes.a.credentials[0].X-Key: Expected `str`, got `int`"),
        ("sandboxes: {a: {fixture: nobody.yaml}}", "1:17: sandboxes.a.fixture: there is no fixture file FOLDER/nobody.yaml"),
        ("sandboxes: {b: {}, -a: {}}", "1:20: sandboxes.-a: a sandbox's name has 1 to 63 letters, digits, "),
        ("sandboxes: {'../a': {}}", "1:13: sandboxes.../a: a sandbox's name has "),
        ("sandboxes: {Default: {}}", "1:13: sandboxes.Default: the sandbox default is what the rest of the file describes"),
        ("sandboxes: {5: {}}", "1:1: sandboxes: a key: Expected `str`, got `int`"),
        ("fixture: shop.yaml\nsandboxes: {a: {fixture: other/shop.yaml}}", "2:17: sandboxes.a.fixture: another fixture is called shop too: FOLDER/shop.yaml"),
        ("faults: {then: {}}", "1:1: faults: Expected `array`, got `object`"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_line_and_column(folder: Path, text: str, says: str) -> None:
    (folder / "other").mkdir()
    write(folder, "{}", "other/shop.yaml")
    file = write(folder, text)
    with pytest.raises(BrokenProject) as refusal:
        read_project(file)
    assert str(refusal.value).startswith(f"{file}:{says.replace('FOLDER', str(folder))}")
    assert "\n" not in str(refusal.value)


def settings(*arguments: str) -> Settings:
    """What the command would read, started in the working folder."""
    parent = click.Context(cli.main, **cli.main.context_settings)
    return Settings(serve.command.make_context("serve", list(arguments), parent=parent))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("options: {prot: 1}", "1:11: options.prot: unknown key 'prot' (did you mean 'port'?); known: auth, fidelity, "),
        ("options: {--port: 1}", "1:11: options.--port: unknown key '--port' (did you mean 'port'?); known: "),
        ("options:\n  port: web", "2:3: options.port: 'web' is no whole number"),
        ("options:\n  port: true", "2:3: options.port: True is no whole number"),
        ("options: {port: 70000}", "1:11: options.port: 70000 is not in the range 0<=x<=65535"),
        ("options: {watch: 'on'}", "1:11: options.watch: 'on' is no true or false"),
        ("options: {max-wait: 1m}", "1:11: options.max-wait: '1m' is no number"),
        ("options: {max-wait: 1}\nseed: x", "2:1: seed: Expected `int | null`, got `str`"),
        ("options: {auth: off}", "1:11: options.auth: False is no text"),
        ("options: {rate-limits: never}", "1:11: options.rate-limits: 'never' is not one of 'off', 'count', 'enforce'"),
        ("options: {webhook-allow: [a.example, 'http://b.example']}", "1:11: options.webhook-allow: 'http://b.example' is no host"),
        ("options: {webhook-allow: [a.example, 5]}", "1:38: options.webhook-allow[1]: 5 is no text"),
        ("options: {port: [1]}", "1:11: options.port: [1] is no whole number"),
        ("options: {seed: 1}", "1:11: options.seed: stands at the top of the file, as `seed`"),
        ("options: {vendor: [open2b]}", "1:11: options.vendor: stands at the top of the file, as `vendors`"),
        ("options: {project: x.yaml}", "1:11: options.project: unknown key 'project'"),
        ("options: {5: x}", "1:1: options: a key: Expected `str`, got `int`"),
    ],
)  # fmt: skip
def test_an_option_that_the_command_does_not_have_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, says: str
) -> None:
    write(folder, text)
    monkeypatch.chdir(folder)
    with pytest.raises(BrokenProject) as refusal:
        settings().read()
    assert str(refusal.value).startswith(f"mockserver.yaml:{says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sandboxes:\n  a: {fixture: defualt}", "2:7: sandboxes.a.fixture: there is no fixture called defualt (did you mean 'default'?); known: default, documented, "),
        ("sandboxes: {a: {credentials: [{}]}}", "1:31: sandboxes.a.credentials[0]: a credential is one header or more"),
        ("sandboxes:\n  a: {credentials: [{X-Key: k}]}\n  b: {credentials: [{x-key: k}]}", "3:21: sandboxes.b.credentials[0]: the same credential leads to the sandbox a already"),
        ("sandboxes: {a: {}, b: {}, c: {}}", "1:1: sandboxes: 3 and default: only 3 may be there"),
        ("faults:\n- {then: {}}", "2:4: faults[0].then: with this rule nothing would go wrong; give at least one of: error, "),
        ("faults:\n- {the: {}}", "2:4: faults[0]: unknown key 'the' (did you mean 'then'?); known: "),
        ("sandboxes:\n  a:\n    faults:\n    - {then: {status: 503}}\n    - {vendor: kount, then: {status: 503}}", "5:8: sandboxes.a.faults[1].vendor: there is no vendor 'kount' here; known: "),
        ("faults: [{then: {error: nosuch}}]", "1:18: faults[0].then.error: "),
        ("faults: [{then: {status: 503}, match: {urlPattern: '['}}]", "1:40: The pattern is not right at faults[0].match.urlPattern: "),
        ("faults:\n- {then: {status: 503}}\n- {then: {status: 503}}\n- {then: {status: 503}}", "1:1: With these there would be 3 rules, and a sandbox keeps at most 2"),
        ("faults: [{id: a, then: {status: 503}}, {id: a, then: {status: 503}}]", "1:41: faults[1].id: there is a rule 'a' already"),
        ("faults: [{then: {status: 503}, between: {from: 2000-01-01T00:00:00Z, until: 2000-01-02T00:00:00Z}}]", "1:32: faults[0].between: it is over already"),
    ],
)  # fmt: skip
def test_what_the_served_contracts_do_not_have_is_refused(folder: Path, world: World, text: str, says: str) -> None:
    project = read_project(write(folder, text))
    options = Options(max_sandboxes=3, max_faults=2)
    with pytest.raises(BrokenProject) as refusal:
        plan(world, world.seeds, options, project)
    assert str(refusal.value).startswith(f"{folder}/mockserver.yaml:{says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sed: 7", "mockserver.yaml:1:1: unknown key 'sed' (did you mean 'seed'?); known: fixture, seed, "),
        ("options: {prot: 1}", "mockserver.yaml:1:11: options.prot: unknown key 'prot' (did you mean 'port'?)"),
        ("faults: [{then: {error: nosuch}}]", "mockserver.yaml:1:18: faults[0].then.error: "),
        ("fixture: broken.yaml", "broken.yaml:2:3: drawn: unknown key 'cout' (did you mean 'count'?)"),
        (
            "sandboxes: {a: {fixture: broken.yaml}}",
            "broken.yaml:2:3: drawn: unknown key 'cout' (did you mean 'count'?)",
        ),
        ("vendors: [nobody]", "there is no vendor called nobody"),
    ],
)
def test_a_server_does_not_start_with_it_and_says_so_in_one_line(folder: Path, text: str, says: str) -> None:
    write(folder, text)
    write(folder, "drawn:\n  cout: 1", "broken.yaml")
    assert refused(cwd=folder).startswith(says)


# What is read


@pytest.mark.parametrize("text", ["", "# nothing\n", "options:\nsandboxes:\nfaults:\n", "{}"])
def test_what_says_nothing_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    write(folder, text)
    monkeypatch.chdir(folder)
    values, project = settings().read()
    assert project is not None
    assert values == settings("--no-project").read()[0] | {"no_project": False}


def test_the_command_line_comes_before_variables_and_these_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder, "seed: 1\ncustomers: 1\nfixture: shop.yaml\noptions: {port: 1, journal: 1, auth: strict, state: s}")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MOCKSERVER_PORT", "2")
    monkeypatch.setenv("MOCKSERVER_JOURNAL", "2")
    monkeypatch.setenv("MOCKSERVER_CUSTOMERS", "2")
    values, _ = settings("--journal", "3").read()
    given = {name: values[name] for name in ("seed", "customers", "port", "journal", "auth", "fidelity", "state")}
    expected = {"seed": 1, "customers": 2, "port": 2, "journal": 3, "auth": "strict", "fidelity": "documented"}
    assert given == {**expected, "state": "s"}
    assert values["fixture"] == "shop.yaml"


def test_paths_are_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, "fixture: shop.yaml\noptions: {state: s.json, tls-ca-out: ca.pem}")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    values, _ = settings("--project", "../mockserver.yaml").read()
    assert (values["fixture"], values["state"], values["tls_ca_out"]) == ("../shop.yaml", "../s.json", "../ca.pem")


@pytest.mark.parametrize(
    ("arguments", "variables", "used"),
    [
        ([], {}, "mockserver.yaml"),
        (["--no-project"], {}, None),
        (["--project", "other.yaml"], {}, "other.yaml"),
        ([], {"MOCKSERVER_PROJECT": "other.yaml"}, "other.yaml"),
        ([], {"MOCKSERVER_NO_PROJECT": "1"}, None),
        ([], {"MOCKSERVER_NO_PROJECT": "0"}, "mockserver.yaml"),
        (["--no-project"], {"MOCKSERVER_PROJECT": "other.yaml"}, None),
        (["--project", "other.yaml"], {"MOCKSERVER_NO_PROJECT": "1"}, "other.yaml"),
    ],
)
def test_which_file_is_used(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    used: str | None,
) -> None:
    write(folder, "seed: 7")
    write(folder, "seed: 8", "other.yaml")
    monkeypatch.chdir(folder)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    values, project = settings(*arguments).read()
    assert (None if project is None else str(project.file)) == used
    assert values["seed"] == {"mockserver.yaml": 7, "other.yaml": 8, None: None}[used]


def test_a_file_that_is_asked_for_must_be_there(folder: Path) -> None:
    assert refused("--project", "nobody.yaml", cwd=folder) == "nobody.yaml: No such file or directory"
    both = run("serve", "--project", "nobody.yaml", "--no-project", cwd=folder)
    assert (both.returncode, both.stderr.splitlines()[-1]) == (2, "Error: --project or --no-project: not both")
