"""Which contracts and operations are checked, and which of them write."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from mockserver.checking.place import Wanted
from mockserver.vendor import Api


class Unknown(ValueError):
    """There is nothing of a name. The message names what there is."""


def choose(apis: Sequence[Api], names: Sequence[str], operations: Sequence[str], *, safe_only: bool) -> list[Wanted]:
    """What is to be checked: of the contracts or vendors of these names, the operations with these ids; all where none are named.

    Raises Unknown.
    """
    chosen = [api for api in apis if not names or api.name in names or api.vendor in names]
    for name in names:
        if not any(name in (api.name, api.vendor) for api in apis):
            raise Unknown(_unknown("contract", name, [api.name for api in apis]))
    known = [*dict.fromkeys(id for api in chosen for id in api.contract.operations)]
    for operation in operations:
        if operation not in known:
            raise Unknown(_unknown("operation", operation, known))
    wanted = [Wanted(api=api, operations=_of(api, operations, safe_only=safe_only)) for api in chosen]
    left = [one for one in wanted if one.operations]
    if not left:
        raise Unknown("none of the operations is safe, so --safe-only leaves nothing to check")
    return left


def _of(api: Api, operations: Sequence[str], *, safe_only: bool) -> list[str]:
    return [
        operation.id
        for operation in api.contract.operations.values()
        if (not operations or operation.id in operations) and (operation.safe or not safe_only)
    ]


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"there is no {kind} called {name}{hint}; known: {', '.join(known)}"


def writing(wanted: Sequence[Wanted]) -> list[str]:
    """The operations that may alter something."""
    return [
        f"{one.api.name} {id}" for one in wanted for id in one.operations if not one.api.contract.operations[id].safe
    ]


def listing(wanted: Sequence[Wanted]) -> str:
    """What would be called."""
    lines: list[str] = []
    for one in wanted:
        operations = [one.api.contract.operations[id] for id in one.operations]
        wide = max(len(operation.id) for operation in operations)
        long = max(len(operation.path) for operation in operations)
        lines += ["", f"{one.api.name}, {len(operations)} operations"]
        lines += [
            f"  {operation.method:<6} {operation.path:<{long}}  {operation.id:<{wide}}  {operation.evidence:<10}  "
            + ("" if operation.safe else "writes")
            for operation in operations
        ]
    count, writes = sum(len(one.operations) for one in wanted), len(writing(wanted))
    lines += ["", f"{count} operations would be called, {writes} of which write. Nothing was sent."]
    return "\n".join(line.rstrip() for line in lines[1:])
