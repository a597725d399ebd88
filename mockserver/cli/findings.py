"""`mockserver findings`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import connection
from mockserver.cli.failure import Failure

if TYPE_CHECKING:
    from mockserver.findings_report import FindingsReport

_FOUND = 1


class _Found(click.ClickException):
    """Something was found that must not be."""

    exit_code = _FOUND


def _read_kinds(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    """Kinds of findings, parted by commas. Refuses what is none, and says which there are."""
    from mockserver.finding_kinds import UnknownKind, read_kinds

    try:
        return frozenset[str]().union(*map(read_kinds, given))
    except UnknownKind as error:
        raise click.BadParameter(str(error)) from None


@click.command("findings")
@click.option("--sandbox", metavar="NAME", help="What was found in this sandbox; without it, in the whole run.")
@click.option(
    "--vendor",
    "vendors",
    metavar="NAME",
    multiple=True,
    help="Only in requests to this vendor. May be given more than once.",
)
@click.option(
    "--fail-on",
    metavar="KIND[,KIND]|any",
    multiple=True,
    callback=_read_kinds,
    help="Exit with 1 when anything of these kinds was found. May be given more than once; any stands for all but "
    "injected.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="text: kind by kind; json: as GET /__admin/findings; junit: a test case per finding, for CI systems.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file instead."
)
def command(**options: Any) -> None:
    """Tell what your app should not do though it is answered.

    Fields and parameters that a vendor ignores, paths that it does not have, what its program would do otherwise:
    with how often, and in which requests, while the server still runs.

    \b
    Kinds
      outside-contract    no contract has what the app asked for
      undocumented-field  the vendor ignores a field that the app sends
      ignored-parameter   the vendor ignores a parameter, or does not follow it
      deviation           the vendor's program would do otherwise than its page, or this fake
      rate-limit          the vendor would refuse, for there were too many calls
      request-violation   the request does not meet the contract (mockserver proxy)
      reply-violation     the reply does not meet the contract (mockserver proxy)
      injected            a fault that a test has asked for had a hand in it
      bug                 a mistake of this fake: please tell its makers
      other               a vendor's word that is known nowhere else

    \b
    Exits with
      0  when nothing was found that --fail-on names
      1  when something was
      2  when there is no server, or nothing that could be told
    """
    report, kinds = _report(options), options["fail_on"]
    text = _rendered(report, options["format"], kinds)
    if options["output"] is None:
        click.echo(text, nl=False)
    else:
        _write(options["output"], text)
    complaint = report.complaint(kinds)
    if complaint:
        raise _Found(f"{report.title}: {complaint}")


command.params[:0] = connection.OPTIONS


def _report(options: dict[str, Any]) -> FindingsReport:
    from msgspec import ValidationError, convert

    from mockserver.findings_report import FindingsReport

    with connection.connected(options) as server:
        told = server.get("/findings", params={"scope": "sandbox" if server.sandbox else "run"})
        known = {entry["name"] for entry in server.get("/vendors")["vendors"]} if options["vendors"] else set()
    unknown = [vendor for vendor in options["vendors"] if vendor not in known]
    if unknown:
        raise Failure(f"the server has no vendor called {unknown[0]}; known: {', '.join(sorted(known))}")
    try:
        report = convert(told, FindingsReport)
    except ValidationError as error:
        raise Failure(f"the server is of another version, and tells its findings otherwise: {error}") from None
    return report.of_vendors(options["vendors"]) if options["vendors"] else report


def _rendered(report: FindingsReport, format: str, kinds: frozenset[str]) -> str:
    if format == "json":
        from msgspec import json

        return json.format(json.encode(report)).decode() + "\n"
    from mockserver.reports import findings_junit, findings_text

    return findings_junit.render(report, kinds) if format == "junit" else findings_text.render(report, kinds)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --output") from None
