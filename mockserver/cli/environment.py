"""Variables that begin like ours and that nobody reads: a misspelt one must not be without effect in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import click

from mockserver.shape import nearest

PREFIX = "MOCKSERVER_"
_OTHERS = ("MOCKSERVER_URL",)
"""What the Python client reads."""
_TESTS = "MOCKSERVER_TEST_"
_SERVICE = re.compile(r"MOCKSERVER_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")
"""What Kubernetes tells every container of a service called mockserver."""


def warnings(context: click.Context, environment: Mapping[str, str]) -> Iterator[str]:
    """A line for each variable that is not read, with the nearest name that is; one for all of Kubernetes's."""
    known = set(_known(context))
    unread = sorted(name for name in environment if name.startswith(PREFIX) and not name.startswith(_TESTS))
    unread = [name for name in unread if name not in known or _is_url(name, environment[name])]
    foreign = [name for name in unread if _SERVICE.fullmatch(name)]
    if foreign:
        named = ", ".join(foreign)
        yield f"{named}: ignored; Kubernetes sets such variables where a service is called mockserver"
    for name in unread:
        if name not in foreign:
            yield f"{name}: ignored; there is no such variable{_meant(name, known)}"


def _meant(name: str, known: Iterable[str]) -> str:
    """As `shape.meant`; the beginning, which all have, makes none look like another."""
    near = nearest(name.removeprefix(PREFIX), (each.removeprefix(PREFIX) for each in known))
    return "" if near is None else f" (did you mean '{PREFIX}{near}'?)"


def _known(context: click.Context) -> Iterator[str]:
    """What this command reads, and the others."""
    yield from _OTHERS
    yield from (f"{PREFIX}{str(option.name).upper()}" for option in context.command.params)
    group = context.find_root().command
    for command in group.commands.values() if isinstance(group, click.Group) else ():
        for option in command.params:
            names = option.envvar or ()
            yield from [names] if isinstance(names, str) else names


def _is_url(name: str, value: str) -> bool:
    return name == f"{PREFIX}PORT" and "://" in value
