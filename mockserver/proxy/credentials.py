"""Credentials: whether a request has those that the contract asks for. Whether they are good, only the vendor knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract import METHODS, Contract, Operation

Headers = Mapping[bytes, bytes]
_AUTHORIZATION = "authorization"


class Credentials:
    """What each operation of a contract asks for: one of several ways, each with one header or more."""

    def __init__(self, contract: Contract) -> None:
        document = contract.document
        self._schemes = document.get("components", {}).get("securitySchemes", {})
        nodes = (item[method] for item in document["paths"].values() for method in METHODS if method in item)
        common = document.get("security", ())
        self._ways = {node["operationId"]: node.get("security", common) for node in nodes}

    def missing(self, operation: Operation, headers: Headers) -> Iterator[tuple[str, str, str]]:
        """Place, rule and message where a request has none of the credentials that would do."""
        ways = self._ways[operation.id]
        if not ways or any(all(_is_there(self._schemes[name], headers) for name in way) for way in ways):
            return
        told = " or ".join(" and ".join(_told(self._schemes[name]) for name in way) for way in ways)
        place = _name(self._schemes[next(iter(ways[0]))])
        yield f"header.{place}", "credential", f"no credential was sent; known: {told}"


def _is_there(scheme: Mapping[str, Any], headers: Headers) -> bool:
    """Whether there is a credential of this kind; of one in a query or cookie, nothing is said."""
    if scheme.get("in", "header") != "header":
        return True
    given = headers.get(_name(scheme).encode(), b"")
    word = _word(scheme)
    return bool(given) and (not word or given.lower().startswith(word.encode() + b" "))


def _name(scheme: Mapping[str, Any]) -> str:
    """The header that it stands in, in lower case."""
    return str(scheme.get("name", _AUTHORIZATION)).lower()


def _word(scheme: Mapping[str, Any]) -> str:
    """The word that stands before it, in lower case; empty for none."""
    return str(scheme["scheme"]).lower() if scheme["type"] == "http" else "" if "name" in scheme else "bearer"


def _told(scheme: Mapping[str, Any]) -> str:
    name, word = scheme.get("name", "Authorization"), _word(scheme)
    return f"{name}: {word.capitalize()} ..." if word else f"{name}: ..."
