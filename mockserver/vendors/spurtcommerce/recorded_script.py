"""Recordings of the running program as JSON lines: in order, with records put into its database in between.

What no two runs share stands there as a placeholder: `{ADMIN_TOKEN}`, `{RESTRICTED_TOKEN}` and `{REVOKED_TOKEN}`, `{BCRYPT}` a
hash, `{SQL}` a database's error text and `{ENGINE}` a JavaScript engine's, `{ANY}` anything.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mockserver.har import Recorded
from mockserver.recordings import Aside, Scene, Script, Stage
from mockserver.vendors.spurtcommerce.recorded_gaps import left_out, somebody
from mockserver.vendors.spurtcommerce.recorded_lines import Exchange, Step, World, read
from mockserver.vendors.spurtcommerce.recorded_tables import put

_FIXTURE = "spurtcommerce-recorded"
_BEGINS = datetime(2026, 11, 21, 21, 39, 50, tzinfo=UTC)
"""Times are later than that unless they came with the data."""

_PASSWORD = "Admin-12345"  # noqa: S105  the fixture's, and the recording's
_ADMIN, _RESTRICTED = "admin@example.com", "limited@example.com"
_JSON = "application/json"
_TOKEN = r"U2FsdGVkX1[A-Za-z0-9+/]{32,}={0,2}"  # noqa: S105  a pattern
_FORMS = {
    "ANY": r".*",
    "SQL": r".+",
    "ENGINE": r".+",
    "BCRYPT": r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",
    "ADMIN_TOKEN": _TOKEN,
    "RESTRICTED_TOKEN": _TOKEN,
    "REVOKED_TOKEN": _TOKEN,
}
"""What a placeholder stands for; tokens are what CryptoJS makes of a key and a text, in base64."""


def read_script(file: Path) -> Script:
    """A recording's script. Raises BrokenRecording."""
    steps = read(file)
    tokens: dict[str, str] = {}
    missing = left_out(steps)
    played: list[Scene | Aside] = []
    for step in steps:
        if step.number in missing:
            played.append(Aside(step.number, partial(_create, tokens, step.number, missing[step.number])))
        played.append(Aside(step.number, partial(_put, step)) if isinstance(step, World) else _scene(step))
    return Script(played, _FIXTURE, _BEGINS, partial(_open, steps, tokens), _FORMS)


def _scene(exchange: Exchange) -> Scene:
    request, response = exchange.request, exchange.response
    is_json = response.headers.get("content-type", "").startswith(_JSON) and request.method != "HEAD"
    body = json.dumps(response.body) if is_json else response.body_text or ""
    recorded = Recorded(
        method=request.method,
        url=f"http://127.0.0.1{request.target}",
        request_headers=tuple(request.headers.items()),
        request_body=(request.body_raw or "").encode(),
        status=response.status,
        reply_headers=tuple(response.headers.items()),
        reply_body=body.encode(),
    )
    return Scene(exchange.number, exchange.name, request.target, recorded, response.xlsx)


def _open(steps: Sequence[Step], tokens: dict[str, str], stage: Stage) -> Mapping[str, str]:
    """What the placeholders stand for. The revoked token is a good one until a recording revokes it itself."""
    revoked = _sign_in(stage, _ADMIN)
    exchanges = [step for step in steps if isinstance(step, Exchange)]
    by_itself = [each for each in exchanges if each.operation == "logout" and each.succeeded]
    if not any("{REVOKED_TOKEN}" in value for each in by_itself for value in each.request.headers.values()):
        stage.ask("POST", "/api/auth/logout", {"Authorization": f"Bearer {revoked}"})
    tokens["ADMIN_TOKEN"] = _sign_in(stage, _ADMIN)
    tokens["RESTRICTED_TOKEN"] = _sign_in(stage, _RESTRICTED)
    tokens["REVOKED_TOKEN"] = revoked
    return tokens


def _sign_in(stage: Stage, username: str) -> str:
    body = json.dumps({"username": username, "password": _PASSWORD}).encode()
    answer = stage.ask("POST", "/api/auth/login", {"Content-Type": _JSON}, body)
    token: str = json.loads(answer.content)["data"]["token"]
    return token


def _put(world: World, stage: Stage) -> str:
    put(stage, world)
    return ""


def _create(tokens: Mapping[str, str], line: int, count: int, stage: Stage) -> str:
    """Create the customers whose creation is left out."""
    headers = {"Authorization": f"Bearer {tokens['ADMIN_TOKEN']}", "Content-Type": _JSON}
    ids = []
    for number in range(1, count + 1):
        stage.advance(1)
        body = json.dumps(somebody(line * 100 + number)).encode()
        answer = stage.ask("POST", "/api/admin-customer", headers, body)
        ids.append(json.loads(answer.content).get("data", {}).get("id", f"none ({answer.status})"))
    return f"customers that nobody creates in the recording were created: {ids}"
