"""The commands. Nothing else parses arguments, prints help or decides exit codes."""

from __future__ import annotations

import click

from mockserver.cli import (
    check,
    coverage,
    drift,
    evidence,
    findings,
    init,
    proxy,
    record_scenario,
    run,
    serve,
    snapshot,
    validate,
    vendors,
)
from mockserver.version import __version__


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
      mockserver coverage --fail-under 50            what your tests have met of the contracts
    """


main.add_command(serve.command)
main.add_command(vendors.command)
main.add_command(check.command)
main.add_command(coverage.command)
main.add_command(evidence.command)
main.add_command(findings.command)
main.add_command(drift.command)
main.add_command(init.command)
main.add_command(proxy.command)
main.add_command(snapshot.command)
main.add_command(validate.command)
main.add_command(run.command)
main.add_command(record_scenario.command)
