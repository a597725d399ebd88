"""Schemathesis over the admin API's contract, in process."""

from __future__ import annotations

import hypothesis
import schemathesis
from schemathesis.checks import CheckFunction, ignored_auth, positive_data_acceptance

from mockserver.app import build
from mockserver.fixture import read_fixture

WORLD = build(read_fixture("default"))
schema = schemathesis.openapi.from_dict(dict(WORLD.admin[0].contract.document))
schema.app = WORLD.app

EXCLUDED: list[CheckFunction] = []


@schema.parametrize()
@hypothesis.settings(max_examples=20, derandomize=True, deadline=None, suppress_health_check=list(hypothesis.HealthCheck))
def test_every_request_meets_the_contract(case: schemathesis.Case) -> None:
    case.call_and_validate(base_url="http://127.0.0.1/__admin", excluded_checks=EXCLUDED)
