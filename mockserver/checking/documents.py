"""A contract as Schemathesis can read it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mockserver.contract import Contract


def from_the_root(contract: Contract) -> dict[str, Any]:
    """A copy of a contract with whole paths.

    Some paths have a base path of their own, which Schemathesis knows nothing of; and it writes links that it infers
    into what it is given. That it has `x-check` lets our own checks know it.
    """
    document = deepcopy(dict(contract.document))
    whole = {
        (item["servers"][0]["url"].rstrip("/") if "servers" in item else contract.base_path) + path: item
        for path, item in document["paths"].items()
    }
    return {"x-check": {}, **document, "paths": whole, "servers": [{"url": "/"}]}
