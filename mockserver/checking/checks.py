"""Checks of ours beside the library's: what a contract says beyond OpenAPI, seen in nothing but a request and its reply."""

from __future__ import annotations

import re

import schemathesis
from schemathesis.checks import CheckContext, negative_data_rejection, positive_data_acceptance
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.generation.meta import CoverageScenario

from mockserver.checking.rules import Case, is_valid, node_of, row_of, rules_of, scenario

_SUCCESS, _REDIRECT = 200, 300
_MORE = re.compile(r"in (header|query|cookies?) - (object with unexpected properties|violates `additionalProperties`)")
"""What the library may say of a parameter that no contract has, which no contract forbids by that."""
_REDIRECTS = frozenset({"301", "302", "303", "307", "308"})


class RefusedValidData(Failure):
    """A request that the contract allows is refused."""

    code, kind_title = "MS101", "Valid request refused"
    checks = ("refuses_no_valid_data",)


class AcceptedBadData(Failure):
    """A request that the contract forbids is accepted."""

    code, kind_title = "MS104", "Forbidden request accepted"
    checks = ("accepts_no_bad_data",)


class LostRedirect(Failure):
    """A reply that should lead on leads nowhere."""

    code, kind_title = "MS102", "Redirect lost"
    checks = ("keeps_redirects",)


@schemathesis.check
def refuses_no_valid_data(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What a schema allows is refused only by a row that says `state: true`: no schema can say that."""
    if rules_of(case) is None:
        return None
    try:
        accepted: bool | None = positive_data_acceptance(ctx, response, case)
    except AssertionError:
        row = row_of(case, response)
        if row is not None and row.detail.get("state"):
            return None
        said = "with no error row of the contract" if row is None else f"as if by the error row {row.id}"
        raise RefusedValidData(
            operation=case.operation.label,
            message=f"The contract allows this request, and it is refused {said}.",
        ) from None
    return accepted


@schemathesis.check
def accepts_no_bad_data(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What a schema forbids is refused, with whatever status the contract refuses with."""
    if rules_of(case) is None or scenario(case) == CoverageScenario.INVALID_FORMAT:
        return None  # in these contracts a format is a note to people, as JSON Schema has it
    try:
        refused: bool | None = negative_data_rejection(ctx, response, case)
    except AssertionError as error:
        _, _, component = str(error).partition("Invalid component: ")
        if _MORE.fullmatch(component) or row_of(case, response) is not None:
            return None
        raise AcceptedBadData(
            operation=case.operation.label,
            message=f"The contract forbids this request{f' ({component})' if component else ''}, and it is accepted.",
        ) from None
    return refused


@schemathesis.check
def keeps_redirects(ctx: CheckContext, response: Response, case: Case) -> bool | None:  # noqa: ARG001  a check's form
    """A redirect says where to, and what is to be one is not answered on the spot."""
    rules = rules_of(case)
    if rules is None or node_of(case.operation).get("responses", {}).keys().isdisjoint(_REDIRECTS):
        return None
    if str(response.status_code) in _REDIRECTS:
        if not response.headers.get("location", [""])[0]:
            raise LostRedirect(
                operation=case.operation.label,
                message=f"{response.status_code} leads on, and the header Location does not say where.",
            )
        return None
    redirect = rules.terms.redirects.get(node_of(case.operation)["operationId"])
    if redirect is None or not is_valid(case) or not _SUCCESS <= response.status_code < _REDIRECT:
        return None
    given = [name for name in redirect.where if name in case.query]
    if given and not any(name in case.query for name in redirect.unless):
        raise LostRedirect(
            operation=case.operation.label,
            message=f"With {', '.join(given)} in its query, this request is sent on to another address or refused; "
            f"it was answered on the spot with {response.status_code}.",
        )
    return None
