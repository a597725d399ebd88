"""`mockserver drift`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure, failures_in_one_line, one_line

if TYPE_CHECKING:
    from mockserver.drift.report import Report
    from mockserver.drift.session import Session

_DRIFTED = 1
_FILE = click.Path(dir_okay=False, path_type=Path)
_HEADER = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*?)\s*")
_HAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"log"\s*:')


class Header(click.types.StringParamType):
    """A header as it is sent."""

    name = "'N: V'"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Name and value."""
        found = _HEADER.fullmatch(str(value))
        if found is None:
            self.fail("a header is a name, a colon and a value, as in 'Authorization: Bearer abc'", param, ctx)
        return found[1], found[2]


@click.command("drift")
@click.argument("api")
@click.argument("file", required=False, type=_FILE)
@click.option(
    "--url", metavar="URL", help="A server to ask now: FILE's requests, or without FILE the contract's examples."
)
@click.option(
    "--header",
    "headers",
    type=Header(),
    multiple=True,
    help="Sent with each request to --url. May be given more than once.",
)
@click.option(
    "--allow-writes", is_flag=True, help="Send what may alter something: an example, or anything to a foreign host."
)
@click.option("--ca", type=_FILE, help="A certificate to trust at --url.")
@click.option(
    "--snapshot", metavar="FILE", type=_FILE, help="What the fake begins with, instead of what the recording tells."
)
@click.option(
    "--fixture", metavar="NAME", help="A fixture that the fake begins with, instead of what the recording tells."
)
@click.option(
    "--mask",
    "masks",
    metavar="OPERATION:PLACE",
    multiple=True,
    help="A place where values may differ and only types count: get_customer:data.token. * is every operation, [] any "
    "item, * any name. May be given more than once.",
)
@click.option("--ignore-values", is_flag=True, help="Compare shapes and types only, as if all places were masked.")
@click.option(
    "--compare-header",
    "compared",
    metavar="NAME",
    multiple=True,
    help="Compare this header of replies too. May be given more than once.",
)
@click.option(
    "--fidelity",
    type=click.Choice(["observed", "documented"]),
    default="observed",
    show_default=True,
    help="observed: the fake does what the vendor's program does; documented: what its page says.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
    help="text: what differs, and how much agrees; json: the same for programs; junit: a test case per operation.",
)
@click.option("--output", metavar="FILE", type=_FILE, help="Write it to a file instead.")
def command(**options: Any) -> None:
    """Tell how recorded answers differ from the fake's.

    FILE is an HTTP archive (HAR), such as browsers and `mockserver proxy --record` write, or a recording in the vendor's
    own format. Its requests are played to a fake that begins with what the recording tells, at the time when they
    were recorded; what differs is told once for each place.

    \b
    Exits with
      0  when nothing differs
      1  when something does
      2  when that cannot be told
    """
    with _told_in_one_line():
        report = _report(options)
    _write(_rendered(report, options["format"]), options["output"])
    if report.differences:
        click.get_current_context().exit(_DRIFTED)


@contextmanager
def _told_in_one_line() -> Iterator[None]:
    from mockserver.drift.live import Unasked
    from mockserver.drift.masks import BrokenMask
    from mockserver.drift.session import UnknownApi
    from mockserver.drift.sheets import NoReader
    from mockserver.har import BrokenRecording

    try:
        with failures_in_one_line():
            yield
    except (BrokenRecording, BrokenMask, NoReader, Unasked, UnknownApi) as error:
        raise Failure(one_line(error)) from None
    except KeyboardInterrupt:
        raise Failure("stopped before all was compared") from None


def _report(options: dict[str, Any]) -> Report:
    from mockserver.drift.session import Session

    file, url = options["file"], options["url"]
    if file is None and url is None:
        raise Failure("give the FILE of a recording, or --url of a server to ask, or both")
    if options["fixture"] and options["snapshot"]:
        raise Failure("the fake begins with --fixture or with --snapshot, not with both")
    session = Session(options["api"], _setting(options))
    script = None if file is None or _is_har(file) else session.script(file)
    if script is not None and url is not None:
        raise Failure(
            f"{file} is a recording in the vendor's own format; only those of an archive (HAR) are sent to --url"
        )
    return session.act(script, str(file)) if script else _compared(session, options)


def _compared(session: Session, options: dict[str, Any]) -> Report:
    from mockserver.drift.live import Target
    from mockserver.har import read_har

    file, url = options["file"], options["url"]
    recorded = None if file is None else read_har(file)
    if url is None:
        return session.compare(recorded or [], str(file))
    target = Target(url, options["headers"], options["allow_writes"], options["ca"])
    return session.compare_live(target, recorded)


def _setting(options: dict[str, Any]) -> Any:
    from mockserver.drift.session import Setting

    return Setting(
        fidelity=options["fidelity"],
        fixture=options["fixture"],
        snapshot=options["snapshot"],
        masks=options["masks"],
        values=not options["ignore_values"],
        headers=frozenset(name.lower() for name in options["compared"]),
    )


def _is_har(file: Path) -> bool:
    """Whether a file is to be read as an archive: by its name, or by how it begins."""
    if file.suffix.lower() == ".har":
        return True
    try:
        with file.open("rb") as opened:
            return _HAR.match(opened.read(200)) is not None
    except OSError:
        return False


def _rendered(report: Report, format: str) -> str:
    if format == "json":
        from msgspec import json

        return json.format(json.encode(report)).decode() + "\n"
    from mockserver.drift import junit, text

    return junit.render(report) if format == "junit" else text.render(report)


def _write(text: str, file: Path | None) -> None:
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --output") from None
