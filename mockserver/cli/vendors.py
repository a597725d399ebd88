"""`mockserver vendors`."""

from __future__ import annotations

import click

from mockserver.cli.failure import failures_in_one_line


@click.command("vendors")
def command() -> None:
    """List the contracts that can be served."""
    from mockserver.app import apis_of, known_vendors
    from mockserver.terminal import summary

    with failures_in_one_line():
        apis = [(name, api) for name, vendor in known_vendors().items() for api in apis_of(vendor)]
    for name, api in apis:
        contract = api.contract
        click.echo(f"{name:<14} {contract.api}.yaml  {contract.base_path:<24} {summary(api)}")
