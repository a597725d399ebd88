"""`mockserver evidence`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli.failure import Failure, failures_in_one_line

if TYPE_CHECKING:
    from mockserver.evidence import Report


@click.command("evidence")
@click.argument("apis", metavar="[API]...", nargs=-1)
@click.option(
    "--only",
    type=click.Choice(["documented", "observed", "inferred"]),
    multiple=True,
    help="List only what is known in this way. May be given more than once.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="text: a table, and everything with its source; json: the same for programs; markdown: as a page.",
)
@click.option(
    "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file instead."
)
def command(apis: tuple[str, ...], only: tuple[str, ...], format: str, output: Path | None) -> None:
    """Tell how we know what the fakes answer.

    Of each operation and each error row: documented by the vendor, observed of its program, or inferred, and the page,
    recording or client that it is known from. API is a contract as `mockserver vendors` lists them, or a vendor;
    without one it is about all of them.

    \b
    Every reply says it too:
      X-Mock-Evidence: documented
      X-Mock-Evidence: inferred; row=company-not-found
    """
    report = _chosen(apis)
    text = _rendered(report.only(only) if only else report, format)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _chosen(names: tuple[str, ...]) -> Report:
    from mockserver.app import apis_of, known_vendors
    from mockserver.evidence import attest

    with failures_in_one_line():
        report = attest(api for vendor in known_vendors().values() for api in apis_of(vendor))
    known = {name for api in report.apis for name in api.names}
    for name in names:
        if name not in known:
            raise Failure(f"there is no API called {name}; known: {', '.join(sorted(known))}")
    return report.of(names) if names else report


def _rendered(report: Report, format: str) -> str:
    if format == "json":
        from msgspec import json

        return json.format(json.encode(report)).decode() + "\n"
    from mockserver.reports import evidence

    return evidence.text(report) if format == "text" else evidence.markdown(report)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --output") from None
