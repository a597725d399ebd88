"""`mockserver check`."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.check_options import MOST_SEED, OPTIONS, PHASES
from mockserver.cli.failure import Failure, failures_in_one_line, one_line

if TYPE_CHECKING:
    from mockserver.checking.job import Result
    from mockserver.checking.place import Place, Wanted
    from mockserver.checking.task import Plan

_NOT_SO = 1


class _NotSo(click.ClickException):
    """The server is not as the contracts say."""

    exit_code = _NOT_SO


@click.command("check", params=OPTIONS)
def command(**options: Any) -> None:
    """Check a server against the contracts.

    Schemathesis plays the client: examples, the edges of each schema, random requests valid and invalid, and sequences along
    the contracts' links. Without --url it is our own server that is checked.

    \b
    Exits with
      0  when all is as the contracts say
      1  when something is not, or was met that --fail-on names
      2  when that could not be told

    \b
      mockserver check                                all contracts, at a server of its own
      mockserver check API --max-examples 20          one of them, quickly
      mockserver check --dry-run                      what would be called
      mockserver check API --url https://shop.example.com --header 'X-Key: ...' --safe-only
    """
    from mockserver.checking.place import Place

    wanted = _wanted(options)
    place = Place(
        url=options["url"],
        headers=dict(options["headers"]),
        auth=options["auth"],
        token=options["token"],
        ca=options["ca"],
    )
    if options["dry_run"]:
        from mockserver.checking.choice import listing

        click.echo(listing(wanted))
        return
    _refuse_writes(options, place, wanted)
    _need_libraries(options["report"])
    _check(place, wanted, options)


def _wanted(options: dict[str, Any]) -> list[Wanted]:
    from mockserver.app import apis_of, known_vendors
    from mockserver.checking.choice import Unknown, choose

    with failures_in_one_line():
        apis = [api for vendor in known_vendors().values() for api in apis_of(vendor)]
    try:
        return choose(apis, options["apis"], options["operations"], safe_only=options["safe_only"])
    except Unknown as error:
        raise Failure(one_line(error)) from None


def _refuse_writes(options: dict[str, Any], place: Place, wanted: Sequence[Wanted]) -> None:
    from mockserver.checking.choice import writing

    try:
        foreign = place.is_foreign
    except ValueError as error:
        raise Failure(one_line(error)) from None
    writes = writing(wanted)
    if foreign and writes and not options["allow_writes"]:
        raise Failure(
            f"{place.url} is not this machine, and {len(writes)} of these operations write there ({writes[0]}, …); "
            "--safe-only checks the others, --allow-writes all of them, --dry-run lists them"
        )


def _need_libraries(reports: Sequence[str]) -> None:
    from importlib.util import find_spec

    if find_spec("schemathesis") is None:
        raise Failure("this needs Schemathesis: pip install 'schemathesis>=4.32.5,<4.33'")
    if "allure" in reports and find_spec("allure_commons") is None:
        raise Failure("the report allure needs a library more: pip install 'schemathesis[allure]'")


def _check(place: Place, wanted: Sequence[Wanted], options: dict[str, Any]) -> None:
    from mockserver.checking.place import Misplaced, at
    from mockserver.checking.running import BrokenBaseline, Failing, check_baseline, run

    plan = _plan(options)
    writes = options["allow_writes"] or not (options["safe_only"] or place.is_foreign)
    results: list[Result] = []
    try:
        check_baseline(plan)
        with failures_in_one_line(), _interruptible(), at(place, wanted, writes=writes) as (where, tasks):
            click.echo(f"Checking {len(tasks)} contract{'' if len(tasks) == 1 else 's'} at {where}")
            from mockserver.checking.telling import line

            for result in run(tasks, plan, options["workers"] or os.cpu_count() or 1):
                click.echo(line(result))
                results.append(result)
    except (Misplaced, Failing, BrokenBaseline) as error:
        raise Failure(one_line(error)) from None
    except KeyboardInterrupt:
        raise Failure(f"stopped; {len(results)} of {len(wanted)} contracts were checked") from None
    _conclude(results, wanted, plan, options["fail_on"])


def _plan(options: dict[str, Any]) -> Plan:
    from mockserver.checking.task import Plan

    if options["update_baseline"] and options["baseline"] is None:
        raise Failure("--update-baseline needs the file: --baseline FILE")
    return Plan(
        seed=random.SystemRandom().randrange(MOST_SEED) if options["seed"] is None else options["seed"],
        max_examples=options["max_examples"],
        phases=options["phases"] or PHASES,
        reports=options["report"],
        report_dir=options["report_dir"],
        baseline=options["baseline"],
        update_baseline=options["update_baseline"],
    )


def _conclude(results: Sequence[Result], wanted: Sequence[Wanted], plan: Plan, kinds: Sequence[str]) -> None:
    """Say what failed, and end as that demands."""
    from mockserver.checking import telling

    contracts = {one.api.name: one.api.contract for one in wanted}
    for result in results:
        for text in telling.failures(result):
            click.echo(text)
    weak = [text for result in results for text in telling.weak(result, contracts[result.api], kinds)]
    if weak:
        click.echo("\n".join(["", f"Met, and known only as {' or '.join(kinds)}:", *weak]))
    click.echo(telling.summary(results, plan, weak))
    new = sum(not failed.known for result in results for failed in result.failures)
    if new and not plan.update_baseline:
        raise _NotSo(f"{new} failures")
    nothing = [result.api for result in results if not result.accepted]
    if nothing:
        raise Failure(f"{', '.join(nothing)} accepted nothing at all; is the credential one that works there?")
    if any(result.errors or not result.complete for result in results):
        raise Failure("not everything could be checked")
    if weak:
        raise _NotSo(f"{len(weak)} operations and error rows are known only as {' or '.join(kinds)}")


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
