"""`mockserver init`."""

from __future__ import annotations

from pathlib import Path

import click

from mockserver.cli.failure import Failure

STARTER = """\
# What `mockserver serve` does in this folder. The command line and variables such as
# MOCKSERVER_PORT come before what is said here. To use a line, take away the sign before it.

# How the state begins: default, documented, large, or a .yaml file beside this one.
#fixture: default

# Draw other people than the fixture's seed does, or another number of them for each vendor.
#seed: 7
#customers: 200

# Serve these vendors only; `mockserver vendors` lists them.
#vendors: [{vendors}]

# Options of `mockserver serve --help`, without the dashes in front.
options:
  # Where it listens; port 0 is any free one. Off loopback the admin API asks for a token.
  #host: 127.0.0.1
  #port: 8900

  # strict: accept the fixture's credentials only.
  #auth: strict

  # observed: where a vendor's page and its program contradict each other, do what the program does.
  #fidelity: observed

  # off, count (only note it in the journal) or enforce.
  #rate-limits: enforce

  # How many requests the journal of a sandbox keeps.
  #journal: 5000

  # Make sandboxes of such names when they are first asked for.
  #auto-sandbox: ['ci-*']

  # Send webhooks to these hosts, too; without it only to this machine.
  #webhook-allow: [host.docker.internal]

  # Begin with what is in this file, and save everything into it at the end.
  #state: mockserver-state.json

  # Serve https; clients must trust the certificate in this file.
  #tls: true
  #tls-ca-out: mockserver-ca.pem

  # Begin again when this file or a fixture changes. Print no line per request.
  #watch: true
  #quiet: true

# Sandboxes that are there from the start, beside `default`: at http://127.0.0.1:8900/@NAME, at
# http://NAME.localhost:8900, for requests with `X-Mock-Sandbox: NAME` or with one of its credentials.
# Each may have a fixture, seed, customers, auth, fidelity, rateLimits, ttlSeconds, credentials and faults.
sandboxes:
  #small: {{customers: 3, auth: strict}}
  #exact: {{fixture: documented, fidelity: observed, rateLimits: enforce}}
  #keyed: {{credentials: [{{Authorization: Bearer a-token-for-this-sandbox}}], ttlSeconds: 86400}}
  #flaky: {{seed: 3, faults: [{{probability: 0.2, then: {{status: 503}}}}]}}

# What goes wrong in the sandbox `default`: of these rules the first that matches a request acts on it.
faults:
  #- {{times: 2, then: {{status: 503}}}}
  #- {{match: {{method: POST}}, probability: 0.1, then: {{fault: CONNECTION_RESET_BY_PEER, performed: true}}}}
  #- {{after: 10, then: {{latency: {{type: lognormal, median: 80, sigma: 0.5}}}}}}
"""


@click.command("init")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
def command(*, force: bool) -> None:
    """Write a mockserver.yaml to begin with."""
    from mockserver.app import known_vendors
    from mockserver.project import FILE

    try:
        with Path(FILE).open("w" if force else "x", encoding="utf-8") as file:
            file.write(STARTER.format(vendors=", ".join(known_vendors())))
    except FileExistsError:
        raise Failure(f"there is a {FILE} here already; --force replaces it") from None
    except OSError as error:
        raise Failure(f"cannot write {FILE}: {error.strerror}") from None
    click.echo(f"{FILE} is written; `mockserver serve` uses it from now on")
