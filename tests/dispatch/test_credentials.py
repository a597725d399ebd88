"""Who may ask."""

from __future__ import annotations

import pytest

from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.toys import Make


def test_without_a_credential_nothing_is_answered(make: Make) -> None:
    with AppClient(make().app) as shop:
        assert shop.get("/cups/v1/cups?size=1").json() == {"row": "key-missing", "text": "no key"}
        assert shop.get("/cups/v1/nowhere").json()["row"] == "key-missing"


# Public operations


@pytest.mark.parametrize(
    ("security", "public"),
    [([], True), (None, False), ([{"key": []}], False), ([{}], False), ([{"key": []}, {}], False)],
)
def test_an_operation_is_public_where_its_security_is_empty(
    brew: Make,
    security: list[dict[str, list[str]]] | None,
    public: bool,  # noqa: FBT001
) -> None:
    paths = pots.paths()
    del paths["/health"]["get"]["security"]
    if security is not None:
        paths["/health"]["get"]["security"] = security
    world = brew({"paths": paths})
    assert world.apis[0].contract.operations["get_health"].public == public
    with AppClient(world.app) as kitchen:
        assert kitchen.get("/pots/v1/health").status_code == (200 if public else 403)


def test_beside_public_operations_a_credential_is_needed_as_ever(kitchen: AppClient) -> None:
    del kitchen.headers["x-pots"]
    assert kitchen.get("/pots/v1/health").status_code == 200
    assert kitchen.post("/pots/door/sign-in").status_code == 302
    for path in ("pots", "pots/7", "nowhere"):
        assert kitchen.get(f"/pots/v1/{path}").json()["row"] == "key-missing"
