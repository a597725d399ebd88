"""Parameters that no contract knows: the library says of them in two ways that they are forbidden, and no contract does."""

from __future__ import annotations

import pytest

from mockserver.checking import checks


@pytest.mark.parametrize(
    ("component", "is_forbidden"),
    [
        ("in query - object with unexpected properties", False),
        ("in query - violates `additionalProperties`", False),
        ("in header - object with unexpected properties", False),
        ("in cookies - object with unexpected properties", False),
        ("in body - violates `additionalProperties`", True),
        ("in query - violates `minimum`", True),
    ],
)
def test_a_parameter_that_no_contract_knows_is_not_forbidden(component: str, *, is_forbidden: bool) -> None:
    assert (checks._MORE.fullmatch(component) is None) == is_forbidden
