"""What a contract says about being checked: `x-check`, and which of the library's checks hold nowhere here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

NOWHERE = {
    "negative_data_rejection": "it judges by the status, and a vendor may refuse with 200; accepts_no_bad_data does not",
    "object_level_authorization": "it needs two accounts and an owner for every resource",
    "positive_data_acceptance": "it knows nothing of rows that depend on what is there; refuses_no_valid_data does",
}
"""Checks of the library that no contract of ours can be held to, each with the reason."""


class Redirect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Calls that are sent on to another address, or refused: those with one of the query parameters in `where`.

    With one of those in `unless` they are not.
    """

    where: Sequence[str]
    unless: Sequence[str] = ()


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """`x-check` of a contract.

    `exclude` names checks that do not hold at this vendor, each with the reason. `signs_out` are the operations after which
    the credential that they were called with is worth nothing. `redirects` has, by operation, which calls are sent on.
    `told_otherwise` are fields, and operations with all their fields, that replies have with other words than requests, each
    with the reason.
    """

    exclude: Mapping[str, str] = {}
    signs_out: Sequence[str] = ()
    redirects: Mapping[str, Redirect] = {}
    told_otherwise: Mapping[str, str] = {}


def terms_of(document: Mapping[str, Any]) -> Terms:
    """What a contract says about being checked. Raises msgspec.ValidationError."""
    return msgspec.convert(document.get("x-check", {}), Terms)


def excluded(document: Mapping[str, Any]) -> list[str]:
    """The library's checks that are left out for a contract."""
    return sorted({*NOWHERE, *terms_of(document).exclude})


OURS = ("refuses_no_valid_data", "accepts_no_bad_data", "keeps_redirects", "keeps_what_was_made")
"""Checks of ours beside the library's, in `checks` and `kept`."""
