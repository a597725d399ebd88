"""People and records from a seed: the same ones every time, everywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from mockserver.app import build
from mockserver.fixture import BrokenFixture, Drawn, Fixture, read_fixture
from mockserver.people import Cast, Person
from mockserver.redaction import to_json
from mockserver.world import World
from tests.appclient import AppClient

DIGEST = """
import hashlib, msgspec
from mockserver.app import build
from mockserver.fixture import read_fixture
from mockserver.redaction import to_json
collections = build(read_fixture("default")).sandboxes.get("default").ledger.collections
kept = {name: [to_json(record) for record in collection] for name, collection in collections.items()}
print(hashlib.sha256(msgspec.json.encode(kept)).hexdigest())
"""
ROOT = Path(__file__).parent.parent
LOCALES = ["en_GB", "en_AU", "en_US", "it_IT", "de_DE", "fr_FR", "es_MX", "ja_JP"]


def cast(seed: int = 1, count: int = 100, locales: tuple[str, ...] = ("en_GB", "en_AU")) -> Cast:
    return Cast(seed, count, locales, Fixture().until, {})


def records(world: World, sandbox: str = "default") -> dict[str, Any]:
    found = world.sandboxes.get(sandbox)
    assert found is not None
    return {name: [to_json(record) for record in kept] for name, kept in found.ledger.collections.items()}


def digest(world: World) -> str:
    return hashlib.sha256(msgspec.json.encode(records(world))).hexdigest()


def test_one_seed_makes_the_same_records_in_every_process(world: World) -> None:
    def elsewhere(hash_seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", DIGEST]
        return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout.strip()

    fresh = build(read_fixture("default"))
    assert {elsewhere("1"), elsewhere("2")} == {digest(fresh)}
    assert records(world, world.sandboxes.create().name) == records(fresh)


DRAWN = {
    "webcommander.orders": 21,
    "spurtcommerce.orders": 15,
    "spurtcommerce.order_products": 23,
    "spurtcommerce.product_views": 15,
    "spurtcommerce.visits": 16,
    "spurtcommerce.seller_orders": 10,
}
"""What is drawn for people beside themselves."""


def test_another_seed_makes_other_people_and_leaves_the_named_ones() -> None:
    fixture = read_fixture("default")
    one, other = (records(build(msgspec.structs.replace(fixture, seed=seed))) for seed in (1, 2))
    assert one != other
    for name in one:
        differing = [record["id"] for record, twin in zip(one[name], other[name], strict=True) if record != twin]
        assert len(differing) == (50 if name.endswith(".customers") else DRAWN.get(name, 0)), name


@pytest.mark.parametrize("count", [1, 10, 1000])
def test_a_person_is_the_same_however_many_are_drawn(count: int) -> None:
    assert [*cast(count=count)] == [*islice(cast(count=2000), count)]


def test_people_are_drawn_again_the_same_and_counted() -> None:
    people = cast(count=20)
    assert [*people] == [*people]
    assert people.drawn == 40


def test_nobody_is_drawn_where_nobody_is_asked_for() -> None:
    assert [*cast(count=0, locales=("not a locale",))] == []


def test_random_numbers_depend_on_seed_and_purpose() -> None:
    first = cast().random("a").random()
    assert first == cast(count=5).random("a").random()
    assert first != cast().random("b").random()
    assert first != cast(seed=2).random("a").random()


def test_no_two_people_share_an_email_and_all_live_at_example_domains() -> None:
    emails = [person.email for person in cast(count=2000, locales=tuple(LOCALES))]
    assert len(set(emails)) == len(emails)
    assert {email.rpartition("@")[2] for email in emails} == {"example.com", "example.net", "example.org"}


def test_people_differ_in_more_than_their_email() -> None:
    people = [*cast(count=200)]
    for name in ("first_name", "last_name", "street", "city", "postcode"):
        assert len({getattr(person, name) for person in people}) > 50
    assert {person.country for person in people} == {"GB", "AU"}
    assert 30 < sum(1 for person in people if person.company) < 90
    assert 100 < sum(1 for person in people if person.last_login) < 180


def test_what_happened_to_people_happened_in_order_and_before_the_fixtures_moment() -> None:
    until = Fixture().until
    for person in cast(count=500):
        assert person.registered < until
        assert person.last_login is None or person.registered <= person.last_login.replace(microsecond=999999) < until


def test_telephones_are_those_kept_for_fiction() -> None:
    for person in cast(count=200):
        fictional = ("+44 1632 960", "+44 7700 900", "+61 2 5550 0", "+61 491 570 ")
        assert person.phone.startswith(fictional)
        assert person.mobile.startswith(fictional)


@pytest.mark.parametrize("locale", LOCALES)
def test_seeded_customers_meet_the_contract(locale: str) -> None:
    """Every customer as the vendor shows her, against the schema of what it shows."""
    fixture = msgspec.structs.replace(read_fixture("documented"), drawn=Drawn(count=400, locales=(locale,)))
    world = build(fixture)
    credential = world.api("open2b").dialect.credentials(world.sandboxes.get("default").subjects["open2b"])[0]  # type: ignore[union-attr]
    components = world.api("open2b").contract.document["components"]
    schema = {"$ref": "#/components/schemas/FoundCustomers", "components": components}
    with AppClient(world.app, headers=credential.headers) as client:
        reply = client.post("/api/v13/commerce.customers.find", content=b"{}")
    assert reply.status_code == 200, reply.text
    assert len(reply.json()["customers"]) == 405
    assert [error.message for error in jsonschema_rs.Draft202012Validator(schema).iter_errors(reply.json())] == []


def test_the_same_people_are_drawn_in_every_process() -> None:
    """Also where Faker has put something together from a set, whose order is another one in each process."""
    program = (
        "import sys; from mockserver.people import Cast; from datetime import datetime, UTC;"
        "print([*Cast(1, 200, sys.argv[1:], datetime(2026, 1, 1, tzinfo=UTC), {})])"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program, *LOCALES],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


@pytest.mark.parametrize("locale", ["xx_XX", "es_CL"])
def test_a_locale_without_people_is_refused_by_name(locale: str) -> None:
    fixture = msgspec.structs.replace(read_fixture("documented"), drawn=Drawn(count=1, locales=(locale,)))
    with pytest.raises(BrokenFixture, match=rf"drawn\.locales: Faker has no people of the locale {locale}: "):
        build(fixture)


def test_progress_is_told_for_every_vendor() -> None:
    told: list[tuple[int, int]] = []
    fixture = msgspec.structs.replace(read_fixture("documented"), drawn=Drawn(count=2500))
    world = build(fixture, progress=lambda done, of: told.append((done, of)))
    whole = 2500 * len(world.vendors)
    assert {of for _, of in told} == {whole}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) == whole // 1000 or len(told) == whole // 1000 + 1


def test_a_person_is_a_value() -> None:
    first, again = (next(iter(cast(count=1))) for _ in range(2))
    assert isinstance(first, Person)
    assert first == again
    with pytest.raises(AttributeError):
        first.email = ""  # type: ignore[misc]
