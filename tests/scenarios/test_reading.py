"""Scenarios as they are read: what a right one becomes, and what is told of a wrong one, with its place."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings

from mockserver.scenarios.document import Scenario
from mockserver.scenarios.reading import BrokenScenario, read_scenario
from tests.effort import EFFORT
from tests.scenarios.altered import Place, alterations, altered

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: 'https://{host}/v1', variables: {host: {default: shop.example}}}]
components:
  securitySchemes: {key: {type: apiKey, in: query, name: key}}
  parameters:
    shop: {name: shop, in: path, required: true, schema: {type: integer}}
paths:
  /{shop}/customers:
    parameters: [{$ref: '#/components/parameters/shop'}]
    get:
      operationId: list_customers
      parameters: [{name: page, in: query, schema: {type: integer}}, {name: X-Page, in: header, schema: {type: integer}}]
      responses: {'200': {description: All}}
    post:
      operationId: add_customer
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {'201': {description: Added}}
  /{shop}/customers/{id}:
    parameters: [{$ref: '#/components/parameters/shop'}, {name: id, in: path, required: true, schema: {type: integer}}]
    get: {operationId: get_customer, responses: {'200': {description: One}}}
    delete: {servers: [{url: /other}], responses: {'204': {description: Gone}}}
"""
GOOD = """\
arazzo: 1.0.1
info: {title: Sign up, version: 1.0.0}
sourceDescriptions:
- {name: shop, url: shop.yaml, type: openapi}
components:
  inputs: {Shop: {type: integer, default: 5}}
  parameters:
    shop: {name: shop, in: path, value: $inputs.shop}
  failureActions:
    again: {name: again, type: retry, retryAfter: 0.5, retryLimit: 2, criteria: [{condition: $statusCode == 503}]}
workflows:
- workflowId: sign-up
  summary: Sign somebody up
  inputs:
    type: object
    required: [email, token]
    properties: {shop: {$ref: '#/components/inputs/Shop'}, email: {type: string}, token: {type: string, default: t}}
  parameters:
  - reference: $components.parameters.shop
  - {name: Authorization, in: header, value: 'Bearer {$inputs.token}'}
  failureActions: [{reference: $components.failureActions.again}]
  steps:
  - stepId: add
    description: Add her
    operationId: add_customer
    requestBody:
      contentType: application/json
      payload: {email: $inputs.email, when: 2026-11-22, x: on}
      replacements: [{target: /email, value: 'x{$inputs.email}'}]
    successCriteria:
    - condition: $statusCode == 201
    - {context: $response.body, type: jsonpath, condition: $.id}
    - {context: $response.body#/name, type: {type: jsonpath, version: draft-goessner-dispatch-jsonpath-00}, condition: $.x}
    onSuccess: [{name: go, type: goto, stepId: show, criteria: [{condition: $steps.add.outputs.id > 0}]}]
    outputs: {id: $response.body#/id}
  - stepId: show
    operationId: $sourceDescriptions.shop.get_customer
    parameters: [{name: id, in: path, value: $steps.add.outputs.id}, {reference: $components.parameters.shop, value: 6}]
    outputs: {name: $response.body#/name}
  outputs: {id: $steps.add.outputs.id}
- workflowId: remove
  dependsOn: [sign-up]
  steps:
  - stepId: again
    workflowId: sign-up
    parameters: [{name: email, value: $workflows.sign-up.outputs.id}]
    outputs: {id: $outputs.id}
  - stepId: gone
    operationPath: '{$sourceDescriptions.shop.url}#/paths/~1{shop}~1customers~1{id}/delete'
    parameters: [{name: shop, in: path, value: 5}, {name: id, in: path, value: $steps.again.outputs.id}]
    onFailure: [{name: stop, type: end}]
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    (folder / "good.arazzo.yaml").write_text(GOOD)
    return folder


@pytest.fixture(scope="module")
def good(shop: Path) -> Scenario:
    return read_scenario(shop / "good.arazzo.yaml")


def test_a_scenario_has_its_workflows_and_sources_in_the_order_of_the_file(good: Scenario) -> None:
    assert (good.title, list(good.workflows), list(good.sources)) == ("Sign up", ["sign-up", "remove"], ["shop"])
    assert good.text == GOOD
    source = good.sources["shop"]
    assert (source.type, source.server, source.contract, source.scenario) == (
        "openapi",
        "https://shop.example/v1",
        None,
        None,
    )
    assert good.workflows["remove"].depends_on == ("sign-up",)
    assert good.workflows["sign-up"].inputs["properties"]["shop"] == {"type": "integer", "default": 5}


def test_a_step_knows_its_operation_and_where_it_stands(good: Scenario) -> None:
    add, show = good.workflows["sign-up"].steps
    assert add.operation
    assert show.operation
    assert (add.operation.id, add.operation.method, add.operation.path) == ("add_customer", "POST", "/{shop}/customers")
    assert add.operation.server == "https://shop.example/v1"
    assert [each["name"] for each in show.operation.parameters] == ["shop", "id"]
    assert (add.mark.line, add.mark.column) == (23, 5)
    assert add.criteria[0].mark.line == 31


def test_a_parameter_overrides_that_of_the_workflow(good: Scenario) -> None:
    workflow = good.workflows["sign-up"]
    add, show = workflow.steps
    assert [(each.name, each.value) for each in workflow.parameters_of(add)] == [
        ("shop", "$inputs.shop"),
        ("Authorization", "Bearer {$inputs.token}"),
    ]
    assert {each.name: each.value for each in workflow.parameters_of(show)}["shop"] == 6


def test_values_stay_as_they_are_written(good: Scenario) -> None:
    body = good.workflows["sign-up"].steps[0].body
    assert body
    assert body.payload == {"email": "$inputs.email", "when": "2026-11-22", "x": "on"}
    assert [(each.target, each.value) for each in body.replacements] == [("/email", "x{$inputs.email}")]


def test_actions_are_the_steps_own_and_then_the_workflows(good: Scenario) -> None:
    workflow = good.workflows["sign-up"]
    add, show = workflow.steps
    assert [(each.name, each.kind, each.step) for each in workflow.on_success(add)] == [("go", "goto", "show")]
    (again,) = workflow.on_failure(show)
    assert (again.kind, again.retry_after, again.retry_limit, len(again.criteria)) == ("retry", 0.5, 2, 1)
    assert [each.kind for each in good.workflows["remove"].steps[1].on_failure] == ["end"]


def test_an_operation_by_its_path_has_the_servers_that_stand_nearest(good: Scenario) -> None:
    again, gone = good.workflows["remove"].steps
    assert (again.workflow, again.operation) == ("sign-up", None)
    assert gone.operation
    assert (gone.operation.id, gone.operation.server) == ("DELETE /{shop}/customers/{id}", "/other")
    assert good.called("sign-up") == (good, good.workflows["sign-up"])


# What is wrong, and where


def complaints(folder: Path, text: str, name: str = "broken.arazzo.yaml") -> list[str]:
    file = folder / name
    file.write_text(text)
    with pytest.raises(BrokenScenario) as broken:
        read_scenario(file)
    assert str(broken.value) == "\n".join(broken.value.complaints)
    return [each.replace(str(folder), "FOLDER").replace(f"FOLDER/{name}:", "") for each in broken.value.complaints]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        # Keys and types
        ("arazzo: 1.0.1", "arazzo: 2.0.0", "1:1: arazzo: this is no version of Arazzo that is known here; write 1.0.1"),
        ("title: Sign up, ", "", "2:1: info: the key 'title' is missing"),
        ("  summary:", "  sumary:", "13:3: workflows[0]: unknown key 'sumary' (did you mean 'summary'?); known: workflowId, steps, summary, "),
        ("    description: Add her", "    description: 5", "24:5: workflows[0].steps[0].description: Expected `str`, got `int`"),
        ("    operationId: add_customer", "    x-mock: {}\n    x-own: 1", "23:5: workflows[0].steps[0]: a step has one of operationId, operationPath, workflowId; what its x-mock does can stand on the next step"),
        ("    operationId: add_customer", "    operationId: add_customer\n    workflowId: remove", "23:5: workflows[0].steps[0]: a step has one of operationId"),
        ("  steps:\n  - stepId: again", "  steps: []\n  x-old:\n  - stepId: again", "43:3: workflows[1].steps: nothing is in here; at least one is needed"),
        ("- workflowId: remove", "- workflowId: sign-up", "41:3: workflows[1].workflowId: the workflow 'sign-up' stands twice"),
        ("- workflowId: remove", "- workflowId: re move", "41:3: workflows[1].workflowId: an id has letters, digits, _ and - only"),
        ("- stepId: gone", "- stepId: again", "48:5: workflows[1].steps[1].stepId: the step 'again' stands twice"),
        ("requestBody:\n", "requestBody: 5\n    x-old:\n", "26:5: workflows[0].steps[0].requestBody: Expected `object | null`, got `int`"),
        ("components:\n", "components:\n  x-mock: {}\n", "6:3: components.x-mock: x-mock stands on the document, on workflows and on steps only"),
        # Operations
        ("operationId: add_customer", "operationId: add_custmer", "25:5: workflows[0].steps[0].operationId: shop has no operation 'add_custmer' (did you mean 'add_customer'?); known: add_customer, get_customer, list_customers"),
        ("$sourceDescriptions.shop.get", "$sourceDescriptions.shp.get", "37:5: workflows[0].steps[1].operationId: there is no API description called 'shp' (did you mean 'shop'?); known: shop"),
        ("~1{id}/delete", "~1{id}/put", "49:5: workflows[1].steps[1].operationPath: shop has no put at /{shop}/customers/{id}; known: get, delete"),
        ("~1customers~1{id}/delete", "~1custmers/get", "shop has no path /{shop}/custmers (did you mean '/{shop}/customers'?)"),
        ("{$sourceDescriptions.shop.url}#", "shop.yaml#", "is written as in {$sourceDescriptions.NAME.url}#/paths/~1customers/get"),
        # Parameters and bodies
        ("[{name: id, in: path, value: $steps.add", "[{name: di, in: path, value: $steps.add", "38:19: workflows[0].steps[1].parameters[0].name: get_customer has no path parameter 'di'; known: shop, id"),
        ("{name: id, in: path, value: $steps.add.outputs.id}, ", "", "36:5: workflows[0].steps[1]: get_customer needs the path parameter 'id', which is missing"),
        ("[{name: id, in: path, value: $steps.add", "[{name: id, value: $steps.add", "38:18: workflows[0].steps[1].parameters[0]: the key 'in' is missing, which says where it goes; known: path, query, header, cookie"),
        ("[{name: id, in: path, value: $steps.add", "[{name: id, in: query, value: $steps.add", "get_customer has no query parameter 'id'; it is in: path"),
        ("[{name: id, in: path, value: $steps.add", "[{name: id, in: pth, value: $steps.add", "workflows[0].steps[1].parameters[0].in: Invalid enum value 'pth' (did you mean 'path'?); known: cookie, header, path, query"),
        ("value: 6}", "value: 6}, {name: id, in: path, value: 1}", "workflows[0].steps[1].parameters[2]: the parameter 'id' stands twice"),
        ("value: 6}", "value: 6}, {name: key, in: query, value: k}, {name: X-Own, in: header, value: 1}, {name: a, in: cookie, value: 1}", None),
        ("operationId: $sourceDescriptions.shop.get_customer\n    parameters: [{name: id, in: path, value: $steps.add.outputs.id}, ", "operationId: list_customers\n    parameters: [{name: X-Pag, in: header, value: 1}, {name: accept, in: header, value: 1}, {name: x-page, in: header, value: 1}, ", "38:19: workflows[0].steps[1].parameters[0].name: list_customers has no header 'X-Pag' (did you mean 'X-Page'?)"),
        ("    requestBody:", "    x-body:", "23:5: workflows[0].steps[0]: add_customer needs a requestBody, which is missing"),
        ("contentType: application/json", "contentType: application/jsn", "27:7: workflows[0].steps[0].requestBody.contentType: add_customer takes no application/jsn (did you mean 'application/json'?); known: application/json"),
        ("get_customer\n", "get_customer\n    requestBody: {payload: 1}\n", "workflows[0].steps[1].requestBody: get_customer takes no body"),
        ("target: /email", "target: email", "workflows[0].steps[0].requestBody.replacements[0].target: a target is a JSON pointer, which begins with /"),
        ("reference: $components.parameters.shop\n", "reference: $components.parameters.shp\n", "19:5: workflows[0].parameters[0].reference: there is no $components.parameters.shp (did you mean '$components.parameters.shop'?); known: $components.parameters.shop"),
        ("{reference: $components.failureActions.again}", "{reference: $components.failureActions.again, value: 5}", "only a parameter is given a value where it is used"),
        ("{name: shop, in: path, value: $inputs.shop}", "{name: shop, in: path, value: $inputs.shop}\n    spare: {nme: a, value: 1}", "9:13: components.parameters.spare: unknown key 'nme' (did you mean 'name'?)"),
        # Expressions
        ("value: $inputs.shop", "value: $inputs.shp", "8:34: components.parameters.shop.value: $inputs.shp: workflow 'sign-up' has no input 'shp' (did you mean 'shop'?); known: shop, email, token"),
        ("{email: $inputs.email", "{email: $input.email", "28:17: workflows[0].steps[0].requestBody.payload.email: there is no $input (did you mean '$inputs'?)"),
        ("{email: $inputs.email", "{email: $steps.show.outputs.name", None),
        ("{email: $inputs.email", "{email: $steps.shwo.outputs.name", "$steps.shwo.outputs.name: workflow 'sign-up' has no step 'shwo' (did you mean 'show'?); known: add, show"),
        ("{email: $inputs.email", "{email: $response.body", "$response.body: there is no reply yet; name what an earlier step gave"),
        ("value: $steps.add.outputs.id}", "value: $steps.add.outputs.di}", "step 'add' has no output 'di'; known: id"),
        ("name: $response.body#/name}", "name: $inputs}", "workflows[0].steps[1].outputs.name: $inputs is not whole; it is written $inputs.NAME"),
        ("outputs: {name: ", "outputs: {name of: ", "39:5: workflows[0].steps[1].outputs: a name has letters, digits, dots, _ and - only"),
        ("{id: $steps.add.outputs.id}", "{id: $response.body#/id}", "$response.body#/id: there is no one reply of a whole workflow"),
        ("{id: $steps.add.outputs.id}", "{id: $outputs.id}", "$outputs.id: outputs are those of a workflow that a step has called"),
        ("{id: $outputs.id}", "{id: $outputs.di}", "workflow 'sign-up' has no output 'di'; known: id"),
        ("{id: $outputs.id}", "{id: $statusCode}", "$statusCode: a step that calls a workflow has no reply"),
        ("$workflows.sign-up.outputs.id", "$workflows.signup.outputs.id", "there is no workflow 'signup' (did you mean 'sign-up'?); known: sign-up, remove"),
        ("$workflows.sign-up.outputs.id", "$workflows.sign-up.inputs.id", "workflow 'sign-up' has no input 'id'; known: shop, email, token"),
        ("email: $inputs.email,", "email: $workflows.remove.outputs.id,", "workflow 'remove' has not run by then; name it in dependsOn of 'sign-up'"),
        ("email: $inputs.email,", "email: $sourceDescriptions.shop.name,", "of a source description $sourceDescriptions.shop.url is known"),
        ("email: $inputs.email,", "email: $sourceDescriptions.shp.url,", "there is no source description 'shp' (did you mean 'shop'?); known: shop"),
        ("email: $inputs.email,", "email: $components.parameters.shp,", "components.parameters has no 'shp' (did you mean 'shop'?); known: shop"),
        # Criteria
        ("$statusCode == 201", "$statusCode = 201", "31:30: workflows[0].steps[0].successCriteria[0].condition: is equal is written == (before '= 201')"),
        ("$statusCode == 201", "'$statusCode = 201'", "31:31: workflows[0].steps[0].successCriteria[0].condition: is equal is written =="),
        ("$statusCode == 201", "|\n        $statusCode = 201", "31:18: workflows[0].steps[0].successCriteria[0].condition: is equal is written =="),
        ("condition: $.id", "condition: $.id > 1", "workflows[0].steps[0].successCriteria[1].condition: '$.id > 1' is no JSONPath of RFC 9535"),
        ("type: jsonpath, condition: $.id", "type: xpath, condition: /id", "32:33: workflows[0].steps[0].successCriteria[1].type: xpath looks at XML, which no API here speaks; write a jsonpath, or a simple condition"),
        ("type: jsonpath, condition: $.id", "type: regx, condition: $.id", "there is no type 'regx' (did you mean 'regex'?); known: simple, regex, jsonpath"),
        ("context: $response.body, type", "context: $response.bod, type", "there is no $response.bod (did you mean 'body'?); known: $response.header, $response.body"),
        ("{type: jsonpath, version: draft", "{type: jsonpath, version: drft", "workflows[0].steps[0].successCriteria[2].type.version: Invalid enum value"),
        # Actions
        ("stepId: show, criteria", "stepId: shwo, criteria", "34:40: workflows[0].steps[0].onSuccess[0].stepId: there is no step 'shwo' (did you mean 'show'?) in this workflow; known: add, show"),
        ("type: goto, stepId: show", "type: goto", "workflows[0].steps[0].onSuccess[0]: goto needs a stepId or a workflowId to lead to"),
        ("type: goto, stepId: show", "type: goto, stepId: show, workflowId: remove", "one of stepId and workflowId says where it leads"),
        ("type: goto, stepId: show", "type: goto, workflowId: remve", "workflowId: there is no workflow 'remve' (did you mean 'remove'?); known: sign-up, remove"),
        ("type: goto, stepId: show", "type: retry", "workflows[0].steps[0].onSuccess[0].type: Invalid enum value 'retry'; known: end, goto"),
        ("type: end}", "type: end, stepId: again}", "workflows[1].steps[1].onFailure[0].stepId: end leads nowhere; goto does"),
        ("type: end}", "type: end, retryLimit: 2}", "workflows[1].steps[1].onFailure[0].retryLimit: only retry has retryLimit"),
        ("type: end}", "type: end}, {name: stop, type: end}", "workflows[1].steps[1].onFailure: the action 'stop' stands twice"),
        ("retryAfter: 0.5", "retryAfter: -1", "components.failureActions.again.retryAfter: Expected `"),
        # Workflows
        ("dependsOn: [sign-up]", "dependsOn: [signup]", "42:15: workflows[1].dependsOn[0]: there is no workflow 'signup' (did you mean 'sign-up'?)"),
        ("  summary: Sign somebody up", "  dependsOn: [remove]", "42:3: workflows[1].dependsOn: remove needs sign-up needs remove: none of them can be the first"),
        ("operationId: add_customer", "workflowId: remove", "45:5: workflows[1].steps[0].workflowId: remove calls sign-up calls remove, without end"),
        ("[{name: email, value", "[{name: emial, value", "workflow 'sign-up' has no input 'emial' (did you mean 'email'?); known: shop, email, token"),
        ("[{name: email, value: $workflows.sign-up.outputs.id}]", "[]", "44:5: workflows[1].steps[0]: workflow 'sign-up' needs the input 'email', which is missing"),
        ("[{name: email, value", "[{name: email, in: query, value", "what a workflow is given are its inputs, which are nowhere in a request"),
        ("    workflowId: sign-up\n", "    workflowId: sign-up\n    requestBody: {payload: 1}\n", "a workflow takes no body; give it inputs, as parameters"),
        ("{type: string, default: t}", "{type: strng}", "14:3: workflows[0].inputs: this is no JSON Schema"),
        ("'#/components/inputs/Shop'", "'#/components/inputs/Sohp'", "14:3: workflows[0].inputs: #/components/inputs/Sohp leads to no schema in this document"),
        # Sources
        ("url: shop.yaml", "url: shp.yaml", "4:16: sourceDescriptions[0].url: there is no file FOLDER/shp.yaml"),
        ("url: shop.yaml", "url: 'https://shop.example/api.yaml'", "https://shop.example/api.yaml is not fetched; save it beside this file and name it"),
        ("url: shop.yaml", "url: good.arazzo.yaml", "FOLDER/good.arazzo.yaml is no OpenAPI 3 document"),
        ("type: openapi}\n", "type: openapi}\n- {name: shop, url: shop.yaml}\n", "5:4: sourceDescriptions[1].name: the source description 'shop' stands twice"),
        ("type: openapi}\n", "type: openapi}\n- {name: other, url: shop.yaml}\n", "with 2 API descriptions an operation is named with its source: $sourceDescriptions.shop.add_customer"),
        ("type: openapi}\n", "type: openapi}\n- {name: me, url: broken.arazzo.yaml, type: arazzo}\n", "FOLDER/broken.arazzo.yaml leads back to here"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(
    shop: Path, old: str, new: str, says: str | None
) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    if says is None:
        (shop / "fine.arazzo.yaml").write_text(text)
        read_scenario(shop / "fine.arazzo.yaml")
    else:
        assert any(says in each for each in complaints(shop, text)), complaints(shop, text)


def test_all_mistakes_are_told_in_the_order_of_the_file(shop: Path) -> None:
    text = (
        GOOD.replace("version: 1.0.0", "vrsion: 1")
        .replace("$statusCode == 201", "$statusCode")
        .replace("gone", "gone it")
    )
    told = complaints(shop, text.replace("stepId: show, criteria", "stepId: shwo, criteria"))
    assert [each.partition(": ")[0] for each in told] == ["2:1", "2:24", "34:40", "48:5"]


def test_without_jumps_a_later_step_has_no_outputs_yet(shop: Path) -> None:
    text = GOOD.replace("    onSuccess:", "    x-old:")
    assert complaints(shop, text.replace("{email: $inputs.email", "{email: $steps.show.outputs.name")) == [
        (
            "28:17: workflows[0].steps[0].requestBody.payload.email: $steps.show.outputs.name: step 'show' comes later; name "
            "one that has run by then"
        )
    ]
    own = text.replace("- condition: $statusCode == 201", "- condition: $steps.add.outputs.id == 1")
    assert "these are the step's own outputs, which are not there yet" in complaints(shop, own)[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "1:1: this is a mapping with arazzo, info, sourceDescriptions, workflows, components"),
        ("- 5", "1:1: this is a mapping with arazzo, "),
        ("a: 1\na: 2", "2:1: not YAML: the key 'a' stands twice"),
        ("a: [1", "2:1: not YAML: while parsing a flow sequence that begins at 1:4, "),
        ("a: &x [*x]", "1:4: not YAML: this is a part of itself"),
        ("? [a]\n: 1", "1:3: not YAML: a key is a text"),
        ("a: " + "[" * 300 + "]" * 300, "not YAML: this is nested too deeply"),
        ("a: \x01", "not YAML: unacceptable character"),
    ],
)
def test_a_file_that_is_no_document_is_refused(shop: Path, text: str, says: str) -> None:
    assert says in complaints(shop, text)[0]


def test_a_file_that_is_not_there_is_told_as_such(shop: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_scenario(shop / "nobody.arazzo.yaml")


def test_a_file_that_is_no_text_is_refused(shop: Path) -> None:
    (shop / "bytes.arazzo.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(BrokenScenario, match="not YAML"):
        read_scenario(shop / "bytes.arazzo.yaml")


def test_json_is_read_too(shop: Path) -> None:
    text = msgspec.json.encode(yaml.safe_load(GOOD.replace("when: 2026-11-22", "when: now")))
    (shop / "good.arazzo.json").write_bytes(text)
    assert list(read_scenario(shop / "good.arazzo.json").workflows) == ["sign-up", "remove"]


# Other documents


OTHER = """\
arazzo: 1.0.1
info: {title: Other, version: '1'}
sourceDescriptions: [{name: base, url: good.arazzo.yaml, type: arazzo}]
workflows:
- workflowId: all
  dependsOn: [$sourceDescriptions.base.sign-up]
  steps:
  - stepId: a
    workflowId: $sourceDescriptions.base.sign-up
    parameters: [{name: email, value: a@example.com}]
    onFailure: [{name: off, type: goto, workflowId: $sourceDescriptions.base.remove}]
