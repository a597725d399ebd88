"""The server: its health, what it fakes, and its contracts."""

from __future__ import annotations

import time
from typing import Any

import msgspec

from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.contract import Operation
from mockserver.vendor import Api
from mockserver.version import __version__

YAML = "application/yaml"


def get_health(desk: Desk, _call: Call) -> Reply:
    """The readiness check."""
    uptime = round(time.monotonic() - desk.world.started, 3)
    return Reply({"status": "healthy", "version": __version__, "uptimeInSeconds": uptime})


def list_vendors(desk: Desk, _call: Call) -> Reply:
    """One entry per contract."""
    return Reply({"vendors": [_entry(desk, api) for api in desk.world.apis]})


def get_contract(desk: Desk, call: Call) -> Reply:
    """A vendor's contract as it stands in its file."""
    texts = {f"{api.contract.api}.yaml": api.contract.text for api in desk.world.apis}
    if call.path["file"] not in texts:
        raise Refused("contract-unknown", given=call.path["file"], known=list(texts))
    return Reply(texts[call.path["file"]], media_type=YAML)


def get_openapi(desk: Desk, _call: Call) -> Reply:
    """The admin API's own contract."""
    return Reply(desk.world.admin[0].contract.text, media_type=YAML)


def _entry(desk: Desk, api: Api) -> dict[str, Any]:
    contract = api.contract
    credentials = api.dialect.credentials(desk.sandbox.subjects[api.vendor])
    return {
        "name": api.vendor,
        "api": contract.api,
        "contract": f"{desk.world.admin[0].contract.base_path}/contracts/{contract.api}.yaml",
        "basePath": contract.base_path,
        "operations": [_operation(operation) for operation in contract.operations.values()],
        "credentials": [msgspec.to_builtins(credential) for credential in credentials],
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "safe": operation.safe,
        "evidence": operation.evidence,
        "summary": operation.summary,
        "errors": list(operation.errors),
    }
