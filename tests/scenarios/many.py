"""Writes scenarios to measure: as many workflows as one likes, of ten steps each.

python tests/scenarios/many.py 200 many.arazzo.yaml
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

CREDENTIAL = (
    "Basic Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRhV1E6Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRjMlZqY21WMA=="
)
_OK, _CREATED = [{"condition": "$statusCode == 200"}], [{"condition": "$statusCode == 201"}]
_COMPANY = {"name": "company_id", "in": "path", "value": "$steps.who.outputs.company"}


def document(count: int) -> dict[str, object]:
    """A document with so many workflows."""
    return {
        "arazzo": "1.0.1",
        "info": {"title": f"{count} workflows of ten steps", "version": "1"},
        "sourceDescriptions": [{"name": "kounta", "url": "contracts/kounta.yaml", "type": "openapi"}],
        "workflows": [_workflow(number) for number in range(count)],
    }


def write(count: int, file: Path) -> Path:
    """Write it."""
    file.write_text(yaml.safe_dump(document(count), sort_keys=False), encoding="utf-8")
    return file


def _workflow(number: int) -> dict[str, object]:
    who = {
        "stepId": "who",
        "operationId": "get_my_company",
        "successCriteria": _OK,
        "outputs": {"company": "$response.body#/id"},
    }
    return {
        "workflowId": f"workflow-{number}",
        "inputs": {"type": "object", "properties": {"credential": {"type": "string", "default": CREDENTIAL}}},
        "parameters": [{"name": "Authorization", "in": "header", "value": "$inputs.credential"}],
        "x-mock": {"clock": {"freeze": "2026-03-01T12:00:00Z"}},
        "steps": [who, *(step for turn in range(3) for step in _turn(number, turn))],
    }


def _turn(number: int, turn: int) -> list[dict[str, object]]:
    """A customer is made, altered and looked at."""
    email = f"ann-{number}-{turn}@example.com"
    one = [_COMPANY, {"name": "customer_id", "in": "path", "value": f"$steps.make-{turn}.outputs.id"}]
    return [
        {
            "stepId": f"make-{turn}",
            "operationId": "create_customer",
            "parameters": [_COMPANY],
            "requestBody": {"contentType": "application/json", "payload": {"first_name": "Ann", "email": email}},
            "successCriteria": _CREATED,
            "outputs": {"id": "$response.body#/id"},
        },
        {
            "stepId": f"alter-{turn}",
            "operationId": "update_customer",
            "parameters": one,
            "requestBody": {"contentType": "application/json", "payload": {"last_name": "Lee"}},
            "successCriteria": _OK,
        },
        {
            "stepId": f"look-{turn}",
            "operationId": "get_customer",
            "parameters": one,
            "successCriteria": [
                *_OK,
                {"condition": f"$response.body#/email == '{email}' && $response.body#/last_name == 'Lee'"},
                {"condition": f"$[?@.email == '{email}']", "context": "$response.body", "type": "jsonpath"},
            ],
        },
    ]


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
