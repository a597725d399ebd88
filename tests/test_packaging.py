"""The wheel works away from the checkout, and the pins are complete."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from urllib.request import urlopen

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import mockserver

ROOT = Path(__file__).parents[1]
DATA = [
    f"mockserver/{file.relative_to(ROOT)}" for folder in ("contracts", "fixtures") for file in (ROOT / folder).iterdir()
]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment(), timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment() -> dict[str, str]:
    """Ours, without what leads Python to the checkout or makes it measure coverage."""
    return {
        name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("COVERAGE_")
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    isolation = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", *isolation)
    run(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The folder of programs of an environment that has the wheel, and sees our dependencies but not our checkout."""
    home = wheel.parent / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=wheel.parent)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", home, "install", "--quiet")
    run(*pip, "--no-deps", "--no-index", "--ignore-installed", wheel, cwd=wheel.parent)
    return home / "bin"


def test_contracts_and_fixtures_travel_in_the_wheel(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert set(DATA) <= set(names)
    assert len(names) == len(set(names))


def test_nothing_but_the_package_travels_in_the_wheel(wheel: Path) -> None:
    tops = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"mockserver", f"mockserver-{mockserver.__version__}.dist-info"}


def test_the_installed_program_lists_its_own_contracts(installed: Path, tmp_path: Path) -> None:
    assert "open2b.yaml" in run(installed / "mockserver", "vendors", cwd=tmp_path)
    where = run(installed / "python", "-c", "from mockserver import files; print(files.contracts())", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_the_installed_program_serves(installed: Path, tmp_path: Path) -> None:
    serve = [str(installed / "mockserver"), "serve", "--port", "0"]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment()) as process:
        try:
            assert process.stdout
            first = process.stdout.readline()
            found = re.search(r"http://\S+", first)
            assert found, first
            with urlopen(f"{found[0]}/__admin/health", timeout=20) as reply:  # noqa: S310  our own server
                assert json.load(reply)["version"] == mockserver.__version__
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


# The pins


@pytest.fixture(scope="module")
def pins() -> dict[str, Version]:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pairs = [line.split("==") for line in lines]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.+!]*", line)] == []
    names: dict[str, Version] = {canonicalize_name(name): Version(version) for name, version in pairs}
    assert len(names) == len(lines)
    return names


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    optional = [text for texts in project["optional-dependencies"].values() for text in texts]
    asked = [Requirement(text) for text in [*project["dependencies"], *optional]]
    return [requirement for requirement in asked if requirement.name != project["name"]]  # its extras are all here


def test_what_pyproject_asks_for_is_pinned_and_allowed(pins: dict[str, Version]) -> None:
    for requirement in declared():
        assert requirement.url is None
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)]), requirement


def test_what_the_dependencies_ask_for_is_pinned_and_allowed(pins: dict[str, Version]) -> None:
    for requirement in everything_asked_for(declared()):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{requirement} is installed but not pinned"
        assert requirement.specifier.contains(pins[name], prereleases=True), requirement


def everything_asked_for(roots: list[Requirement]) -> Iterator[Requirement]:
    """What is needed here by what is needed here, each with the extras that it is needed with."""
    seen: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in roots for extra in ("", *requirement.extras)]
    while waiting:
        requirement, extra = waiting.pop()
        if (canonicalize_name(requirement.name), extra) in seen:
            continue
        seen.add((canonicalize_name(requirement.name), extra))
        yield requirement
        waiting += [(inner, more) for inner in asked_by(requirement.name, extra) for more in ("", *inner.extras)]


def asked_by(name: str, extra: str) -> list[Requirement]:
    try:
        texts = requires(name) or []
    except PackageNotFoundError:
        return []
    inner = [Requirement(text) for text in texts]
    return [
        requirement
        for requirement in inner
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra})
    ]
