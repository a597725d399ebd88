"""Which operation answers, and who speaks where none does."""

from __future__ import annotations

import pytest

from mockserver.sandbox import Sandbox
from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.toys import Make


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/cups", "/cups/v", "/cupsv1/cups", "/@default/nowhere", "/@default"]
)
def test_a_path_that_no_contract_has_is_a_problem_that_names_the_bases(
    shelf: AppClient, sandbox: Sandbox, path: str
) -> None:
    reply = shelf.get(path)
    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
    assert reply.json()["known"] == ["/cups/v1", "/__admin"]
    [noted] = sandbox.journal
    assert (noted.method, noted.vendor, noted.operation, noted.status) == ("GET", "", None, 404)


@pytest.mark.parametrize(
    "path", ["/cups/v1", "/cups/v1/", "/cups/v1/mugs", "/cups/v1/cups/1/2", "/cups/v2/cups", "/cups/v1/cups/"]
)
def test_an_unknown_path_of_a_vendor_is_refused_in_its_words(shelf: AppClient, sandbox: Sandbox, path: str) -> None:
    reply = shelf.get(path)
    assert (reply.status_code, reply.json()) == (404, {"row": "path-unknown", "text": "nothing is there"})
    assert shelf.get(path, headers={"X-Cups": ""}).json()["row"] == "path-unknown"
    assert next(iter(sandbox.journal)).operation is None


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "/cups", "GET, HEAD, POST"),
        ("PATCH", "/cups/1", "GET, HEAD, DELETE"),
        ("OPTIONS", "/cups", "GET, HEAD, POST"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(
    shelf: AppClient, method: str, path: str, allow: str
) -> None:
    reply = shelf.request(method, f"/cups/v1{path}", headers={"X-Cups": ""})
    assert (reply.status_code, reply.json()["row"]) == (405, "method-wrong")
    assert sorted(reply.headers["allow"].split(", ")) == sorted(allow.split(", "))


def test_head_is_get_without_the_body(shelf: AppClient) -> None:
    whole, head = (shelf.request(method, "/cups/v1/cups?size=1") for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))


# Path items with servers of their own


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/pots/door/sign-in", 302),
        ("POST", "/pots/door//sign-in", 404),
        ("POST", "/pots/v1/sign-in", 404),
        ("POST", "/pots/v1/pots/door/sign-in", 404),
        ("GET", "/pots/door/sign-in", 405),
    ],
)
def test_a_path_with_servers_of_its_own_is_there_and_not_at_the_contracts(
    kitchen: AppClient, method: str, path: str, status: int
) -> None:
    reply = kitchen.request(method, path)
    assert reply.status_code == status
    assert reply.headers.get("allow") == ("POST" if status == 405 else None)


def test_a_template_with_servers_of_its_own_is_there_and_not_at_the_contracts(brew: Make) -> None:
    paths = pots.paths()
    paths["/pots/{id}"]["servers"] = [{"url": "/pots/v1/yard"}]
    with pots.client(brew({"paths": paths})) as kitchen:
        assert kitchen.get("/pots/v1/yard/pots/7").json()["path"] == {"id": "7"}
        assert kitchen.get("/pots/v1/pots/7").status_code == 404
        assert kitchen.get("/pots/v1/pots/7/lid").status_code == 302
