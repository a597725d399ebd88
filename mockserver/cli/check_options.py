"""The options of `mockserver check`, and what they take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

PHASES = ("examples", "coverage", "fuzzing", "stateful")
REPORTS = ("junit", "har", "html", "json", "vcr", "ndjson", "allure")
MOST_SEED = 2**32 - 1


class Names(click.ParamType[Sequence[str]]):
    """Names parted by commas."""

    name = "names"

    def __init__(self, known: Sequence[str]) -> None:
        self._known = known

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Sequence[str]:
        """The words, none of which is unknown."""
        if not isinstance(value, str):
            return tuple(value)
        names = tuple(dict.fromkeys(name.strip() for name in value.split(",") if name.strip()))
        for name in names:
            if name not in self._known:
                self.fail(f"{name!r} is none of them; known: {', '.join(self._known)}", param, ctx)
        return names


class Header(click.ParamType[tuple[str, str]]):
    """A header as curl takes it."""

    name = "header"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Name and value."""
        name, colon, text = str(value).partition(":")
        if not colon or not name.strip():
            self.fail(f"{value!r} is no header; give one such as 'Authorization: Bearer ...'", param, ctx)
        return name.strip(), text.strip()


OPTIONS: list[click.Parameter] = [
    click.Argument(["apis"], metavar="[API]...", nargs=-1),
    click.Option(
        [
            "--url",
        ],
        metavar="URL",
        help="Check this server: a mockserver, or anything that claims to be the vendor. Without it one is started for the check.",
    ),
    click.Option(
        [
            "--header",
            "headers",
        ],
        metavar="'NAME: VALUE'",
        type=Header(),
        multiple=True,
        help="Send this with every request. May be given more than once.",
    ),
    click.Option(
        [
            "--auth",
        ],
        metavar="NAME",
        help="Which of a mockserver's credentials to use, as /__admin/vendors names them.",
    ),
    click.Option(
        [
            "--token",
        ],
        envvar="MOCKSERVER_ADMIN_TOKEN",
        show_envvar=True,
        help="What a mockserver's admin API asks for, off loopback.",
    ),
    click.Option(
        [
            "--ca",
        ],
        metavar="FILE",
        type=click.Path(dir_okay=False, exists=True),
        envvar="MOCKSERVER_CA",
        show_envvar=True,
        help="The certificate to trust where the server speaks https.",
    ),
    click.Option(
        [
            "--seed",
        ],
        type=click.IntRange(0, MOST_SEED),
        help="Draw the same requests as a run that told this seed.",
    ),
    click.Option(
        [
            "--max-examples",
        ],
        type=click.IntRange(1),
        default=100,
        show_default=True,
        help="How many requests are drawn for an operation, at most; documented examples and edges of schemas come besides.",
    ),
    click.Option(
        [
            "--operation",
            "operations",
        ],
        metavar="ID",
        multiple=True,
        help="Only this operation. May be given more than once.",
    ),
    click.Option(
        [
            "--phases",
        ],
        metavar="NAME,...",
        type=Names(PHASES),
        default=PHASES,
        help=f"Which of {', '.join(PHASES)}.  [default: all]",
    ),
    click.Option(
        [
            "--report",
        ],
        metavar="FORMAT,...",
        type=Names(REPORTS),
        default=(),
        help=f"Write reports: {', '.join(REPORTS)}.",
    ),
    click.Option(
        [
            "--report-dir",
        ],
        metavar="DIR",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("mockserver-check"),
        show_default=True,
        help="Where to: a file or folder for each contract and format.",
    ),
    click.Option(
        [
            "--baseline",
        ],
        metavar="FILE",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Failures that are accepted: they are told, and do not fail the check.",
    ),
    click.Option(
        [
            "--update-baseline",
        ],
        is_flag=True,
        help="Accept what fails now: write it into the baseline.",
    ),
    click.Option(
        [
            "--dry-run",
        ],
        is_flag=True,
        help="Only list what would be called, and what of it writes.",
    ),
    click.Option(
        [
            "--safe-only",
        ],
        is_flag=True,
        help="Only operations that alter nothing.",
    ),
    click.Option(
        [
            "--allow-writes",
        ],
        is_flag=True,
        help="Also on another machine, call operations that alter something.",
    ),
    click.Option(
        [
            "--fail-on",
        ],
        metavar="EVIDENCE",
        type=Names(("inferred", "observed")),
        default=(),
        help="inferred, observed: exit with 1, and list them, when operations or error rows were met that are known only so.",
    ),
    click.Option(
        [
            "--workers",
        ],
        type=click.IntRange(1, 64),
        help="How many contracts are checked at a time.  [default: as many as there are processors]",
    ),
]
