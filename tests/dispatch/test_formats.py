"""The format of a reply: by the path's suffix, else by what the client accepts."""

from __future__ import annotations

import pytest

from tests.appclient import AppClient
from tests.dispatch import pots
from tests.dispatch.toys import Make


@pytest.mark.parametrize(
    ("path", "operation", "parameters", "suffix"),
    [
        ("/pots", "find_pots", {}, ""),
        ("/pots.json", "find_pots", {}, ".json"),
        ("/pots.csv", "find_pots", {}, ".csv"),
        ("/pots/7", "get_pot", {"id": "7"}, ""),
        ("/pots/7.json", "get_pot", {"id": "7"}, ".json"),
        ("/pots/7.csv", "get_pot", {"id": "7"}, ".csv"),
        ("/pots/tea.json.csv", "get_pot", {"id": "tea.json"}, ".csv"),
        ("/pots/tea.pot", "get_pot", {"id": "tea.pot"}, ""),
        ("/pots/tea.jsonl", "get_pot", {"id": "tea.jsonl"}, ""),
        ("/pots/teajson", "get_pot", {"id": "teajson"}, ""),
        ("/pots/7.JSON", "get_pot", {"id": "7.JSON"}, ""),
        ("/pots/.json", "get_pot", {"id": ".json"}, ""),
    ],
)
def test_a_suffix_that_names_a_format_is_no_part_of_the_path(
    kitchen: AppClient, path: str, operation: str, parameters: dict[str, str], suffix: str
) -> None:
    heard = kitchen.get(f"/pots/v1{path}").json()
    assert (heard["operation"], heard["path"], heard["suffix"]) == (operation, parameters, suffix)


@pytest.mark.parametrize("suffix", ["", ".json", ".csv"])
@pytest.mark.parametrize("id", ["7", "7.json"])
def test_only_the_end_of_a_path_may_name_a_format(kitchen: AppClient, id: str, suffix: str) -> None:
    reply = kitchen.get(f"/pots/v1/pots/{id}/lid{suffix}", headers={"Accept": "*/*" if suffix == "" else "image/png"})
    assert (reply.status_code, reply.headers["location"]) == (302, f"http://127.0.0.1/pots/v1/lids/{id}")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PATCH", "/pots.json", {"GET", "HEAD", "POST"}),
        ("POST", "/pots/7.json", {"GET", "HEAD", "DELETE"}),
        ("PUT", "/pots/7/lid.csv", {"GET", "HEAD"}),
    ],
)
def test_a_method_that_a_path_does_not_have_it_has_with_no_suffix_either(
    kitchen: AppClient, method: str, path: str, allow: set[str]
) -> None:
    reply = kitchen.request(method, f"/pots/v1{path}")
    assert (reply.status_code, reply.json()["row"]) == (405, "method-wrong")
    assert set(reply.headers["allow"].split(", ")) == allow


@pytest.mark.parametrize(
    "path", ["/nowhere.json", "/pots.xml", "/pots.json/", "/pots.json.csv", "/pots.jsonl", "/potsjson", "/pots.json/7"]
)
def test_a_suffix_makes_no_path_of_one_that_is_unknown(kitchen: AppClient, path: str) -> None:
    reply = kitchen.get(f"/pots/v1{path}")
    assert (reply.status_code, reply.json()["text"]) == (404, f"nothing is at /pots/v1{path}")


@pytest.mark.parametrize("path", ["/pots", "/pots/7"])
@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("text/csv", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("*/*", 200),
        ("text/*", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/json;q=0, */*", 200),
        ("text/html", 406),
        ("image/*, text/html", 406),
        ("application/json;q=0", 406),
        ("application/json;q=0, text/csv;q=0.0, */*", 406),
        ("application/*;q=0, text/*;q=0, */*;q=1", 406),
        ("*/*;q=0", 406),
        ("*/*;q=0, text/csv;q=0.001", 200),
        ("application/json;q=very", 200),
        ("json", 406),
        ("", 406),
    ],
)
def test_without_a_suffix_the_client_accepts_one_of_the_formats(
    kitchen: AppClient, path: str, accept: str, status: int
) -> None:
    assert kitchen.get(f"/pots/v1{path}", headers={"Accept": accept}).status_code == status


@pytest.mark.parametrize(
    ("formats", "known"),
    [
        ({"json": "application/json"}, "application/json"),
        ({"csv": "text/csv", "json": "application/json"}, "text/csv, application/json"),
    ],
)
@pytest.mark.parametrize(("accept", "given"), [("image/png, text/html;q=0.5",) * 2, ("", "nothing"), (None, "nothing")])
def test_a_client_that_accepts_no_format_is_told_what_it_said_and_what_there_is(
    brew: Make, formats: dict[str, str], known: str, accept: str | None, given: str
) -> None:
    with pots.client(brew({"x-formats": formats})) as kitchen:
        del kitchen.headers["accept"]
        reply = kitchen.get("/pots/v1/pots", headers={} if accept is None else {"Accept": accept})
    assert (reply.status_code, reply.json()) == (406, {"row": "format-wrong", "text": f"{given} is none of {known}"})


@pytest.mark.parametrize("path", ["/pots.json", "/pots/7.csv"])
@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", ""])
def test_with_a_suffix_it_is_all_one_what_the_client_accepts(kitchen: AppClient, path: str, accept: str) -> None:
    assert kitchen.get(f"/pots/v1{path}", headers={"Accept": accept}).status_code == 200


def test_a_format_is_refused_before_parameters_and_after_the_credential(kitchen: AppClient) -> None:
    headers = {"Accept": "image/png", "X-Spouts": "none"}
    assert kitchen.get("/pots/v1/pots", headers=headers).json()["row"] == "format-wrong"
    assert kitchen.get("/pots/v1/pots", headers={**headers, "X-Pots": ""}).json()["row"] == "key-missing"


@pytest.mark.parametrize("accept", ["image/png", "*/*;q=0", None])
def test_a_path_may_have_no_formats_where_the_others_have_some(kitchen: AppClient, accept: str | None) -> None:
    del kitchen.headers["accept"]
    headers = {} if accept is None else {"Accept": accept}
    assert kitchen.get("/pots/v1/health", headers=headers).json()["suffix"] == ""
    assert kitchen.get("/pots/v1/health.json", headers=headers).json()["row"] == "path-unknown"


def test_a_path_may_have_formats_where_the_others_have_none(brew: Make) -> None:
    paths = pots.paths()
    paths["/health"]["x-formats"] = {"txt": "text/plain"}
    with pots.client(brew({"x-formats": {}, "paths": paths})) as kitchen:
        kitchen.headers["accept"] = "image/png"
        assert kitchen.get("/pots/v1/pots").status_code == 200
        assert kitchen.get("/pots/v1/pots.json").status_code == 404
        assert kitchen.get("/pots/v1/health").json()["text"] == "image/png is none of text/plain"
        assert kitchen.get("/pots/v1/health.txt").json()["suffix"] == ".txt"
