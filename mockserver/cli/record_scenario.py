"""`mockserver record-scenario`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli import connection
from mockserver.cli.failure import Failure, one_line

if TYPE_CHECKING:
    from mockserver.scenarios.recording.composing import Wish
    from mockserver.scenarios.recording.session import Session
    from mockserver.scenarios.recording.trial import Tried

_NOT_SO = 1


class _NotSo(click.ClickException):
    """A scenario was made, and does not pass."""

    exit_code = _NOT_SO


@click.command("record-scenario")
@click.option(
    "--from", "first", metavar="ID", type=click.IntRange(1), help="The first request; without it, the oldest."
)
@click.option("--to", "last", metavar="ID", type=click.IntRange(1), help="The last one; without it, the newest.")
@click.option("--sandbox", metavar="NAME", help="Whose journal; without it, that of default.")
@click.option("--title", metavar="TEXT", default="", help="What the scenario is called.")
@click.option(
    "--output",
    metavar="FILE.arazzo.yaml",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a file instead.",
)
def command(**options: Any) -> None:
    """Make a scenario of what you did by hand.

    From the journal of a server that runs to an Arazzo file: the requests with their values from earlier replies, what
    you did in between (records, clock, faults), and criteria on what is the same on a fresh fake, on which it is tried
    at once. Requests before --from that altered something come first. Secrets are in no file: they become inputs,
    with the fixture's own as defaults.

    \b
    Exits with
      0  when the scenario passes on a fresh fake
      1  when it does not; it is written all the same, and the reasons are told
      2  when there is no server, or nothing that could be recorded

    \b
      mockserver record-scenario --output scenarios/sign-up.arazzo.yaml
      mockserver record-scenario --from 57 --to 63 --sandbox checkout --title "The lost order"
    """
    tried = _record(_session(options), _wish(options))
    _write(tried, options["output"])
    for remark in tried.composed.remarks:
        click.echo(remark, err=True)
    steps = len(tried.composed.steps)
    where = options["output"] or "the scenario"
    if tried.problems:
        raise _NotSo(one_line(ValueError(f"{where} does not pass on a fresh fake: {'; '.join(tried.problems)}")))
    click.echo(f"{where} has {steps} step{'' if steps == 1 else 's'}, and passes on a fresh fake", err=True)


command.params[:0] = connection.OPTIONS


def _wish(options: dict[str, Any]) -> Wish:
    from mockserver.scenarios.recording.composing import Wish

    output: Path | None = options["output"]
    folder = Path() if output is None else output.parent
    return Wish(first=options["first"], last=options["last"], title=options["title"], folder=folder)


def _session(options: dict[str, Any]) -> Session:
    from mockserver.scenarios.recording.session import Unrecorded, read_session

    with connection.connected(options) as server:
        try:
            return read_session(server, options["last"])
        except Unrecorded as error:
            raise Failure(one_line(error)) from None


def _record(session: Session, wish: Wish) -> Tried:
    from mockserver.client.errors import AdminError
    from mockserver.scenarios.placing import Misplaced
    from mockserver.scenarios.reading import BrokenScenario
    from mockserver.scenarios.recording.session import Unrecorded
    from mockserver.scenarios.recording.trial import record

    try:
        return record(session, wish)
    except BrokenScenario as error:
        raise Failure(f"this cannot be said in a scenario: {'; '.join(error.complaints)}") from None
    except (Unrecorded, Misplaced, AdminError, ConnectionError) as error:
        raise Failure(one_line(error)) from None


def _write(tried: Tried, file: Path | None) -> None:
    from mockserver.scenarios.recording.writing import text_of

    text = text_of(tried.composed.document)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure(f"cannot write {file}: {error.strerror}; choose another --output") from None
