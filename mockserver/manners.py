"""What an API does with every request and every reply, whichever the operation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """Manners of one contract.

    `claims`: paths that get this vendor's 404 though no operation answers. `lenient_paths`: letter case and a slash at
    the end do not matter. `cors`: the methods that OPTIONS tells browsers of; empty where nobody answers OPTIONS.
    `charset`: what the media type of JSON says of it, empty for nothing.
    """

    claims: re.Pattern[str] | None
    lenient_paths: bool
    cors: str
    charset: str
    ignores_content_type: bool
    refuses_unknown_parameters: bool


def read_manners(document: Mapping[str, Any]) -> Manners:
    """What the root of a contract says of manners. Raises re.error."""
    claims = document.get("x-claims")
    return Manners(
        claims=re.compile(claims) if claims else None,
        lenient_paths=document.get("x-lenient-paths", False),
        cors=document.get("x-cors", {}).get("methods", ""),
        charset=document.get("x-charset", ""),
        ignores_content_type=document.get("x-ignore-content-type", False),
        refuses_unknown_parameters=document.get("x-unknown-parameters", "refuse") == "refuse",
    )
