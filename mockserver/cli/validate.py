"""`mockserver validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure, one_line

if TYPE_CHECKING:
    from mockserver.scenarios.validating import Verdict

_BROKEN = 1


@click.command("validate")
@click.argument("files", metavar="FILE...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice(["scenario", "fixture", "faults", "project"]),
    help="What the files are; without it, that is found from what is in them.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text: a line for each thing that is wrong, as compilers write it; json: the same for programs.",
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of x-mock, for editors, and look at no file.")
@click.pass_context
def command(context: click.Context, files: tuple[Path, ...], kind: Any, format: str, *, schema: bool) -> None:
    """Look for mistakes in files, without carrying them out.

    In scenarios (Arazzo documents with x-mock), fixtures, lists of fault rules as for POST /__admin/faults, and project
    files. Each mistake is told with file, line and column, and with what would be right.

    \b
    Exits with
      0  when nothing is wrong
      1  when something is
      2  when a file is not there, or cannot be read
    """
    if schema:
        from mockserver.scenarios import mockschema

        click.echo(mockschema.text(), nl=False)
        return
    if not files:
        raise click.UsageError("Missing argument 'FILE...'.")
    verdicts, unread = _look(files, kind)
    click.echo(_rendered(verdicts, format), nl=False)
    if unread:
        raise Failure(f"cannot read {', '.join(unread)}")
    context.exit(0 if all(verdict.ok for verdict in verdicts) else _BROKEN)


def _look(files: tuple[Path, ...], kind: Any) -> tuple[list[Verdict], list[str]]:
    """What is found of each file; and those that could not be read, each with why."""
    from mockserver.scenarios.validating import validate

    verdicts: list[Verdict] = []
    unread: list[str] = []
    for file in files:
        try:
            verdicts.append(validate(file, kind, _project))
        except OSError as error:
            unread.append(f"{file}: {error.strerror}")
    return verdicts, unread


def _project(file: Path) -> tuple[list[str], str]:
    """What is wrong with a project file, and what is in it: it is read as `serve` reads it, with few people."""
    from mockserver.app import UnknownVendor
    from mockserver.cli.composition import Composition
    from mockserver.cli.serve import command as serve
    from mockserver.cli.settings import Settings
    from mockserver.contract import BrokenContract
    from mockserver.declared import plan
    from mockserver.fixture import BrokenFixture
    from mockserver.project import BrokenProject

    context = serve.make_context("serve", ["--project", str(file), "--customers", "10"])
    try:
        composition = Composition(Settings(context))
        world = composition.compose()
        plan(world, world.seeds, composition.options, composition.project)
    except (BrokenContract, BrokenFixture, BrokenProject, UnknownVendor) as error:
        return [one_line(error)], ""
    sandboxes = composition.project.sandboxes if composition.project else ()
    return [], f"sandboxes: {', '.join(['default', *sandboxes])}"


def _rendered(verdicts: list[Verdict], format: str) -> str:
    from msgspec import json

    from mockserver.scenarios.validating import located, told

    if format == "text":
        return "".join(f"{line}\n" for line in told(verdicts))
    files = [
        {
            "file": each.file,
            "kind": each.kind,
            "ok": each.ok,
            "complaints": [located(complaint, each.file) for complaint in each.complaints],
        }
        for each in verdicts
    ]
    return json.format(json.encode({"files": files})).decode() + "\n"
