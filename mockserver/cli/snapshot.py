"""`mockserver snapshot`: the snapshots that a server keeps, to save, load, list and delete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import connection
from mockserver.cli.failure import Failure

if TYPE_CHECKING:
    from mockserver.client.http import AdminConnection

_REFUSED = 1


class _Refused(click.ClickException):
    """The server was asked, and said no."""

    exit_code = _REFUSED


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from mockserver.shelf import NAME

    if not NAME.fullmatch(value):
        raise click.BadParameter(
            f"'{value}' is no name for a snapshot: give up to 63 letters, digits, '.', '_' and '-'"
        )
    return value


_NAME = click.argument("name", callback=_name)
_FILE = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
_SANDBOX = click.option("--sandbox", metavar="NAME", help="Which sandbox's state; without it, that of default.")


@click.group("snapshot")
def command() -> None:
    """Save, load, list and delete the snapshots of a server.

    A snapshot is the whole state of a sandbox under a name, for any sandbox of the server to load. As a file it can be
    carried to another server. It has everything in it, tokens and hashes of passwords too.

    \b
    Exits with
      0  when it is done
      1  when the server refuses: there is no such snapshot, or a file that does not fit
      2  when there is no server, or the file cannot be read or written
    """


@command.command("save")
@_NAME
@_FILE
@_SANDBOX
def save(name: str, file: Path | None, **options: Any) -> None:
    """Keep a sandbox's state under NAME, and write it to FILE."""
    with _asked(options) as server:
        kept = server.put(f"/snapshots/{name}")
        click.echo(f"{name} has {kept['records']} records of sandbox {kept['sandbox']}, as they are now")
        if file is not None:
            size = _write(file, server.request("GET", f"/snapshots/{name}").content)
            click.echo(f"{file} has {size} bytes, tokens and hashes of passwords among them")


@command.command("load")
@_NAME
@_FILE
@_SANDBOX
def load(name: str, file: Path | None, **options: Any) -> None:
    """Make a sandbox what NAME was; with FILE, keep that as NAME first."""
    document = None if file is None else _read(file)
    with _asked(options) as server:
        if document is not None:
            server.put(f"/snapshots/{name}", json=document)
        server.post(f"/snapshots/{name}/load")
        click.echo(f"sandbox {server.sandbox or 'default'} is what {name} was")


@command.command("list")
def list_all(**options: Any) -> None:
    """List what is kept."""
    with _asked(options) as server:
        kept = server.get("/snapshots")
    width = max((len(each["name"]) for each in kept["snapshots"]), default=0)
    for each in kept["snapshots"]:
        begun = f"sandbox {each['sandbox']} (fixture {each['fixture']}, seed {each['seed']})"
        click.echo(f"{each['name']:<{width}}  {each['savedAt']}  {each['records']:>7} records of {begun}")
    if not kept["snapshots"]:
        click.echo(f"no snapshots; there is room for {kept['limit']}")


@command.command("delete")
@_NAME
def delete(name: str, **options: Any) -> None:
    """Forget NAME. Sandboxes stay as they are."""
    with _asked(options) as server:
        server.delete(f"/snapshots/{name}")
    click.echo(f"{name} is gone")


for _each in command.commands.values():
    _each.params += connection.OPTIONS


@contextmanager
def _asked(options: dict[str, Any]) -> Iterator[AdminConnection]:
    """The server that the options lead to; what it refuses is told apart from that it cannot be asked."""
    from mockserver.client.errors import AdminError

    with connection.connected(options) as server:
        try:
            yield server
        except AdminError as error:
            raise _Refused(" ".join(str(error).split())) from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Failure(f"cannot read {file}: {error.strerror}") from None


def _write(file: Path, document: bytes) -> int:
    from mockserver.wholefile import replace

    try:
        return replace(file.resolve(), [document])
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}") from None
