"""`mockserver run`."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.failure import Failure, failures_in_one_line, one_line
from mockserver.cli.run_options import OPTIONS

if TYPE_CHECKING:
    from mockserver.scenarios.choosing import Chosen
    from mockserver.scenarios.document import Scenario
    from mockserver.scenarios.placing import Place
    from mockserver.scenarios.result import RunResult, WorkflowResult

_NOT_SO = 1


class _NotSo(click.ClickException):
    """A workflow has failed."""

    exit_code = _NOT_SO


@click.command("run", params=OPTIONS)
def command(**options: Any) -> None:
    """Run scenarios: Arazzo workflows in prepared worlds.

    Each workflow runs in a sandbox of its own. What stands under x-mock prepares it, and looks at what was sent
    besides; a server that is no mockserver has nothing for that, and what is left out there is told.

    \b
    Exits with
      0  when all workflows passed
      1  when one failed
      2  when that could not be told: a file is wrong, or nobody answers

    \b
      mockserver run scenarios/*.arazzo.yaml -n 2              against a fake that is started for it
      mockserver run sign-up.arazzo.yaml --workflow refused    one workflow of a file
      mockserver run sign-up.arazzo.yaml --report junit,html   for a CI system, and for people
      mockserver run sign-up.arazzo.yaml --url https://shop.example.com --allow-writes
    """
    place = _place(options)
    with failures_in_one_line():
        chosen = _chosen(options, place)
        result = _run(chosen, place.settled(each.scenario for each in chosen), options)
    _tell(result, keep=options["keep_sandboxes"])
    _report(result, options)
    if result.failed:
        failed = len(result.failed)
        raise _NotSo(f"{failed} workflow{'' if failed == 1 else 's'} failed")
    if not result.counts["passed"]:
        raise Failure("no workflow was run")


def _place(options: dict[str, Any]) -> Place:
    from mockserver.scenarios.placing import Place

    if options["keep_sandboxes"] and options["url"] is None:
        raise Failure(
            "--keep-sandboxes leaves them at a server that goes on: give --url; a fake that is started for a run ends with it"
        )
    return Place(
        url=options["url"],
        servers=dict(options["servers"]),
        headers=dict(options["headers"]),
        token=options["token"],
        ca=options["ca"],
        keep=options["keep_sandboxes"],
        timeout=options["timeout"],
    )


def _chosen(options: dict[str, Any], place: Place) -> list[Chosen]:
    """What is to be run. Everything that is wrong is found here, before the first request."""
    from mockserver.scenarios.choosing import Unchosen, choose, refuse_writes

    scenarios = _scenarios(list(dict.fromkeys(options["files"])))
    try:
        chosen = choose(scenarios, options["workflows"], dict(options["inputs"]), place)
        if not options["allow_writes"]:
            refuse_writes(chosen, place)
    except Unchosen as error:
        raise Failure(one_line(error)) from None
    return chosen


def _scenarios(files: Sequence[Path]) -> list[Scenario]:
    from mockserver.scenarios.reading import BrokenScenario, read_scenario

    scenarios, complaints = [], []
    for file in files:
        try:
            scenarios.append(read_scenario(file))
        except BrokenScenario as error:
            complaints += error.complaints
        except OSError as error:
            complaints.append(f"{file}: {error.strerror}")
    if complaints:
        for complaint in complaints:
            click.echo(complaint, err=True)
        raise Failure(f"nothing was run: {len(complaints)} mistake{'' if len(complaints) == 1 else 's'} in the files")
    return scenarios


def _run(chosen: Sequence[Chosen], place: Place, options: dict[str, Any]) -> RunResult:
    from mockserver.client.errors import AdminError
    from mockserver.scenarios.placing import Misplaced
    from mockserver.scenarios.result import RunResult

    begun, results = time.monotonic(), dict[int, "WorkflowResult"]()
    where: list[str] = []
    try:
        with _interruptible():
            _collect(chosen, place, options, (results, where))
    except (Misplaced, AdminError, ConnectionError) as error:
        raise Failure(one_line(error)) from None
    except KeyboardInterrupt:
        raise Failure(f"stopped; {len(results)} of {len(chosen)} workflows were run") from None
    told = [results[at] for at in sorted(results)]
    return RunResult(where="".join(where), seconds=time.monotonic() - begun, workflows=told)


def _collect(
    chosen: Sequence[Chosen], place: Place, options: dict[str, Any], into: tuple[dict[int, WorkflowResult], list[str]]
) -> None:
    from mockserver.scenarios.reporting import text

    results, where = into
    for at, result in _results(chosen, place, options, where):
        results[at] = result
        click.echo(text.line(result, len(results), len(chosen)))
        if result.outcome == "failed" and options["fail_fast"]:
            break
    for at, each in enumerate(chosen):
        if at not in results:
            results[at] = _unrun(each)


def _results(
    chosen: Sequence[Chosen], place: Place, options: dict[str, Any], where: list[str]
) -> Iterator[tuple[int, WorkflowResult]]:
    from mockserver.scenarios.expecting import Asking
    from mockserver.scenarios.placing import Target
    from mockserver.scenarios.running import Runner

    inputs = dict(options["inputs"])
    if options["workers"] > 1 and len(chosen) > 1:
        yield from _side_by_side(chosen, place, options, where)
        return
    with Target(place) as target:
        where.append(target.where)
        click.echo(f"Running {_counted(len(chosen))} against {target.where}")
        runner = Runner(target, inputs, Asking(sure=options["yes"]))
        for at, each in enumerate(chosen):
            yield at, runner.run(each)


def _side_by_side(
    chosen: Sequence[Chosen], place: Place, options: dict[str, Any], where: list[str]
) -> Iterator[tuple[int, WorkflowResult]]:
    from mockserver.scenarios.parallel import Lost, Order, run

    where.append(place.url or "fakes that were started for this, one for each process")
    click.echo(f"Running {_counted(len(chosen))} against {where[0]}, {options['workers']} at a time")
    by_itself = [(at, each) for at, each in enumerate(chosen) if not each.reason]
    order = Order(place=place, inputs=dict(options["inputs"]), sure=options["yes"])
    try:
        for number, result in run([each for _, each in by_itself], order, options["workers"]):
            yield by_itself[number][0], result
    except Lost as error:
        raise Failure(one_line(error)) from None
    for at, each in enumerate(chosen):
        if each.reason:
            yield at, _unrun(each)


def _unrun(chosen: Chosen) -> WorkflowResult:
    from mockserver.scenarios.running import unrun

    return unrun(chosen, chosen.reason or "another workflow failed before (--fail-fast)")


def _counted(count: int) -> str:
    return f"{count} workflow{'' if count == 1 else 's'}"


def _report(result: RunResult, options: dict[str, Any]) -> None:
    """Write the reports that were asked for."""
    from mockserver.scenarios.reporting import html, json, junit

    made = {
        "junit": ("run.junit.xml", junit.render),
        "html": ("run.html", html.render),
        "json": ("run.json", json.render),
    }
    folder: Path = options["report_dir"]
    for format in options["report"]:
        name, render = made[format]
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(render(result), encoding="utf-8")
        except OSError as error:
            raise Failure(f"cannot write {folder / name}: {error.strerror}; choose another --report-dir") from None


def _tell(result: RunResult, *, keep: bool) -> None:
    from mockserver.scenarios.reporting import text, words

    for line in ("", *text.table(result), *text.failures(result), *text.skipped(result), *text.remarks(result)):
        click.echo(line)
    for each in result.workflows if keep else ():
        click.echo(f"kept {each.sandbox} ({each.id})")
    click.echo(f"\n{words.summary(result)}")


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM is what Ctrl-C is, so that nothing is left behind."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
