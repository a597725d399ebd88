"""How a command fails: one line on stderr, and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

FAILED = 2
"""Exit code when a command cannot do what it was told to."""


class Failure(click.ClickException):
    """One line for the person who typed the command."""

    exit_code = FAILED


@contextmanager
def failures_in_one_line() -> Iterator[None]:
    """Whatever is wrong with contracts, fixtures, the project file and names of vendors, said as a Failure."""
    from mockserver.app import UnknownVendor
    from mockserver.contract import BrokenContract
    from mockserver.fixture import BrokenFixture
    from mockserver.project import BrokenProject

    try:
        yield
    except (BrokenContract, BrokenFixture, BrokenProject, UnknownVendor) as error:
        raise Failure(one_line(error)) from None


def one_line(error: BaseException) -> str:
    """What an error says, on one line."""
    return " ".join(str(error).split())
