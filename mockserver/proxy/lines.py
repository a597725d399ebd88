"""What a person at the terminal reads of a proxy: where it listens, and what violates the contract."""

from __future__ import annotations

from collections.abc import Sequence

import click

from mockserver.proxy.app import Proxy
from mockserver.proxy.breaches import Breach
from mockserver.proxy.traffic import Exchanged
from mockserver.version import __version__


class Lines:
    """Prints a line for each violation, and for what nobody answers; and one for each exchange, where that is wanted."""

    def __init__(self, *, all_of_them: bool) -> None:
        self._all = all_of_them

    def __call__(self, exchanged: Exchanged, breaches: Sequence[Breach]) -> None:
        """Told of an exchange that is over."""
        asked = f"{exchanged.number}  {exchanged.asked}  {exchanged.status or 'no answer'}"
        if exchanged.reason:
            click.echo(f"{asked}  {exchanged.reason}")
        elif self._all and not breaches:
            click.echo(asked)
        for breach in breaches:
            click.echo(f"{asked}  {click.style(str(breach), fg='red')}")


def banner(proxy: Proxy, url: str, *, new_token: bool) -> str:
    """What is said once, when the proxy listens."""
    info, settings = proxy.api.contract.document["info"], proxy.settings
    lines = [
        f"mockserver {__version__} proxy listens on {click.style(url, bold=True)} (Ctrl-C stops it)",
        f"answers come from {settings.source}, and are checked against {info['title']}",
        f"journal, coverage, findings: {url}/__admin/requests",
    ]
    token = proxy.world.options.admin_token
    if token:
        lines.append(f"The admin API asks for: Authorization: Bearer {token if new_token else '...'}")
    return "\n".join(lines)
