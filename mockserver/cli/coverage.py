"""`mockserver coverage`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import connection
from mockserver.cli.failure import Failure

if TYPE_CHECKING:
    from mockserver.coverage_report import Report

_NOT_ENOUGH = 1


class _NotEnough(click.ClickException):
    """What was met is less than asked for."""

    exit_code = _NOT_ENOUGH


@click.command("coverage")
@click.option("--sandbox", metavar="NAME", help="What this sandbox has met since it began; without it, the whole run.")
@click.option(
    "--vendor",
    "vendors",
    metavar="NAME",
    multiple=True,
    help="Of this vendor's contracts only. May be given more than once.",
)
@click.option(
    "--fail-under",
    metavar="PERCENT",
    type=click.FloatRange(0, 100),
    help="Exit with 1 when less than this was met of operations, statuses and error rows together.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "junit", "html"]),
    default="text",
    show_default=True,
    help="text: a table, and what was not met; json: as GET /__admin/coverage; junit: a test case per operation, for "
    "CI systems; html: one page.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file instead."
)
def command(**options: Any) -> None:
    """Tell what of the contracts has been met.

    Operations, the statuses that each declares, and error rows, while the server still runs.

    \b
    Exits with
      0  when enough was met
      1  when less was met than --fail-under, or nothing at all
      2  when there is no server, or nothing that could be told
    """
    report, limit = _report(options), options["fail_under"]
    text = _rendered(report, options["format"], limit)
    if options["output"] is None:
        click.echo(text, nl=False)
    else:
        _write(options["output"], text)
    complaint = report.complaint(limit)
    if complaint:
        raise _NotEnough(f"{report.title}: {complaint}")


command.params[:0] = connection.OPTIONS


def _report(options: dict[str, Any]) -> Report:
    from msgspec import ValidationError, convert

    from mockserver.coverage_report import Report

    with connection.connected(options) as server:
        told = server.get("/coverage", params={"scope": "sandbox" if server.sandbox else "run"})
    try:
        report = convert(told, Report)
    except ValidationError as error:
        raise Failure(f"the server is of another version, and tells its coverage otherwise: {error}") from None
    known = sorted({api.vendor for api in report.apis})
    unknown = [vendor for vendor in options["vendors"] if vendor not in known]
    if unknown:
        raise Failure(f"the server has no vendor called {unknown[0]}; known: {', '.join(known)}")
    return report.of_vendors(options["vendors"]) if options["vendors"] else report


def _rendered(report: Report, format: str, limit: float | None) -> str:
    if format == "json":
        from msgspec import json

        return json.format(json.encode(report)).decode() + "\n"
    from mockserver.reports import html, junit, text

    renderings = {"text": text.render, "junit": junit.render, "html": html.render}
    return renderings[format](report, limit)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --output") from None