"""


def test_workflows_of_another_document_can_be_called(shop: Path) -> None:
    (shop / "other.arazzo.yaml").write_text(OTHER)
    scenario = read_scenario(shop / "other.arazzo.yaml")
    found, workflow = scenario.called("$sourceDescriptions.base.sign-up")
    assert (found.title, workflow.id) == ("Sign up", "sign-up")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    workflowId: $sourceDescriptions.base.sign-up", "    workflowId: $sourceDescriptions.base.signup", "9:5: workflows[0].steps[0].workflowId: base has no workflow 'signup' (did you mean 'sign-up'?); known: sign-up, remove"),
        ("[$sourceDescriptions.base", "[$sourceDescriptions.bse", "there is no source description 'bse' (did you mean 'base'?); known: base"),
        ("{name: email", "{name: emial", "workflow 'sign-up' has no input 'emial' (did you mean 'email'?)"),
        ("workflowId: $sourceDescriptions.base.sign-up", "operationId: get_customer", "there is no operation 'get_customer': no source description is an OpenAPI document"),
        ("good.arazzo.yaml, type: arazzo", "shop.yaml", "base is no Arazzo document, in which there are workflows"),
    ],
)  # fmt: skip
def test_what_another_document_does_not_have_is_told(shop: Path, old: str, new: str, says: str) -> None:
    told = complaints(shop, OTHER.replace(old, new, 1))
    assert any(says in each for each in told), told


def test_mistakes_of_another_document_are_told_with_its_file(shop: Path) -> None:
    (shop / "base.arazzo.yaml").write_text(GOOD.replace("arazzo: 1.0.1", "arazzo: 3"))
    told = complaints(shop, OTHER.replace("good.arazzo", "base.arazzo"))
    assert (
        told
        == [
            "FOLDER/base.arazzo.yaml:1:1: arazzo: Expected `str`, got `int`",
            "3:34: sourceDescriptions[0].url: base.arazzo.yaml is broken",
        ]
        or "FOLDER/base.arazzo.yaml:1:1: arazzo: Expected `str`, got `int`" in told
    )


@pytest.mark.parametrize(
    "url",
    [
        "contracts/kounta.yaml",
        "../anywhere/contracts/kounta.yaml",
        "http://127.0.0.1:8900/__admin/contracts/kounta.yaml",
    ],
)
def test_one_of_our_contracts_is_found_by_the_end_of_its_address(shop: Path, url: str) -> None:
    text = OTHER.replace("good.arazzo.yaml, type: arazzo", url).replace(
        "  dependsOn: [$sourceDescriptions.base.sign-up]\n", ""
    )
    text = text.replace("workflowId: $sourceDescriptions.base.sign-up", "operationId: get_my_company")
    text = text.replace("    parameters: [{name: email, value: a@example.com}]\n", "").replace(
        "goto, workflowId: $sourceDescriptions.base.remove", "end"
    )
    (shop / "ours.arazzo.yaml").write_text(text)
    (step,) = read_scenario(shop / "ours.arazzo.yaml").workflows["all"].steps
    assert step.operation
    assert step.operation.operation
    assert step.operation.contract
    assert step.operation.contract.api == "kounta"
    assert step.operation.operation.path == step.operation.server + step.operation.path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("openapi: 3.1.0\npaths: {/a: {get: {operationId: a, parameters: [{$ref: '#/x/y'}]}}}", "base refers at get /a to something that it does not have: 'x'"),
        ("openapi: 3.1.0\npaths: [", "not YAML"),
        ("swagger: '2.0'", "is no OpenAPI 3 document"),
        ("openapi: 3.1.0\nx-vendor: me\npaths: 5", "not a contract"),
    ],
)  # fmt: skip
def test_an_api_description_that_is_broken_is_told(shop: Path, text: str, says: str) -> None:
    (shop / "api.yaml").write_text(text)
    told = complaints(
        shop,
        OTHER.replace("good.arazzo.yaml, type: arazzo", "api.yaml").replace(
            "workflowId: $sourceDescriptions.base.sign-up", "operationId: a", 1
        ),
    )
    assert any(says in each for each in told), told


# Whatever is in a file, it is read or refused


DOCUMENT = yaml.safe_load(GOOD.replace("when: 2026-11-22", "when: now"))


@settings(max_examples=150 * EFFORT, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(alterations(DOCUMENT))
def test_any_document_is_read_or_refused(shop: Path, odd: list[tuple[Place, Any]]) -> None:
    file = shop / "odd.arazzo.yaml"
    file.write_bytes(msgspec.json.encode(altered(DOCUMENT, odd)))
    try:
        read_scenario(file)
    except BrokenScenario as broken:
        told = broken.complaints
    else:
        return
    assert told
    assert all(each.startswith(f"{file}:1:") for each in told)


def test_nothing_is_kept_of_a_file_that_has_changed(shop: Path, tmp_path: Path) -> None:
    for name in ("shop.yaml", "good.arazzo.yaml"):
        shutil.copy(shop / name, tmp_path / name)
    read_scenario(tmp_path / "good.arazzo.yaml")
    (tmp_path / "shop.yaml").write_text(SHOP.replace("add_customer", "make_customer"))
    with pytest.raises(BrokenScenario, match="shop has no operation 'add_customer'"):
        read_scenario(tmp_path / "good.arazzo.yaml")
