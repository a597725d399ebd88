"""Credentials: the fake does not know those of a recording, so working ones go in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import structs

from mockserver.har import Recorded
from mockserver.vendor import Api

_ALWAYS = frozenset({"authorization"})


def with_credential(request: Recorded, api: Api, state: Any, kept: Collection[str]) -> Recorded:
    """The request with a working credential in each header that has one; what is in `kept` works as it is."""
    names = _ALWAYS | {name.decode() for name in api.contract.secret_headers}
    working = [{name.lower(): value for name, value in each.headers.items()} for each in api.dialect.credentials(state)]

    def headers() -> Iterator[tuple[str, str]]:
        for name, value in request.request_headers:
            key = name.lower()
            others = [each[key] for each in working if key in each and _scheme(each[key]) == _scheme(value)]
            is_kept = key not in names or value.rpartition(" ")[2] in kept or value in others or not others
            yield name, value if is_kept else others[0]

    return structs.replace(request, request_headers=tuple(headers()))


def _scheme(value: str) -> str:
    return value.rpartition(" ")[0].lower()
