"""The commands. Nothing else parses arguments, prints help or decides exit codes."""

from __future__ import annotations

import gc
import re
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any

import click
import msgspec

from mockserver import __version__

FAILED = 2
"""Exit code when the server cannot start as it was told to."""


class Failure(click.ClickException):
    """One line for the person who typed the command."""

    exit_code = FAILED


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="mockserver")
def main() -> None:
    """Fakes of shop platforms' customer APIs: stateful, seeded, checked against their contracts.

    \b
    Point your app at the fake and change nothing but the host:
      mockserver serve                        everything, on http://127.0.0.1:8900
      mockserver serve --port 0 --seed 7      any free port, other invented people
      mockserver serve --customers 100000     a big shop
      mockserver vendors                      what is served, and how much of it

    \b
    While it runs:
      curl http://127.0.0.1:8900/__admin/vendors     credentials that work, every error row
      curl -X POST .../__admin/reset                 back to how it began
      curl -H 'Prefer: error=<row id>' ...           any documented error, on demand
    """


@main.command()
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; off loopback the admin API wants a token.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8900,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--fixture", default="default", show_default=True, help="How the state begins: a fixture's name, or a .yaml file."
)
@click.option("--seed", type=int, help="Draw other people than the fixture's seed does.")
@click.option("--customers", type=click.IntRange(0, 10_000_000), help="How many people to draw for each vendor.")
@click.option(
    "--auth",
    type=click.Choice(["lenient", "strict"]),
    default="lenient",
    show_default=True,
    help="strict: accept the fixture's credentials only.",
)
@click.option(
    "--fidelity",
    type=click.Choice(["documented", "observed"]),
    default="documented",
    show_default=True,
    help="Where a vendor's page and its program contradict each other: do what the page says, and note in the journal "
    "what the program would do; or do exactly what the program was observed to do.",
)
@click.option(
    "--rate-limits",
    type=click.Choice(["off", "count", "enforce"]),
    help="count: note in the journal which calls the vendor would refuse for being too many; enforce: refuse them. "
    "Without this option each contract decides: count where the vendor tells clients of the limit, else off.",
)
@click.option(
    "--journal",
    type=click.IntRange(1, 10_000_000),
    default=1000,
    show_default=True,
    help="How many requests the journal of a sandbox keeps; only what it keeps can be looked at and rewound.",
)
@click.option("--vendor", "vendors", multiple=True, help="Serve this vendor only; may be given more than once.")
@click.option(
    "--webhook-allow",
    metavar="HOST",
    multiple=True,
    callback=lambda _context, _option, hosts: frozenset(map(_host_name, hosts)),
    help="Send webhooks to this host too, on any port; without it only to loopback. May be given more than once.",
)
@click.option("--quiet", is_flag=True, help="Do not print a line per request.")
def serve(**options: Any) -> None:
    """Serve the fakes until Ctrl-C.

    \b
    The first request, once it listens, is the curl line that it prints.
    """
    # Nothing that is made before the server listens is garbage; `_run` sets the collector up.
    gc.disable()
    from mockserver.terminal import RequestLines, banner

    for stop in (signal.SIGINT, signal.SIGTERM):
        # Seeding can take a while, and may be given up; `_run` takes the signals over.
        signal.signal(stop, lambda *_: sys.exit(0))
    listener = _listen(options["host"], options["port"])
    host, port = listener.getsockname()[:2]
    world = _build(options)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if sys.stdout.isatty() and not options["quiet"]:
        world.sandboxes.observe(RequestLines())
    click.echo(banner(world, url))
    sys.stdout.flush()
    _run(world.app, listener)


@main.command()
def vendors() -> None:
    """List the contracts that can be served."""
    from mockserver.app import apis_of, known_vendors
    from mockserver.terminal import summary

    with _failures_in_one_line():
        apis = [(name, api) for name, vendor in known_vendors().items() for api in apis_of(vendor)]
    for name, api in apis:
        contract = api.contract
        click.echo(f"{name:<14} {contract.api}.yaml  {contract.base_path:<24} {summary(api)}")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise Failure(
            f"cannot listen on {host}:{port}: {reason}; another --port, or --port 0 for any free one"
        ) from None
    listener.listen(2048)
    return listener


@contextmanager
def _failures_in_one_line() -> Iterator[None]:
    from mockserver.app import UnknownVendor
    from mockserver.contract import BrokenContract
    from mockserver.fixture import BrokenFixture

    try:
        yield
    except (BrokenContract, BrokenFixture, UnknownVendor) as error:
        raise Failure(" ".join(str(error).split())) from None


def _build(options: dict[str, Any]) -> Any:
    """The world that the options ask for; whatever is wrong with them becomes one line."""
    from mockserver.app import build, check_sections, choose_vendors
    from mockserver.fixture import read_fixture
    from mockserver.options import Options
    from mockserver.terminal import SeedingProgress

    with _failures_in_one_line():
        chosen = choose_vendors(options["vendors"])
        fixture = read_fixture(options["fixture"])
        check_sections(fixture)
        if options["seed"] is not None:
            fixture = msgspec.structs.replace(fixture, seed=options["seed"])
        if options["customers"] is not None:
            drawn = msgspec.structs.replace(fixture.drawn, count=options["customers"])
            fixture = msgspec.structs.replace(fixture, drawn=drawn)
        loopback = _is_loopback(options["host"])
        settings = Options(
            auth=options["auth"],
            fidelity=options["fidelity"],
            rate_limits=options["rate_limits"],
            journal_entries=options["journal"],
            admin_token=None if loopback else secrets.token_urlsafe(24),
            webhook_allow=options["webhook_allow"],
        )
        return build(fixture, chosen, settings, SeedingProgress())


def _host_name(host: str) -> str:
    """A host as addresses are compared with it: in lower case, an IPv6 address without brackets."""
    name = host.lower().removeprefix("[").removesuffix("]")
    with suppress(ValueError):
        ip_address(name)
        return name
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise click.BadParameter(
            f"'{host}' is no host; give a name or address such as shop.example, without scheme and port"
        )
    return name


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _run(app: Any, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn

    # The seeded records live as long as the server: the collector need not look at them again. How often it looks at
    # the rest is left alone: each request leaves cycles of uvicorn's behind, and their memory is best reused while warm.
    gc.collect()
    gc.freeze()
    gc.enable()
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        # What it would say of clients that are cut off when the server stops, nobody needs to read; bugs are ours to log.
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    # While uvicorn sets its loop up, leaving by an exception would leave that half done; so it is told instead.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, stop)
    server.run(sockets=[listener])
