"""`mockserver serve`."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure, failures_in_one_line, one_line
from mockserver.cli.options import SERVE

if TYPE_CHECKING:
    from mockserver.cli.composition import Composition
    from mockserver.server import Server
    from mockserver.watching import Watch
    from mockserver.world import World


@click.command("serve", params=list(SERVE), context_settings={"auto_envvar_prefix": "MOCKSERVER"})
@click.pass_context
def command(context: click.Context, /, **_options: Any) -> None:
    """Serve the fakes until Ctrl-C.

    \b
    The first request, once it listens, is the curl line that it prints.
    Each option can also be given
      as a variable           MOCKSERVER_RATE_LIMITS=enforce
                              lists parted by commas or spaces, flags as 1 or 0
      in mockserver.yaml      options: {rate-limits: enforce}
                              mockserver init writes one
    What the command line says comes first, then variables, then the file.
    """
    # Nothing that is made before the server listens is garbage; `run_alone` sets the collector up.
    gc.disable()
    from mockserver.cli.environment import warnings

    for stop in (signal.SIGINT, signal.SIGTERM):
        # Seeding can take a while, and may be given up; `run_alone` takes the signals over.
        signal.signal(stop, lambda *_: sys.exit(0))
    for line in warnings(context, os.environ):
        click.echo(f"Warning: {line}", err=True)
    with failures_in_one_line():
        _serve(context)


def _serve(context: click.Context) -> None:
    from mockserver.cli.composition import Composition
    from mockserver.cli.settings import Settings
    from mockserver.server import CannotListen, Server, listen, run_alone
    from mockserver.terminal import RequestLines, banner

    composition = Composition(Settings(context))
    values = composition.values
    try:
        listener = listen(values["host"], values["port"])
    except CannotListen as error:
        raise Failure(f"{error}; another --port, or --port 0 for any free one") from None
    tls, trust = _tls(values)
    world = composition.compose()
    restored = _restore(world)
    for line in composition.declare(restored=restored):
        click.echo(f"Warning: {line}", err=True)
    # Webhooks that waited when the state was saved are sent as soon as somebody can.
    server = Server(world.app, listener, tls, world.sandboxes.default.webhooks.wake if restored else None)
    if sys.stdout.isatty() and not values["quiet"]:
        world.sandboxes.observe(RequestLines())
    watch = _watch(composition, server) if values["watch"] else None
    token = None if values["admin_token"] else world.options.admin_token
    click.echo(banner(world, server.url, _notes(composition, restored=restored), token, trust))
    sys.stdout.flush()
    run_alone(server)
    if watch is not None:
        watch.stop()
    _save(world)


def _notes(composition: Composition, *, restored: bool) -> Iterator[str]:
    """What is said of files under the first line."""
    if composition.project is not None:
        names = ", ".join(composition.project.sandboxes)
        yield f"project file {composition.project.file}" + (f", with the sandboxes {names}" if names else "")
    if composition.values["scenario"] is not None:
        yield f"scenario {composition.values['scenario']}, for the sandbox default: /__admin/scenarios shows its states"
    if composition.options.state_file is not None:
        begins = "is what it begins with" if restored else "is not there yet"
        yield f"state file {composition.options.state_file} {begins}; saved when the server stops"


def _restore(world: World) -> bool:
    """Begin with what is in the state file, if there is one; returns whether."""
    if world.state_file is None:
        return False
    from mockserver.statefile import prepare

    with _failures_of_the_state_file():
        prepare(world.state_file.path)
        return world.state_file.load()


def _save(world: World) -> None:
    if world.state_file is not None:
        with _failures_of_the_state_file():
            world.state_file.write(world.state_file.collect())


@contextmanager
def _failures_of_the_state_file() -> Iterator[None]:
    from mockserver.statefile import StateFileError

    try:
        yield
    except StateFileError as error:
        raise Failure(one_line(error)) from None


def _tls(values: Mapping[str, Any]) -> tuple[SSLContext | None, list[str]]:
    """What to serve https with, if at all, and what curl must be told to trust it."""
    certificate, key, out = values["tls_cert"], values["tls_key"], values["tls_ca_out"]
    if key and not certificate:
        raise Failure("--tls-key is the key of a certificate: say with --tls-cert in which file that is")
    if out and (certificate or not values["tls"]):
        raise Failure("--tls-ca-out goes with --tls, for a certificate that is made on the spot")
    if not (certificate or values["tls"]):
        return None, []
    from mockserver.tls import Authority, BrokenCertificate, own_context

    try:
        if certificate:
            return own_context(Path(certificate), Path(key) if key else None), []
        authority = Authority([values["host"], *values["admin_allow_host"]])
        if out:
            authority.write(Path(out))
    except BrokenCertificate as error:
        raise Failure(str(error)) from None
    return authority.context, ["--cacert", out] if out else ["--insecure"]


def _watch(composition: Composition, server: Server) -> Watch:
    """Watch the files that the composition was made of; a change is carried out where requests are answered."""
    from mockserver import structs
    from mockserver.watching import Watch

    structs.prepare()  # fixtures will be read in the thread of the watch

    def renew(names: list[str]) -> None:
        changed = f"{', '.join(names)} changed"
        try:
            carry_out = composition.prepare()
        except Exception as error:  # noqa: BLE001  whatever it is, the server goes on as before
            click.echo(f"{changed}, and nothing else: {one_line(error)}", err=True)
        else:
            server.call(lambda: click.echo(f"{changed}: {carry_out()}"))

    watch = Watch(lambda: composition.files, renew)
    watch.start()
    return watch
