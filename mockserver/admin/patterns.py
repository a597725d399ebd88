"""Patterns as a tester sends them: compiled, and refused where they name what is not there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.admin.desk import Desk
from mockserver.call import Refused
from mockserver.patterns import Pattern, PatternError, compile_pattern
from mockserver.vendor import ADMIN, Api


def read_pattern(desk: Desk, node: Mapping[str, Any], place: str = "", *, outcome: bool = True) -> Pattern:
    """Compile a pattern, which stands at a place of the body.

    Without `outcome`, it is one of requests that nothing has answered yet, and those to the admin API are none. Raises Refused.
    """
    try:
        pattern = compile_pattern(node, outcome=outcome)
    except PatternError as error:
        where = _at(place, error.place) or "its top"
        known = {"known": error.known} if error.known else {}
        raise Refused("pattern-invalid", place=where, message=error.message, **known) from None
    _check_names(desk.apis if outcome else desk.world.apis, pattern, place)
    return pattern


def _check_names(apis: Sequence[Api], pattern: Pattern, place: str) -> None:
    """A name that nothing has would silently match nothing."""
    vendors = list(dict.fromkeys(api.vendor for api in apis))
    if pattern.vendor is not None and pattern.vendor not in vendors:
        raise Refused("pattern-vendor-unknown", place=_at(place, "vendor"), given=pattern.vendor, known=vendors)
    asked = [api for api in apis if (api.vendor == pattern.vendor if pattern.vendor else api.vendor != ADMIN)]
    names = [api.name for api in asked]
    if pattern.api is not None and pattern.api not in names:
        message = f"there is no contract '{pattern.api}'; known: {', '.join(names)}"
        raise Refused("pattern-invalid", place=_at(place, "api"), message=message, known=names)
    asked = [api for api in asked if pattern.api in (None, api.name)]
    operations = sorted({id for api in asked for id in api.contract.operations})
    if pattern.operation is not None and pattern.operation not in operations:
        raise Refused(
            "pattern-operation-unknown", place=_at(place, "operation"), given=pattern.operation, known=operations
        )
    rows = sorted({row for api in asked for row in _rows(api, pattern.operation)})
    if pattern.error is not None and pattern.error not in rows:
        raise Refused("pattern-row-unknown", place=_at(place, "error"), given=pattern.error, known=rows)


def _rows(api: Api, operation: str | None) -> Sequence[str]:
    """The error rows that an operation can answer, or a whole API."""
    if operation is None:
        return list(api.contract.rows())
    return list(api.contract.operations[operation].errors) if operation in api.contract.operations else []


def _at(place: str, inner: str) -> str:
    return ".".join(filter(None, (place, inner)))
