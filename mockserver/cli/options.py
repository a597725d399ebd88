"""The options of `mockserver serve`. Each is a variable MOCKSERVER_… too, and a key under `options` in the project file."""

from __future__ import annotations

from typing import Any

import click

from mockserver.cli.kinds import Host, Port, SandboxPattern, Token, Words

_MOST_BYTES = 1 << 30
_FILE = click.Path(dir_okay=False)


def _option(name: str, kind: Any, help: str, default: Any = None, **more: Any) -> click.Option:
    made: type[click.Option] = more.pop("cls", click.Option)
    return made([name], type=kind, default=default, show_default=default is not None, help=help, **more)


def _list(name: str, kind: Words, metavar: str, help: str) -> click.Option:
    return click.Option([name], type=kind, multiple=True, metavar=metavar, help=f"{help} May be given more than once.")


def _flag(name: str, help: str) -> click.Option:
    return click.Option([name], is_flag=True, help=help)


_BEGINNING = [
    _option("--fixture", str, "How the state begins: a fixture's name, or a .yaml file.", "default"),
    _option("--seed", click.IntRange(0, 2**53 - 1), "Draw other people than the fixture's seed does."),
    _option("--customers", click.IntRange(0, 10_000_000), "How many people to draw for each vendor."),
    _list("--vendor", Words(), "NAME", "Serve this vendor only."),
]
_BEHAVIOUR = [
    _option("--auth", click.Choice(["lenient", "strict"]), "strict: accept the fixture's credentials only.", "lenient"),
    _option(
        "--fidelity",
        click.Choice(["documented", "observed"]),
        "Where a vendor's page and its program contradict each other: do what the page says, and note in the journal "
        "what the program would do; or do exactly what the program was observed to do.",
        "documented",
    ),
    _option(
        "--rate-limits",
        click.Choice(["off", "count", "enforce"]),
        "count: note in the journal which calls the vendor would refuse for being too many; enforce: refuse them. "
        "Without this option each contract decides: count where the vendor tells clients of the limit, else off.",
    ),
    _list(
        "--auto-sandbox",
        SandboxPattern(),
        "PATTERN",
        "Make a sandbox whose name matches, as in 'ci-*', when it is first asked for; others must be made first.",
    ),
]
_LISTENING = [
    _option("--host", str, "Address to listen on; off loopback the admin API wants a token.", "127.0.0.1"),
    _option("--port", click.IntRange(0, 65535), "Port to listen on; 0 takes a free one.", 8900, cls=Port),
    _flag("--tls", "Serve https, with a certificate made on the spot for localhost and the host."),
    _option("--tls-ca-out", _FILE, "Write the certificate that clients must trust for --tls to this file."),
    _option("--tls-cert", _FILE, "Serve https with the certificate (and what leads to its root) in this PEM file."),
    _option("--tls-key", _FILE, "Its private key, where that is in a file of its own."),
]
_ADMIN = [
    _option(
        "--admin-token",
        Token(),
        "What the admin API asks for as a bearer token. Without this option one is made and printed off loopback, and "
        "none is asked for on loopback.",
    ),
    _list(
        "--admin-allow-host",
        Host(),
        "HOST",
        "Without a token the admin API answers only under loopback names, and under this host; and to web pages from "
        "there.",
    ),
    _list(
        "--webhook-allow",
        Host(),
        "HOST",
        "Send webhooks to this host too, on any port; without it only to loopback.",
    ),
]
_BOUNDS = [
    _option(
        "--journal",
        click.IntRange(0, 10_000_000),
        "How many requests the journal of a sandbox keeps; only what it keeps can be looked at and rewound. 0: none.",
        1000,
    ),
    _option("--journal-bytes", click.IntRange(1024, 64 * _MOST_BYTES), "How many bytes of them, at most.", 64 << 20),
    _option("--max-body", click.IntRange(1, _MOST_BYTES), "How many bytes a request's body may have.", 1 << 20),
    _option("--max-sandboxes", click.IntRange(1, 100_000), "How many sandboxes there may be at a time.", 1000),
    _option("--max-snapshots", click.IntRange(0, 100_000), "How many named snapshots may be kept.", 100),
    _option("--max-faults", click.IntRange(0, 100_000), "How many fault rules a sandbox may have.", 1000),
    _option(
        "--max-waiting",
        click.IntRange(1, 10_000_000),
        "How many webhook deliveries may wait in a sandbox; what comes then fails at once.",
        10_000,
    ),
    _option("--max-wait", click.FloatRange(0, 3600), "How many seconds a tester may wait for a request.", 300.0),
    _option("--max-streams", click.IntRange(0, 100_000), "How many readers of events there may be at a time.", 100),
]
_FILES = [
    _option(
        "--state",
        _FILE,
        "Begin with what is in this file, and save everything into it when the server stops, or is told to.",
    ),
    _option(
        "--scenario",
        _FILE,
        "Let the sandbox default be as this file says: fault rules with states, as YAML; or what an Arazzo document says "
        "under x-mock for all of it.",
    ),
    _option(
        "--project",
        _FILE,
        "The project file; without this option mockserver.yaml, where the working folder has one.",
    ),
    _flag("--no-project", "Use no project file."),
    _flag("--watch", "Begin again when the project file, a fixture or the scenario changes."),
    _flag("--quiet", "Do not print a line per request."),
]
SERVE: list[click.Option] = [*_BEGINNING, *_BEHAVIOUR, *_LISTENING, *_ADMIN, *_BOUNDS, *_FILES]
