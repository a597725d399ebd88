"""What a fixture may not say of a company at Kounta; each refusal tells where and what would be right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mockserver.app import build, choose_vendors
from mockserver.fixture import BrokenFixture, read_fixture

PEOPLE = """
  ann: &ann {first_name: Ann, last_name: Lee, email: ann@example.com, street: 1 High Street, city: Leeds,
             postcode: LS1 1AA, mobile: '07700900001', registered: 2020-01-01T00:00:00Z}
  bob: {<<: *ann, first_name: Bob}
  blank: {<<: *ann, first_name: ' '}
  lost: {<<: *ann, country: XX}
"""
TOKEN = "0123456789abcdef" * 2 + "01234567"
BARE = "{name: one, client_id: a, client_secret: s, signature_token: v}"
APP = BARE.replace("}", f", access_token: '{TOKEN}'}}")


def fixture(folder: Path, section: str) -> str:
    file = folder / "mine.yaml"
    file.write_text(f"named: {PEOPLE}\nvendors: {{kounta: {{{section}}}}}\n", encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("section", "says"),
    [
        (
            "customers: [{person: eve, id: 1}]",
            "vendors.kounta.customers: nobody is named eve; known: ann, bob, blank, lost",
        ),
        ("customers: [{person: blank, id: 1}]", "blank has no first_name, without which nobody is a customer"),
        ("customers: [{person: ann, id: 1}, {person: bob, id: 1}]", "two customers have the id 1"),
        ("customers: [{person: ann, id: 1}, {person: bob, id: 2}]", "bob: mobile '07700900001' belongs to customer 1"),
        ("customers: [{person: lost, id: 1}]", "named.lost: country: 'XX' is no two-letter code"),
        (
            f"applications: [{APP}], customers: [{{person: ann, id: 1, reference_ids: {{two: X}}}}]",
            "ann: there is no application called two; known: one",
        ),
        (f"applications: [{APP}, {APP}]", "applications: one: name and client_id must differ from those of one"),
        (
            f"applications: [{APP}, {APP.replace('one', 'two').replace('id: a', 'id: b')}]",
            "two: another application has the same token",
        ),
        (
            "applications: [" + BARE.replace("}", ", redirect_uris: ['ftp://x']}]"),
            "one: 'ftp://x' is not an http or https URL",
        ),
        ("company: {address: {country: XX}}", "company.address: country: 'XX' is no two-letter code"),
        ("compny: {}", "vendors.kounta: unknown key 'compny' (did you mean 'company'?); known: company, applications"),
    ],
)
def test_a_section_is_refused_with_its_place_and_what_would_be_right(tmp_path: Path, section: str, says: str) -> None:
    name = fixture(tmp_path, section)
    with pytest.raises(BrokenFixture) as broken:
        build(read_fixture(name), choose_vendors(["kounta"]))
    assert re.match(rf"{re.escape(name)}:\d+:\d+: ", str(broken.value))
    assert says in str(broken.value)


def test_applications_need_no_tokens(tmp_path: Path) -> None:
    section = f"applications: [{BARE}], customers: [{{person: ann, id: 1}}]"
    world = build(read_fixture(fixture(tmp_path, section)), choose_vendors(["kounta"]))
    restaurant = next(iter(world.sandboxes)).subjects["kounta"]
    assert [token.token for token in restaurant.access_tokens] == []
    assert [credential.name for credential in world.api("kounta").dialect.credentials(restaurant)] == ["one"]
