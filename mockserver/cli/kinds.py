"""The kinds of values that options take beside click's own."""

from __future__ import annotations

import re
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import click

_FOREIGN = re.compile(r"(tcp|udp|sctp)://", re.IGNORECASE)
_TOKEN = re.compile(r"[!-~]{1,200}")
_PATTERN = re.compile(r"[A-Za-z0-9*?\[\]!._-]{1,200}")


class Words(click.types.StringParamType):
    """A word; in a variable, where there may be several, parted by commas or spaces."""

    name = "text"

    def split_envvar_value(self, rv: str) -> list[str]:
        """The words of a variable."""
        return [word for word in re.split(r"[,\s]+", rv) if word]


class Host(Words):
    """A host as addresses are compared with it: in lower case, an IPv6 address without brackets."""

    name = "host"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what has a scheme or a port."""
        name = str(value).lower().removeprefix("[").removesuffix("]")
        with suppress(ValueError):
            return str(ip_address(name))
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
            self.fail(
                f"'{value}' is no host; give a name or address such as shop.example, without scheme and port",
                param,
                ctx,
            )
        return name


class SandboxPattern(Words):
    """A pattern of sandbox names, as of file names."""

    name = "pattern"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what can match no name."""
        if not _PATTERN.fullmatch(str(value)):
            self.fail(f"'{value}' matches no sandbox; * stands for any characters, as in 'ci-*'", param, ctx)
        return str(value)


class Token(click.types.StringParamType):
    """What can stand in a header behind `Bearer`."""

    name = "token"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuses what a header cannot carry, without repeating it: it is a secret."""
        if not _TOKEN.fullmatch(str(value)):
            self.fail("a token is 1 to 200 letters, digits and signs of ASCII, without spaces", param, ctx)
        return str(value)


class Port(click.Option):
    """Where Kubernetes has a service called mockserver, it gives a URL in the variable of this option."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The variable's value, unless it is such a URL."""
        value = super().resolve_envvar_value(ctx)
        return None if value is None or _FOREIGN.match(value) else value
