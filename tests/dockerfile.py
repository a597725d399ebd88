"""The Dockerfile, played step by step in a folder that stands for the image's root: where no Docker is, and in seconds.

`python -m tests.dockerfile` plays all of it, downloads included, and asks the server that comes out for its health.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_ABSOLUTE = re.compile(r"(?<![\w./'$*-])/(?=(?:opt|src|shop)\b)")
_OURS = re.compile("MOCKSERVER_|PIP_|PYTHON|COVERAGE_|COV_")


class Step(NamedTuple):
    """One instruction. `text` is what stands behind it, lines joined; `options` are its own, such as `--from`."""

    word: str
    text: str
    options: Mapping[str, str]

    @property
    def words(self) -> list[str]:
        """What the exec form lists, or a shell would."""
        found: list[str] = json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)
        return found


def steps(file: Path = ROOT / "Dockerfile") -> list[Step]:
    """What a Dockerfile says, in order."""
    lines = [line for line in file.read_text().splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found = []
    for line in "\n".join(lines).replace("\\\n", "").splitlines():
        word, _, text = line.partition(" ")
        options = dict(re.findall(r"(?:^|(?<=\s))--([\w-]+)=(\S+)(?=\s)", _leading_options(text)))
        found.append(Step(word, text.removeprefix(_leading_options(text)).strip(), options))
    return found


def _leading_options(text: str) -> str:
    leading = re.match(r"(?:\s*--[\w-]+=\S+\s+)*", text)
    return leading[0] if leading else ""


def sent(context: Path) -> Iterator[Path]:
    """The files that Docker is sent, relative to the context, by the patterns that .dockerignore uses."""
    lines = (context / ".dockerignore").read_text().splitlines()
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    for folder, folders, files in os.walk(context):
        here = Path(folder).relative_to(context)
        folders[:] = [name for name in folders if not _ignored(here / name, patterns)]
        yield from (here / name for name in files if not _ignored(here / name, patterns))


def _ignored(path: Path, patterns: list[str]) -> bool:
    """The last pattern that fits the path, or a folder that it is in, decides."""
    ignored = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!")
        if any(_fits(each.as_posix(), wanted) for each in [path, *path.parents][:-1]):
            ignored = not pattern.startswith("!")
    return ignored


def _fits(path: str, pattern: str) -> bool:
    """Whether a pattern is meant for exactly this path; a star stays within one folder's name."""
    if pattern.startswith("**/"):
        return any(_fits(path.split("/", up)[-1], pattern[3:]) for up in range(path.count("/") + 1))
    return path.count("/") == pattern.count("/") and all(map(fnmatch.fnmatchcase, path.split("/"), pattern.split("/")))


@dataclass
class Image:
    """What was built: the folder that stands for its root, and what a container of it is started with."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0"
    health: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    port: str = ""

    def inside(self, path: str) -> Path:
        """Where a path of the image is."""
        return self.root / os.path.normpath(Path("/", self.folder, path)).lstrip("/")

    def told(self, text: str) -> str:
        """A text with the image's own absolute paths as they are here; a path within quotes is some other one."""
        return _ABSOLUTE.sub(f"{self.root}/", text)

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The variables of a process in it."""
        ours = {name: value for name, value in os.environ.items() if not _OURS.match(name)}
        return {**ours, **self.variables, **(more or {})}


class Play:
    """Builds an image in a folder. `python` stands for the base image's; `then` is told of the image after each RUN."""

    def __init__(self, room: Path, python: Path, then: Callable[[Image], None] = lambda _image: None) -> None:
        self.context, self._room, self._python, self._then = room / "context", room, python, then
        self._stages: dict[str, Path] = {}
        self.ran: list[str] = []

    def build(self, context: Path = ROOT, variables: Mapping[str, str] | None = None) -> Image:
        """Play all steps on a context; `variables` are there in every step, as build arguments are."""
        for file in sent(context):
            (self.context / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(context / file, self.context / file)
        image, name = Image(self._room), ""
        for step in steps(context / "Dockerfile"):
            if step.word == "FROM":
                if image.root != self._room:
                    self._stages[name] = image.root.rename(self._room / f"stage-{name}")
                name = step.text.partition(" AS ")[2]
                image = self._begin(variables or {})
            else:
                self._do(step, image)
        return image

    def _begin(self, variables: Mapping[str, str]) -> Image:
        """Every stage has the same root while it is played: what is copied from one to the next names paths in it."""
        root = self._room / "root"
        root.mkdir()
        return Image(root, {"PATH": f"{self._python.parent}:{os.environ['PATH']}", **variables})

    def _do(self, step: Step, image: Image) -> None:
        match step.word:
            case "COPY":
                self._copy(step, image)
            case "RUN":
                self._run(step.text, image)
            case "ENV":
                for name, value in (word.split("=", 1) for word in step.words):
                    image.variables[name] = Template(image.told(value)).substitute(image.variables)
            case "ARG":
                image.variables.setdefault(*step.text.split("=", 1))
            case "WORKDIR":
                image.folder = step.text
                image.inside(".").mkdir(parents=True, exist_ok=True)
            case _:
                _note(step, image)

    def _copy(self, step: Step, image: Image) -> None:
        *sources, target = step.words
        where = self._stages[step.options["from"]] if "from" in step.options else self.context
        for source in sources:
            found, to = where / source.lstrip("/"), image.inside(target)
            if found.is_dir():
                shutil.copytree(found, to, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy2(found, to / found.name if target.endswith("/") else to)

    def _run(self, text: str, image: Image) -> None:
        """As the image's user would be root here: files are given to whoever plays."""
        command = image.told(text).replace(
            "--owner 10001 --group 10001", f"--owner {os.getuid()} --group {os.getgid()}"
        )
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=image.inside("."),
            env=image.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        self.ran.append(text)
        self._then(image)


def _note(step: Step, image: Image) -> None:
    match step.word:
        case "USER":
            image.user = step.text
        case "EXPOSE":
            image.port = step.text
        case "HEALTHCHECK":
            image.health = Step("CMD", step.text.removeprefix("CMD "), {}).words
        case "ENTRYPOINT":
            image.entry = step.words
        case "CMD":
            image.command = step.words
        case _:
            raise AssertionError(f"nobody plays {step.word} {step.text}")


def main() -> None:
    """Play all of it, and say how large what it adds to the base image is and whether it serves."""
    extras = {"EXTRAS": sys.argv[1]} if len(sys.argv) > 1 else {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder, "base")
        subprocess.run([sys.executable, "-m", "venv", base], check=True)
        image = Play(Path(folder), base / "bin" / "python").build(variables=extras)
        size = sum(file.lstat().st_size for file in image.root.rglob("*") if not file.is_dir())
        shown = subprocess.run(
            [*image.entry, "vendors"], cwd=image.inside("."), env=image.environment(), check=False, capture_output=True
        )
        assert shown.returncode == 0, shown.stderr.decode()
        told = f"the image has {size / 1e6:.0f} MB more than its base; it serves\n{shown.stdout.decode()}"
        sys.stdout.write(told)


if __name__ == "__main__":
    main()
