"""The options of `mockserver run`, and what they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from mockserver.cli.check_options import Header, Names

REPORTS = ("junit", "html", "json")


class _Pair(click.ParamType[tuple[str, str]]):
    """Something that is named: `NAME=VALUE`."""

    def __init__(self, name: str, example: str) -> None:
        self.name = name
        self._example = example

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, sign, text = str(value).partition("=")
        if not sign or not name.strip():
            self.fail(f"{value!r} is no {self.name}; give one such as {self._example}", param, ctx)
        return name.strip(), text


class _Server(_Pair):
    """The address of a source description."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, url = super().convert(value, param, ctx)
        return name, _address(self, url, param, ctx)


class _Address(click.ParamType[str]):
    """The address of a server."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        return _address(self, text if "://" in text else f"http://{text}", param, ctx)


class _Duration(click.ParamType[float]):
    """A length of time, as seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from mockserver.scenarios import durations

        if isinstance(value, float):
            return value
        try:
            seconds = durations.read(str(value)).total_seconds()
        except durations.BrokenDuration as error:
            self.fail(str(error), param, ctx)
        if not seconds:
            self.fail("it must be more than nothing", param, ctx)
        return seconds


def _address(kind: click.ParamType[Any], url: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
    from mockserver.hosts import is_url

    if not is_url(url) or urlsplit(url).query:
        kind.fail(f"{url!r} is no address of a server; give one such as https://shop.example.com", param, ctx)
    return url.rstrip("/")


_FILE = click.Path(dir_okay=False, exists=True, path_type=Path)
OPTIONS: list[click.Parameter] = [
    click.Argument(["files"], metavar="FILE...", nargs=-1, required=True, type=_FILE),
    click.Option(
        ["--workflow", "workflows"], metavar="ID", multiple=True, help="Only this one. May be given more than once."
    ),
    click.Option(
        ["--input", "inputs"],
        metavar="NAME=VALUE",
        type=_Pair("input", "email=ann@example.com"),
        multiple=True,
        help="An input of the workflows that have one of this name. May be given more than once.",
    ),
    click.Option(
        ["--url"],
        metavar="URL",
        type=_Address(),
        help="Run against this server: a mockserver, or the vendor's own. Without it a fake is started for the run.",
    ),
    click.Option(
        ["--server", "servers"],
        metavar="SOURCE=URL",
        type=_Server("server", "shop=https://shop.example.com/api"),
        multiple=True,
        help="Where one of the file's source descriptions is. May be given more than once.",
    ),
    click.Option(
        ["--header", "headers"],
        metavar="'NAME: VALUE'",
        type=Header(),
        multiple=True,
        help="Send this with every request, before what the file says. May be given more than once.",
    ),
    click.Option(
        ["--allow-writes"], is_flag=True, help="Also on another machine, call operations that alter something."
    ),
    click.Option(
        ["--token"],
        envvar="MOCKSERVER_ADMIN_TOKEN",
        show_envvar=True,
        help="What a mockserver's admin API asks for, off loopback.",
    ),
    click.Option(
        ["--ca"],
        metavar="FILE",
        type=click.Path(dir_okay=False, exists=True),
        envvar="MOCKSERVER_CA",
        show_envvar=True,
        help="The certificate to trust where the server speaks https.",
    ),
    click.Option(
        ["--report"],
        metavar="FORMAT,...",
        type=Names(REPORTS),
        default=(),
        help=f"Write reports: {', '.join(REPORTS)}.",
    ),
    click.Option(
        ["--report-dir"],
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("mockserver-run"),
        show_default=True,
        help="Where to: a file for each format.",
    ),
    click.Option(
        ["-n", "--workers", "workers"],
        type=click.IntRange(1, 64),
        default=1,
        show_default=True,
        help="How many workflows run at a time, each in a process.",
    ),
    click.Option(["--fail-fast"], is_flag=True, help="Stop at the first workflow that fails."),
    click.Option(["--yes"], is_flag=True, help="Go on at a pause as if somebody had said so."),
    click.Option(["--keep-sandboxes"], is_flag=True, help="Leave the sandboxes at the server, to look at."),
    click.Option(
        ["--timeout"],
        metavar="DURATION",
        type=_Duration(),
        default="30s",
        show_default=True,
        help="How long a reply may take: 500ms, 30s, 2m.",
    ),
]
