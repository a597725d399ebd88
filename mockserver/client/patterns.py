"""Which requests are meant: WireMock's request patterns, as a mapping or as keyword arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from mockserver.client.wording import camel, given

Pattern = Mapping[str, Any]
"""A request pattern as the admin API has it."""

Matcher = str | Mapping[str, Any]
"""What a value must be: `{"contains": "…"}` and the like, or a text that it must equal."""


class Fields(TypedDict, total=False):
    """A request pattern in Python's names. At most one of the `url`s; `status` and what follows only of the journal."""

    method: str
    url: str
    url_pattern: str
    url_path: str
    url_path_pattern: str
    url_path_template: str
    query_parameters: Mapping[str, Matcher]
    path_parameters: Mapping[str, Matcher]
    headers: Mapping[str, Matcher]
    cookies: Mapping[str, Matcher]
    body_patterns: Sequence[Mapping[str, Any]]
    basic_auth_credentials: Mapping[str, str]
    vendor: str
    api: str
    operation: str
    status: int
    error: str
    fault: str
    findings: str | Sequence[str]


def read_pattern(pattern: Pattern | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A pattern as it is sent; keyword arguments add to a mapping. Raises TypeError for an unknown one."""
    read = {camel(name): _value(name, value) for name, value in given(Fields, fields).items()}
    return {**(pattern or {}), **read}


def _value(name: str, value: Any) -> Any:
    if name in ("query_parameters", "path_parameters", "headers", "cookies"):
        return {key: {"equalTo": each} if isinstance(each, str) else each for key, each in value.items()}
    return value
