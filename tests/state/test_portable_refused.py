"""Documents that no snapshot can be made of: refused with place and reason, and with both versions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.app import build, known_vendors
from mockserver.documents import BadDocument, Broken, Incompatible
from mockserver.fixture import read_fixture
from mockserver.sandbox import Sandbox
from tests.state.portable_documents import again, written
from tests.webhooks.bell import bell

HERE = f"mockserver {mockserver.__version__}"
CUSTOMERS = "open2b.customers"
Document = dict[str, Any]


def alter(document: Document, collection: str, **more: Any) -> None:
    document["collections"][collection].update(more)


def record(document: Document, at: int = 0, collection: str = CUSTOMERS) -> Document:
    found: Document = document["collections"][collection]["records"][at]
    return found


def repeat(document: Document, field: str) -> None:
    record(document, 1)[field] = record(document, 2)[field]


def rename_code(document: Document) -> None:
    """As if another version had called it so."""
    document["mockserver"], document["shapes"][CUSTOMERS] = "0.2.0", "0"
    first = record(document)
    first["nickname"] = first.pop("code")


Alteration = Callable[[Document], object]
PLACE = f"collections.{CUSTOMERS}"

BROKEN: dict[str, tuple[Alteration, str]] = {
    "another format": (lambda it: it.update(format="pod"), "its format is 'pod' where 'mockserver-snapshot' is meant"),
    "no format": (lambda it: it.pop("format"), "its format is '' where 'mockserver-snapshot' is meant"),
    "a missing key": (lambda it: it.pop("seed"), "Object missing required field `seed`"),
    "an unknown key": (lambda it: it.update(note=1), "unknown key 'note'; known: format, version"),
    "a wrong type": (lambda it: it.update(seed="1"), "seed: Expected `int`, got `str`"),
    "an instant without zone": (lambda it: it.update(savedAt="2026-01-01T00:00:00"), "savedAt: Expected `datetime`"),
    "no key counter": (lambda it: it["collections"][CUSTOMERS].pop("lastKey"), "required field `lastKey`"),
    "a negative key counter": (lambda it: alter(it, CUSTOMERS, lastKey=-1), "lastKey: Expected `int` >= 0"),
    "a low key counter": (
        lambda it: alter(it, CUSTOMERS, lastKey=5),
        f"{PLACE}.lastKey: 5 is less than the key 70371 of a record",
    ),
    "records of a wrong type": (
        lambda it: record(it, 3).update(group="3"),
        f"{PLACE}.records[3].group: Expected `int`, got `str`",
    ),
    "nested values of a wrong type": (
        lambda it: record(it, 3)["billing_address"].update(city=None),
        f"{PLACE}.records[3].billing_address.city: Expected `str`, got `null`",
    ),
    "an incomplete record": (lambda it: record(it, 2).pop("locale"), f"{PLACE}.records[2]: Object missing"),
    "a stranger in a record": (
        lambda it: record(it, 2).update(nickname="Sherry"),
        f"{PLACE}.records[2]: unknown key 'nickname'; known: id, code",
    ),
    "a stranger deep in a record": (
        lambda it: record(it, 2)["billing_address"].update(planet="Earth"),
        f"{PLACE}.records[2]: unknown key 'billing_address.planet'; known: firstName",
    ),
    "no record": (lambda it: alter(it, CUSTOMERS, records=[7]), f"{PLACE}.records[0]: Expected `object`, got `int`"),
    "two of one key": (lambda it: repeat(it, "id"), f"{PLACE}: two records have the key 1002"),
    "two of one code": (lambda it: repeat(it, "code"), f"{PLACE}: two records have the code 'C000002', one is "),
    "a collection without records": (
        lambda it: it["collections"].pop(CUSTOMERS),
        f"{CUSTOMERS} is in only one of shapes and collections",
    ),
    "records that have no shape": (
        lambda it: it["collections"].update(extra={"lastKey": 0, "records": []}),
        "extra is in only one of shapes and collections",
    ),
}

INCOMPATIBLE: dict[str, tuple[Alteration, str]] = {
    "a newer format": (
        lambda it: it.update(version=2, mockserver="3.0.0", encrypted=True),
        f"it is of version 2 of the format, made by mockserver 3.0.0; {HERE} reads version 1",
    ),
    "no version": (lambda it: it.update(version=0), "it is of version 0 of the format"),
    "other fields": (
        rename_code,
        f"made by mockserver 0.2.0, read by {HERE}: {CUSTOMERS} have other fields: there also nickname, here also code",
    ),
    "other types": (
        lambda it: it["shapes"].update({CUSTOMERS: "0", "kounta.customers": "0"}),
        "kounta.customers have other fields: of other types; open2b.customers have other fields: of other types",
    ),
    "other fields of no record": (
        lambda it: it["shapes"].update({"sandbox.clock": "0"}),
        f"{HERE}: sandbox.clock have other fields",
    ),
    "one more collection": (
        lambda it: it["shapes"].update({"open2b.coupons": "0"}),
        "it has also the collections open2b.coupons",
    ),
    "a collection less": (lambda it: it["shapes"].pop(CUSTOMERS), f"it lacks the collections {CUSTOMERS}"),
}


@pytest.mark.parametrize(("alteration", "says"), BROKEN.values(), ids=BROKEN)
def test_a_broken_document_is_refused_with_place_and_reason(
    sandbox: Sandbox, alteration: Alteration, says: str
) -> None:
    assert says in refusal(sandbox, alteration, Broken)


@pytest.mark.parametrize(("alteration", "says"), INCOMPATIBLE.values(), ids=INCOMPATIBLE)
def test_an_incompatible_document_is_refused_with_both_versions(
    sandbox: Sandbox, alteration: Alteration, says: str
) -> None:
    message = refusal(sandbox, alteration, Incompatible)
    assert says in message
    assert HERE in message


def refusal(sandbox: Sandbox, alteration: Alteration, error: type[BadDocument]) -> str:
    document = json.loads(written(sandbox.save(), sandbox))
    alteration(document)
    with pytest.raises(error) as refused:
        again(json.dumps(document).encode(), sandbox)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not JSON: Input data was truncated"),
        (b"{", "not JSON: Input data was truncated"),
        (b'{\n "format": nul}', "not JSON: invalid character near line 2, byte 16"),
        (b"{} {}", "Object missing required field `format`"),
        (b'"\xff"', "Expected `object`, got `str`"),
        (b"[" * 100_000, "Expected `object`, got `array`"),
        (b'{"shapes":' + b"[" * 100_000, "shapes: Expected `object`, got `array`"),
        (b'{"collections":{"a":{"records":[' + b"[" * 100_000, "not JSON that can be read: nested too deep"),
        (b"PK\x03\x04", "not JSON: invalid character near line 1, byte 1"),
    ],
)
def test_what_is_no_json_is_refused_with_the_place(sandbox: Sandbox, text: bytes, says: str) -> None:
    with pytest.raises(Broken) as refused:
        again(text, sandbox)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("locale", "says"),
    [
        (b"\\ud800", "not JSON: unexpected end of hex escape near line "),
        (b"\xff", f"{PLACE}.records[0]: not JSON: 'utf-8' codec can't decode byte 0xff"),
        (b'de","locale":"', f'{PLACE}.records[0]: the key "locale" stands twice in one object'),
    ],
)
def test_a_record_that_means_no_one_thing_is_refused(sandbox: Sandbox, locale: bytes, says: str) -> None:
    document = written(sandbox.save(), sandbox)
    with pytest.raises(Broken) as refused:
        again(document.replace(b'"locale":"', b'"locale":"' + locale, 1), sandbox)
    assert says in str(refused.value)


@pytest.mark.parametrize("served_there", [True, False])
def test_documents_of_other_vendors_are_refused_with_their_names(
    sandbox: Sandbox, tmp_path: Path, *, served_there: bool
) -> None:
    vendors = [*known_vendors().values(), bell(tmp_path)]
    more = next(iter(build(read_fixture("documented"), vendors).sandboxes))
    there, here = (more, sandbox) if served_there else (sandbox, more)
    with pytest.raises(Incompatible) as refused:
        again(written(there.save(), there), here)
    says = "it has bell, not served here; served: " if served_there else "it lacks bell, served here; it has: "
    assert f"{says}kounta, open2b, sandbox, spurtcommerce, webcommander" in str(refused.value)
