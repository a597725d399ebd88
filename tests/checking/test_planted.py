"""A deliberately broken copy of the fake is told from the unbroken one, by what its replies say and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from tests.checking.broken import Answered, Ask, Asked, Fault, served

KOUNTA = "/v1/companies/5678/customers"
CREDENTIAL = (
    "Basic Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRhV1E6Ylc5amEzTmxjblpsY2kxcmIzVnVkR0V0WVdSa2IyNHRjMlZqY21WMA=="
)
"""Of the fixture."""


def check(url: str, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments, "--url", url, "--seed", "1"], prog_name="mockserver")


def is_one(asked: Asked) -> bool:
    """Whether a request is for one customer."""
    return asked.method == "GET" and re.fullmatch(rf"{KOUNTA}/\d+", asked.path) is not None


async def valid_is_refused(asked: Asked, ask: Ask) -> Answered:
    if is_one(asked):
        said = {"error": "bad_request", "error_description": "X-Page must be an integer"}
        return Answered(400, (await ask(asked)).headers).saying(said)
    return await ask(asked)


async def field_is_missing(asked: Asked, ask: Ask) -> Answered:
    return without(await ask(asked), "email") if is_one(asked) else await ask(asked)


def without(answered: Answered, field: str) -> Answered:
    said = answered.json()
    said.pop(field, None)
    return answered.saying(said)


async def type_is_wrong(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    if is_one(asked) and answered.status == 200:
        return answered.saying({**answered.json(), "id": str(answered.json()["id"])})
    return answered


async def word_is_new(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    if asked.path.endswith("/webhooks") and answered.status == 201:
        return answered.saying({**answered.json(), "topic": "customers/merged"})
    return answered


async def redirect_is_followed(asked: Asked, ask: Ask) -> Answered:
    """As a web framework does it that answers with what it has found."""
    answered = await ask(asked)
    if asked.path == KOUNTA and answered.status == 302:
        pages = {"x-page": "0", "x-pages": "1", "content-type": "application/json"}
        return Answered(200, {**answered.headers, **pages}, b"[]")
    return answered


async def redirect_leads_nowhere(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    if answered.status == 302:
        answered.headers["location"] = ""
    return answered


async def anybody_may(asked: Asked, ask: Ask) -> Answered:
    return await ask(replace(asked, headers={**asked.headers, "authorization": CREDENTIAL}))


def forgetting() -> Fault:
    """Answers that it has made a customer, and does not know her afterwards."""
    forgotten: set[str] = set()

    async def forget(asked: Asked, ask: Ask) -> Answered:
        answered = await ask(asked)
        if asked.method == "POST" and asked.path == KOUNTA and answered.status == 201:
            forgotten.add(f"{KOUNTA}/{answered.json()['id']}")
        if asked.path in forgotten:
            id = asked.path.rpartition("/")[2]
            said = {"error": "not_found", "error_description": f"Customer {id} Not Found"}
            return Answered(404, answered.headers).saying(said)
        return answered

    return forget


async def phone_is_not_altered(asked: Asked, ask: Ask) -> Answered:
    """Whoever alters a customer is told that all is well, and her telephone stays what it was."""
    if asked.method == "PUT" and asked.path.startswith(f"{KOUNTA}/"):
        return await ask(replace(asked, body=asked.body.replace(b'"phone"', b'"telephone"')))
    return await ask(asked)


async def status_is_undeclared(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    return replace(answered, status=202) if is_one(asked) and answered.status == 200 else answered


async def header_is_bad(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    if "x-pages" in answered.headers:
        answered.headers["x-pages"] = "many"
    return answered


async def header_is_missing(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    answered.headers.pop("x-pages", None)
    return answered


async def media_type_is_wrong(asked: Asked, ask: Ask) -> Answered:
    answered = await ask(asked)
    if is_one(asked) and answered.status == 200:
        answered.headers["content-type"] = "text/plain"
    return answered


class Planted(NamedTuple):
    """A fault, where and how it is looked for, and the words that tell of it."""

    fault: Fault
    operations: tuple[str, ...]
    words: tuple[str, ...]
    phases: str = "examples"
    max_examples: int = 1


FIND, GET, CREATE, UPDATE = "find_customers", "get_customer", "create_customer", "update_customer"
PLANTED = {
    "wrong status": Planted(valid_is_refused, (GET,), ("Valid request refused", "X-Page must be an integer")),
    "missing field": Planted(field_is_missing, (GET,), ("Response violates schema", '"email" is a required property')),
    "wrong type": Planted(type_is_wrong, (GET,), ("Response violates schema", 'is not of type "integer"')),
    "extra enum value": Planted(
        word_is_new, ("create_webhook",), ("Response violates schema", '"customers/merged" is not one of')
    ),
    "lost redirect": Planted(
        redirect_is_followed, (FIND,), ("Redirect lost", "answered on the spot with 200"), phases="coverage"
    ),
    "lost Location": Planted(
        redirect_leads_nowhere, (FIND,), ("Redirect lost", "Location does not say where"), phases="coverage"
    ),
    "forgotten auth": Planted(anybody_may, (GET,), ("API accepts requests without authentication",)),
    "state not kept": Planted(forgetting(), (CREATE, GET), ("State not kept", "customer-not-found")),
    "change not kept": Planted(phone_is_not_altered, (UPDATE, GET), ("State not kept", "was sent phone")),
    "undeclared status": Planted(status_is_undeclared, (GET,), ("Undocumented status code", "Received: 202")),
    "bad header": Planted(
        header_is_bad, (FIND,), ("Response header does not conform", 'x-pages: "many" is not of type "integer"')
    ),
    "missing header": Planted(header_is_missing, (FIND,), ("Missing required response headers", "`X-Pages`")),
    "wrong content type": Planted(media_type_is_wrong, (GET,), ("Undocumented Content-Type", "Received: text/plain")),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(name: str) -> None:
    fault, operations, words, phases, max_examples = PLANTED[name]
    chosen = [argument for operation in operations for argument in ("--operation", operation)]
    with served(fault) as (url, _):
        result = check(url, "kounta", *chosen, "--phases", phases, "--max-examples", str(max_examples))
    assert result.exit_code == 1, result.output
    for word in words:
        assert word in result.stdout
    assert "curl -X " in result.stdout
    assert f"{url}/@" in result.stdout


def test_the_unbroken_copy_has_none_of_them() -> None:
    """Looked for where the faults are, and as they are."""
    with served() as (url, broken):
        for phases in {planted.phases for planted in PLANTED.values()}:
            operations = {
                each for planted in PLANTED.values() if planted.phases == phases for each in planted.operations
            }
            chosen = [argument for operation in sorted(operations) for argument in ("--operation", operation)]
            result = check(url, "kounta", *chosen, "--phases", phases, "--max-examples", "1")
            assert result.exit_code == 0, result.output
            assert "1 contract held" in result.stdout
    assert broken.asked
