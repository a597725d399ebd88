"""The option that allows a host."""

from __future__ import annotations

import click
import pytest

from mockserver import cli
from mockserver.cli import serve


def allowed(*hosts: str) -> frozenset[str]:
    """What the program makes of its arguments, without serving."""
    arguments = [argument for host in hosts for argument in ("--webhook-allow", host)]
    context = serve.command.make_context(
        "serve", arguments, parent=click.Context(cli.main, **cli.main.context_settings)
    )
    return frozenset(context.params["webhook_allow"])


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ([], set()),
        (["shop.example"], {"shop.example"}),
        (["Shop.Example", "intranet", "shop.example"], {"shop.example", "intranet"}),
        (["10.0.0.1", "[2001:DB8::1]", "2001:db8::2"], {"10.0.0.1", "2001:db8::1", "2001:db8::2"}),
    ],
)
def test_hosts_are_taken_as_addresses_have_them(hosts: list[str], expected: set[str]) -> None:
    assert allowed(*hosts) == expected


@pytest.mark.parametrize(
    "host", ["http://shop.example", "shop.example:8080", "shop.example/hook", "*.example", "", "a b", "shop..example"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(click.BadParameter) as refused:
        allowed("shop.example", host)
    assert f"'{host}' is no host; give a name or address such as shop.example" in refused.value.message
