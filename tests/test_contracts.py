"""Every contract of every vendor: sound in itself, and met by the server for any request that a machine can think of.

Schemathesis plays the client, in process: the contract's examples, the edges of every schema, random requests valid and
invalid, and sequences along the contract's links. What a reply must look like the server has checked itself by then; a
reply that the contract does not have would be a 500.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest
import schemathesis
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import ChecksConfig
from schemathesis.core.transport import Response
from schemathesis.engine import Status, events, from_schema
from schemathesis.hooks import HookContext

from mockserver.app import build, known_vendors
from mockserver.checking import checks, kept
from mockserver.checking.documents import from_the_root
from mockserver.checking.terms import NOWHERE, OURS, excluded, terms_of
from mockserver.fixture import read_fixture
from mockserver.options import Options
from mockserver.sandbox import DEFAULT
from mockserver.schema import resolve
from mockserver.vendor import Api
from mockserver.world import World
from tests.effort import EFFORT, unwatched  # noqa: F401  a fixture

NAMES = {
    dialect.contract.stem: (vendor.name, at)
    for vendor in known_vendors().values()
    for at, dialect in enumerate(vendor.dialects)
}
CHECKED = (checks, kept)
"""What is imported so that Schemathesis knows it."""
PHASES = ["examples", "coverage", "fuzzing", "stateful"]


@pytest.fixture(params=NAMES)
def api(request: pytest.FixtureRequest) -> Api:
    """A contract that the server serves."""
    return _world().api(request.param)


def _world() -> World:
    return build(read_fixture("default"), options=Options(rate_limits="off", auth="strict", journal_entries=1_000_000))


def test_a_contract_is_openapi(api: Api) -> None:
    openapi_spec_validator.validate(dict(api.contract.document))


def test_every_example_meets_its_schema(api: Api) -> None:
    document = api.contract.document
    seen = 0
    for place, schema, value in _examples(document):
        validator = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
        errors = [error.message for error in validator.iter_errors(value)]
        assert not errors, f"{place}: {errors}"
        seen += 1
    assert seen >= 2 * len(api.contract.operations)


def test_every_operation_has_an_example_of_its_request_and_of_every_reply(api: Api) -> None:
    places = {place for place, _, _ in _examples(api.contract.document)}
    for operation in api.contract.operations.values():
        path = operation.path.removeprefix(api.contract.base_path)
        prefix = f"{operation.method.lower()} {path}"
        for media in operation.body:
            assert any(place.startswith(f"{prefix} request {media}") for place in places), operation.id
        for status, media in operation.replies:
            assert not media or any(place.startswith(f"{prefix} {status} {media}") for place in places), (
                prefix,
                status,
            )


def test_every_operation_and_every_row_says_how_it_is_known(api: Api) -> None:
    known = {"documented", "observed", "inferred"}
    for item in api.contract.document["paths"].values():
        for method in item.keys() & {"get", "put", "post", "delete", "patch", "head"}:
            assert item[method]["x-evidence"] in known
            assert "x-safe" in item[method] or method in ("get", "head")
    for row in api.contract.rows().values():
        assert row.evidence in known, row.id


def test_every_operation_declares_the_status_of_each_of_its_rows(api: Api) -> None:
    for operation in api.contract.operations.values():
        declared = {status for status, _ in operation.replies}
        assert {row.status for row in operation.errors.values()} <= declared, operation.id


def test_every_row_can_be_filled_in_from_its_example(api: Api) -> None:
    for row in api.contract.rows().values():
        texts = [row.message, *(text for text in row.detail.values() if isinstance(text, str))]
        placeholders = {name for text in texts for name in re.findall(r"\{(\w+)\}", text)}
        assert placeholders == row.example.keys(), row.id


def test_what_a_contract_says_about_being_checked_is_about_its_operations(api: Api) -> None:
    terms = terms_of(api.contract.document)
    assert {*terms.signs_out} <= api.contract.operations.keys()
    for operation, redirect in terms.redirects.items():
        known = api.contract.operations[operation]
        assert {*redirect.where, *redirect.unless} <= {*known.in_query.names}
        assert any(300 <= status < 400 for status, _ in known.replies)
    assert all({**terms.exclude, **terms.told_otherwise}.values())
    for told in terms.told_otherwise:
        assert told in api.contract.operations or f" {told}:" in api.contract.text


def test_every_link_leads_to_an_operation(api: Api) -> None:
    links = [*_links(api.contract.document)]
    assert {target for _, target in links} <= api.contract.operations.keys()
    writing = {operation.id for operation in api.contract.operations.values() if not operation.safe}
    assert {source for source, _ in links} >= writing


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("name", NAMES)
def test_any_request_gets_a_reply_that_the_contract_has(name: str) -> None:
    world = _world()
    api = world.api(name)
    sandbox = world.sandboxes.get(DEFAULT)
    assert sandbox is not None
    credential = api.dialect.credentials(sandbox.subjects[api.vendor])[0]
    schema = schemathesis.openapi.from_dict(from_the_root(api.contract))
    schema.app = world.app
    schema.config.update(base_url="http://127.0.0.1", headers=credential.headers)
    schema.config.seed = 1
    schema.config.generation.update(max_examples=5 * EFFORT, deterministic=True, database="none")
    schema.config.phases.stateful.max_steps = 30
    # It asks again after each request that writes; the examples are enough of that here, and `mockserver check` does all.
    schema.config.phases.coverage.checks = ChecksConfig.from_dict({"keeps_what_was_made": {"enabled": False}})
    load_all_checks()
    assert {*CHECKS.get_all_names()} >= {*NOWHERE, *terms_of(api.contract.document).exclude, *OURS}, CHECKED
    schema.config.checks.update(excluded_check_names=excluded(api.contract.document))

    @schema.hook
    def after_call(_context: HookContext, _case: schemathesis.Case[Any], _response: Response) -> None:
        """Who has signed out goes on as if she had not; else all that follows would be refused."""
        if credential not in api.dialect.credentials(sandbox.subjects[api.vendor]):
            with sandbox.ledger.transaction():
                sandbox.rewind(next(iter(sandbox.journal)))

    phases: dict[str, Status] = {}
    followed: set[tuple[str, str]] = set()
    wrong: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        wrong.update(_wrong(event))
        if isinstance(event, events.PhaseFinished):
            phases[event.phase.name.value] = event.status
        if isinstance(event, events.ScenarioFinished):
            followed |= {*_followed(event)}
    assert not wrong, "\n\n".join(f"{count} times: {text}" for text, count in wrong.items())
    assert {name: phases[name] for name in PHASES} == dict.fromkeys(PHASES, Status.SUCCESS)
    # How many are drawn is chance; test_links.py follows all of them.
    assert {*_links(api.contract.document)} & followed, "no link was followed, so nothing was asked in sequence"
    assert not [finding for exchange in sandbox.journal for finding in exchange.findings if finding.id == "bug"]
    answered = {
        exchange.operation for exchange in sandbox.journal if exchange.row is None and exchange.method != "OPTIONS"
    }
    assert answered == {*api.contract.operations}


def _wrong(event: events.EngineEvent) -> Iterator[str]:
    if isinstance(event, (events.NonFatalError, events.FatalError)):
        yield str(event)
    if isinstance(event, events.ScenarioFinished):
        for checks in event.recorder.checks.values():
            for check in checks:
                if check.failure_info is not None:
                    yield f"{check.name}: {check.failure_info.failure.message}\n{check.failure_info.code_sample}"


def _followed(event: events.ScenarioFinished) -> Iterator[tuple[str, str]]:
    """The links that a scenario went along, from operation to operation."""
    cases = event.recorder.cases
    for node in cases.values():
        if node.transition is not None and node.parent_id is not None:
            ends = (cases[node.parent_id].value.operation, node.value.operation)
            source, target = (end.definition.raw["operationId"] for end in ends)
            yield source, target


Described = tuple[str, Mapping[str, Any], Any]


def _examples(document: Mapping[str, Any]) -> Iterator[Described]:
    """Every example of a request and of a reply: where it stands, the schema that it must meet, the value."""
    for path, item in document["paths"].items():
        for method in item.keys() & {"get", "put", "post", "delete", "patch"}:
            place, node = f"{method} {path}", item[method]
            bodies = {"request": node.get("requestBody", {}), **node["responses"]}
            for part, body in bodies.items():
                yield from _in_content(f"{place} {part}", _deref(body, document), document)


def _in_content(place: str, body: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Described]:
    for media, content in body.get("content", {}).items():
        examples = {name: _deref(example, document)["value"] for name, example in content.get("examples", {}).items()}
        if "example" in content:
            examples["example"] = content["example"]
        for name, value in examples.items():
            yield f"{place} {media} {name}", content["schema"], value


def _links(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every link, from operation to operation."""
    for item in document["paths"].values():
        for node in item.values():
            if isinstance(node, dict):
                for response in node.get("responses", {}).values():
                    for link in _deref(response, document).get("links", {}).values():
                        yield node["operationId"], _deref(link, document)["operationId"]


def _deref(node: Mapping[str, Any], document: Mapping[str, Any]) -> Any:
    return resolve(node["$ref"], document) if "$ref" in node else node
