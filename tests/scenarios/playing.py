"""Scenarios written and run by tests, in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from mockserver.scenarios.choosing import choose
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.placing import Target
from mockserver.scenarios.reading import read_scenario
from mockserver.scenarios.result import StepResult, WorkflowResult
from mockserver.scenarios.running import Runner
from tests.scenarios.many import CREDENTIAL

OK = [{"condition": "$statusCode == 200"}]
CREATED = [{"condition": "$statusCode == 201"}]
KOUNTA = [{"name": "kounta", "url": "contracts/kounta.yaml", "type": "openapi"}]
TOY = [{"name": "toy", "url": "toy.yaml", "type": "openapi"}]
AUTHORIZED = [{"name": "Authorization", "in": "header", "value": CREDENTIAL}]
COMPANY = [{"name": "company_id", "in": "path", "value": "5678"}]


def step(id: str, operation: str, **more: Any) -> dict[str, Any]:
    """A step."""
    return {"stepId": id, "operationId": operation, **_named(more)}


def create(id: str, email: str = "new@example.com", **more: Any) -> dict[str, Any]:
    """A step that makes a customer."""
    body = {"contentType": "application/json", "payload": {"first_name": "Ann", "email": email}}
    made = {"parameters": COMPANY, "requestBody": body, "successCriteria": CREATED}
    return step(id, "create_customer", **{**made, "outputs": {"id": "$response.body#/id"}, **more})


def look(id: str, customer: Any, status: int = 200, **more: Any) -> dict[str, Any]:
    """A step that looks at a customer."""
    parameters = [*COMPANY, {"name": "customer_id", "in": "path", "value": customer}]
    criteria = [{"condition": f"$statusCode == {status}"}]
    return step(id, "get_customer", parameters=parameters, **{"successCriteria": criteria, **more})


def workflow(*steps: Mapping[str, Any], id: str = "story", **more: Any) -> dict[str, Any]:
    """A workflow of the vendor that has webhooks."""
    return {"workflowId": id, "parameters": AUTHORIZED, "steps": list(steps), **_named(more)}


def write(folder: Path, *workflows: Mapping[str, Any], name: str = "story", **more: Any) -> Path:
    """A file with workflows."""
    document = {
        "arazzo": "1.0.1",
        "info": {"title": name, "version": "1"},
        "sourceDescriptions": KOUNTA,
        **_named(more),
        "workflows": list(workflows),
    }
    file = folder / f"{name}.arazzo.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def _named(more: Mapping[str, Any]) -> dict[str, Any]:
    """Keys as they stand in a file: what is called `mock` here is `x-mock` there."""
    return {"x-mock" if key == "mock" else key: each for key, each in more.items()}


def play(
    target: Target, file: Path, *ids: str, inputs: Mapping[str, str] | None = None, asking: Asking | None = None
) -> list[WorkflowResult]:
    """Run workflows of a file."""
    chosen = choose([read_scenario(file)], ids, inputs or {}, target.place)
    runner = Runner(target, inputs or {}, asking or Asking(possible=False))
    return [runner.run(each) for each in chosen]


def told(result: WorkflowResult) -> Sequence[tuple[str, int, str]]:
    """Its steps in the order in which they were taken: id, attempt and outcome."""
    return [(each.id, each.attempt, each.outcome) for each in result.steps]


def failed(result: WorkflowResult) -> StepResult:
    """The only step that failed."""
    (step,) = result.failed_steps
    return step
