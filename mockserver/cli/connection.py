"""Commands that ask a server which runs: where it is, and how what it refuses is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure

if TYPE_CHECKING:
    from mockserver.client.http import AdminConnection

OPTIONS = [
    click.Option(
        ["--url"],
        envvar="MOCKSERVER_URL",
        show_envvar=True,
        default="http://127.0.0.1:8900",
        show_default=True,
        help="Where the server listens.",
    ),
    click.Option(
        ["--token"],
        envvar="MOCKSERVER_ADMIN_TOKEN",
        show_envvar=True,
        help="What its admin API asks for, off loopback.",
    ),
    click.Option(
        ["--ca"],
        type=click.Path(dir_okay=False, exists=True),
        envvar="MOCKSERVER_CA",
        show_envvar=True,
        help="The certificate to trust where it serves https: what --tls-ca-out wrote.",
    ),
]


@contextmanager
def connected(options: dict[str, Any]) -> Iterator[AdminConnection]:
    """The admin API that the options lead to, in the sandbox that they name; what goes wrong becomes one line."""
    from mockserver.client.http import AdminConnection, AdminError, Unreachable

    try:
        connection = AdminConnection(options["url"], options["token"], options.get("sandbox"), ca=options["ca"])
    except (ValueError, OSError) as error:
        raise Failure(str(error)) from None
    with connection:
        try:
            yield connection
        except (AdminError, Unreachable) as error:
            raise Failure(" ".join(str(error).split())) from None
