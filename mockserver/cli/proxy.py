"""`mockserver proxy`."""

from __future__ import annotations

import signal
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure, failures_in_one_line, one_line
from mockserver.cli.kinds import Token
from mockserver.cli.options import SERVE
from mockserver.hosts import is_loopback

if TYPE_CHECKING:
    from mockserver.options import Options
    from mockserver.proxy.app import Proxy
    from mockserver.proxy.composing import Plan

_FILE = click.Path(dir_okay=False, path_type=Path)
_VIOLATED = 1
_SHARED = ("host", "admin_allow_host", "journal", "journal_bytes", "quiet")
"""Options of `serve` that mean the same here."""


class _Violated(click.ClickException):
    """Traffic has violated the contract."""

    exit_code = _VIOLATED


@click.command("proxy")
@click.argument("api")
@click.option(
    "--upstream", metavar="URL", help="The server that requests are passed on to: the vendor's, or any other."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8901,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--admin-token",
    type=Token(),
    envvar="MOCKSERVER_ADMIN_TOKEN",
    show_envvar=True,
    help="What the admin API asks for as a bearer token. Without this option one is made off loopback.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Answer 400 instead of passing on a request that violates the contract, and 502 instead of an answer that does.",
)
@click.option(
    "--record", metavar="FILE", type=_FILE, help="Write all exchanges into this HTTP archive (HAR), without secrets."
)
@click.option(
    "--replay", metavar="FILE", type=_FILE, help="Answer from this HTTP archive (HAR), with no server behind."
)
@click.option(
    "--match",
    type=click.Choice(["strict", "nearest"]),
    default="strict",
    show_default=True,
    help="strict: play an answer to the request that was recorded, secrets aside; nearest: to the one of the same operation "
    "that is most like it.",
)
@click.option(
    "--header",
    "headers",
    metavar="'N: V'",
    multiple=True,
    help="Send this header to the server behind, instead of the app's. May be given more than once.",
)
@click.option("--insecure", is_flag=True, help="Trust any certificate of the server behind.")
@click.option(
    "--ca",
    metavar="FILE",
    type=_FILE,
    help="Trust the certificates in this PEM file, besides those that the system trusts.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0, 3600, min_open=True),
    default=30.0,
    show_default=True,
    help="How long the server behind may say nothing.",
)
@click.option(
    "--max-body",
    type=click.IntRange(1, 1 << 30),
    default=16 << 20,
    show_default=True,
    help="How many bytes a body may have; it is held as a whole to be checked.",
)
@click.option(
    "--report",
    metavar="FILE",
    type=_FILE,
    help="Write what has gone through to this file as JSON when the proxy stops.",
)
@click.option("--fail-on-violation", is_flag=True, help="Exit with 1 when anything has violated the contract.")
def command(**options: Any) -> None:
    """Pass requests on, and check both directions.

    \b
    Point your app at the proxy instead of at the vendor:
      mockserver proxy API --upstream https://shop.example --record shop.har
    What violates the contract is told in X-Mock-Violations, here, in the journal, and in the end:
      curl http://127.0.0.1:8901/__admin/requests
      mockserver findings --url http://127.0.0.1:8901

    \b
    Exits with
      0  when it is stopped
      1  when anything has violated the contract, with --fail-on-violation
      2  when it cannot listen, read or write
    """
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: sys.exit(0))  # until it listens
    if options["report"] is not None and not options["report"].parent.is_dir():
        raise Failure(f"cannot write {options['report']}: there is no folder {options['report'].parent}")
    with closing(_listener(options)) as listener:  # first: where nobody can listen, an old recording stays as it is
        _refuse_itself(listener, options["upstream"])
        proxy = _composed(options)
        _serve(proxy, listener, options)
    _finish(proxy, options)


command.params[1:1] = [option for option in SERVE if option.name in _SHARED]


def _composed(options: dict[str, Any]) -> Proxy:
    from mockserver.har import BrokenRecording
    from mockserver.proxy.composing import Unusable, compose

    try:
        with failures_in_one_line():
            return compose(_plan(options), _options(options))
    except (Unusable, BrokenRecording) as error:
        raise Failure(one_line(error)) from None


def _plan(options: dict[str, Any]) -> Plan:
    from mockserver.proxy.composing import Plan
    from mockserver.proxy.upstream import Trust

    same = ("api", "upstream", "replay", "match", "record", "headers", "timeout", "max_body", "strict")
    trust = Trust(options["ca"], anybody=options["insecure"])
    return Plan(**{name: options[name] for name in same}, trust=trust, on_loopback=is_loopback(options["host"].lower()))


def _options(options: dict[str, Any]) -> Options:
    """What the admin API and the journal are like; off loopback a token is made, as for a fake."""
    import secrets

    from mockserver.options import Options

    made = None if is_loopback(options["host"].lower()) else secrets.token_urlsafe(24)
    return Options(
        admin_token=options["admin_token"] or made,
        admin_hosts=frozenset(options["admin_allow_host"]),
        journal_entries=options["journal"],
        journal_bytes=options["journal_bytes"],
    )


def _listener(options: dict[str, Any]) -> socket.socket:
    from mockserver.server import CannotListen, listen

    try:
        return listen(options["host"], options["port"])
    except CannotListen as error:
        raise Failure(f"{error}; another --port, or --port 0 for any free one") from None


def _refuse_itself(listener: socket.socket, upstream: str | None) -> None:
    """A proxy that asks itself would never end."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(upstream or "")
        is_itself = parts.port == listener.getsockname()[1] and is_loopback((parts.hostname or "").lower())
    except ValueError:  # it is refused as what it is
        return
    if is_itself:
        raise Failure(f"--upstream {upstream} is the proxy itself; another --port, or the server that is meant")


def _serve(proxy: Proxy, listener: socket.socket, options: dict[str, Any]) -> None:
    """Serve until Ctrl-C."""
    from mockserver.proxy.lines import Lines, banner
    from mockserver.server import Server, run_alone

    server = Server(proxy, listener)
    if not options["quiet"]:
        proxy.notes.tell = Lines(all_of_them=sys.stdout.isatty())
    if proxy.recorder is not None:
        proxy.recorder.complain = lambda why: click.echo(f"Warning: the recording breaks off: {why}", err=True)
    click.echo(banner(proxy, server.url, new_token=not options["admin_token"]))
    sys.stdout.flush()
    run_alone(server)


def _finish(proxy: Proxy, options: dict[str, Any]) -> None:
    """What is said and written when it stops."""
    from mockserver.proxy.traffic import count, render

    traffic = proxy.notes.counter.traffic
    click.echo(render(traffic))
    if options["report"] is not None:
        _write_report(options["report"], traffic)
    if proxy.recorder is not None:
        proxy.recorder.close()
        written = count(proxy.recorder.written, "exchange")
        if proxy.recorder.failure:
            raise Failure(f"the recording breaks off after {written}: {proxy.recorder.failure}")
        click.echo(f"{options['record']} has {written}")
    if options["fail_on_violation"] and traffic.broken:
        raise _Violated(f"{traffic.broken} of {traffic.exchanges} exchanges violate the contract")


def _write_report(file: Path, traffic: Any) -> None:
    from msgspec import json

    try:
        file.write_bytes(json.format(json.encode(traffic)) + b"\n")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --report") from None
