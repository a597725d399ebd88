"""Answers from a recording, with no server behind."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from mockserver.har import Recorded, har_text
from mockserver.proxy.composing import Plan
from mockserver.proxy.messages import Asked, NoAnswer
from mockserver.proxy.replaying import Replay
from mockserver.sandbox import Sandbox
from mockserver.vendor import Api
from mockserver.world import World
from tests.proxy.examples import printed
from tests.proxy.proxying import proxying, violations
from tests.proxy.test_clean import APIS
from tests.proxy.test_violations import BASIC, JSON, ONE

SHOP = "https://shop.example"
ALL = "/v1/companies/5678/customers.json"


def recorded(  # noqa: PLR0913  an exchange has so many parts
    target: str,
    reply: object,
    *,
    method: str = "GET",
    body: bytes = b"",
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
) -> Recorded:
    return Recorded(
        method=method,
        url=SHOP + target,
        request_headers=(("Content-Type", "application/json"), ("Authorization", "Basic [redacted-1]")),
        request_body=body,
        status=status,
        reply_headers=(("Content-Type", "application/json"), *headers),
        reply_body=json.dumps(reply).encode(),
    )


def write(folder: Path, *exchanges: Recorded) -> Path:
    file = folder / "recorded.har"
    file.write_text(har_text(exchanges))
    return file


@pytest.mark.parametrize("name", APIS)
def test_a_recorded_session_is_played_as_it_was(
    name: str, upstream: str, world: World, sandbox: Sandbox, tmp_path: Path
) -> None:
    api, file = world.api(name), tmp_path / "session.har"
    own = api.dialect.credentials(sandbox.subjects[api.vendor])[0].headers
    requests = [*{each.operation: each for each in printed(api)}.values()]

    def play(plan: Plan) -> list[tuple[int, object]]:
        with proxying(plan) as proxy:
            replies = [
                proxy.client.request(each.method, each.target, headers={**own, **each.headers}, content=each.body)
                for each in requests
            ]
            assert proxy.traffic.broken == 0
            return [(each.status_code, each.headers.get("content-type")) for each in replies]

    live = play(Plan(api=name, upstream=upstream, record=file))
    assert play(Plan(api=name, replay=file)) == live


def test_an_answer_comes_from_the_recording_with_addresses_of_the_proxy(tmp_path: Path) -> None:
    headers = (
        ("Location", f"{SHOP}/v1/y"),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Date", "x"),
    )
    file = write(tmp_path, recorded("/x?a=1&b=2", {"a": 1}, status=302, headers=headers))
    with proxying(Plan(api="kounta", replay=file)) as proxy:
        reply = proxy.client.get("/x?b=2&a=1")
        assert (reply.status_code, reply.json(), reply.headers["location"]) == (302, {"a": 1}, f"{proxy.url}/v1/y")
        assert "content-encoding" not in reply.headers
        assert proxy.traffic.source == str(file)


def test_what_is_recorded_is_checked_like_anything_else(tmp_path: Path) -> None:
    file = write(tmp_path, recorded(ONE, {"error": "not_found"}, status=404))
    with proxying(Plan(api="kounta", replay=file)) as proxy:
        reply = proxy.client.get(ONE, headers=BASIC)
        assert [each["place"] for each in violations(reply)] == ["body.error_description"]
        assert [each["id"] for each in proxy.findings()] == ["reply-violation"]


def test_repeated_requests_are_answered_in_the_order_of_the_recording_and_the_last_answer_stays(tmp_path: Path) -> None:
    file = write(
        tmp_path, recorded("/x", 1), recorded("/y", "y"), recorded("/x", 2), recorded("/x", 2), recorded("/x", 3)
    )
    with proxying(Plan(api="kounta", replay=file)) as proxy:
        assert [proxy.client.get("/x").json() for _ in range(6)] == [1, 2, 2, 3, 3, 3]
        assert proxy.client.get("/y").json() == "y"


SAME = {
    "keys in another order": (b'{"a":1,"b":[true,null]}', b'{ "b": [true, null], "a": 1 }'),
    "whole numbers": (b'{"a":1}', b'{"a":1.0}'),
    "another password": (b'{"a":1,"password":"[redacted-7]"}', b'{"a":1,"password":"hunter2"}'),
    "no body": (b"", b""),
    "no JSON": (b"a=1&b=2", b"a=1&b=2"),
}
OTHER = {
    "another value": (b'{"a":1}', b'{"a":2}', "body.a: 2 instead of 1"),
    "another type": (b'{"a":1}', b'{"a":true}', "body.a: true instead of 1"),
    "a missing value": (b'{"a":1,"b":2}', b'{"a":1}', "body.b: is missing"),
    "one more value": (b'{"a":1}', b'{"a":1,"b":2}', "body.b: was not recorded"),
    "in a list": (b'{"a":[1,2]}', b'{"a":[1,3]}', "body.a[1]: 3 instead of 2"),
    "a text": (b"a", b"b", 'body: "b" instead of "a"'),
    "no body": (b'{"a":1}', b"", "body.a: is missing"),
}


@pytest.mark.parametrize(("kept", "sent"), SAME.values(), ids=SAME)
def test_secrets_and_spelling_aside_bodies_are_the_same(kept: bytes, sent: bytes, tmp_path: Path) -> None:
    file = write(tmp_path, recorded("/x", 1, method="POST", body=kept))
    with proxying(Plan(api="webcommander-v4", replay=file)) as proxy:
        assert proxy.client.post("/x", content=sent, headers=JSON).status_code == 200


@pytest.mark.parametrize(("kept", "sent", "told"), OTHER.values(), ids=OTHER)
def test_strictly_another_body_is_not_recorded(kept: bytes, sent: bytes, told: str, tmp_path: Path) -> None:
    file = write(tmp_path, recorded("/x", 1, method="POST", body=kept))
    with proxying(Plan(api="kounta", replay=file)) as proxy:
        reply = proxy.client.post("/x", content=sent, headers=JSON)
        assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
        assert (reply.json()["nearest"], reply.json()["differences"]) == ("POST /x", [told])
        assert proxy.traffic.unanswered == 1


@pytest.mark.parametrize(
    ("method", "target", "told"),
    [
        ("GET", "/x?a=2", ['query.a: "2" instead of "1"']),
        ("GET", "/x", ["query.a: is missing"]),
        ("GET", "/x?a=1&a=1", ['query.a: ["1","1"] instead of "1"']),
        ("DELETE", "/x?a=1", ["method: DELETE instead of GET"]),
        ("GET", "/y?a=1", ["path: /y instead of /x"]),
    ],
)
def test_what_is_not_recorded_is_told_with_the_nearest_and_what_differs(
    method: str, target: str, told: list[str], tmp_path: Path
) -> None:
    file = write(tmp_path, recorded("/x?a=1", 1), recorded("/z/z?a=3", 1, method="POST", body=b"1"))
    with proxying(Plan(api="kounta", replay=file)) as proxy:
        reply = proxy.client.request(method, target)
        problem = reply.json()
        assert (reply.status_code, problem["title"], problem["nearest"]) == (404, "Not recorded", "GET /x")
        assert problem["differences"] == told
        assert problem["detail"].endswith(f"which differs in {'; '.join(told)}")


def test_a_difference_tells_no_secret(tmp_path: Path) -> None:
    kept = recorded("/x", 1, method="POST", body=b'{"password":"[redacted-1]","a":1}')
    with proxying(Plan(api="webcommander-v4", replay=write(tmp_path, kept))) as proxy:
        reply = proxy.client.post("/x", content=b'{"password":{"old":"hunter2222"},"a":2}', headers=JSON)
        assert reply.status_code == 404
        assert "hunter2222" not in reply.text


def test_an_empty_recording_says_so(tmp_path: Path) -> None:
    with proxying(Plan(api="kounta", replay=write(tmp_path, recorded("/x", 1, status=0)))) as proxy:
        assert "nor to anything else" in proxy.client.get("/x").json()["detail"]


def test_nearest_plays_what_is_most_like_of_the_same_operation(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        recorded(f"{ALL}?page=1&email=a@example.com", [1]),
        recorded(f"{ALL}?page=2", [2]),
        recorded(ONE, {"id": 389427}),
        recorded(ALL, {"id": 3}, method="POST", body=b'{"first_name":"Kim"}', status=201),
    )
    with proxying(Plan(api="kounta", replay=file, match="nearest")) as proxy:
        assert proxy.client.get(f"{ALL}?page=3").json() == [2]
        assert proxy.client.get(f"{ALL}?page=1&email=b@example.com").json() == [1]
        assert proxy.client.get(ONE.replace("389427", "389428")).json() == {"id": 389427}
        assert proxy.client.post(ALL, content=b'{"first_name":"Robin"}', headers=JSON).json() == {"id": 3}
        assert proxy.client.delete(ALL).status_code == 404, "nothing else is like another method"
        assert proxy.client.get("/v1/companies/5678.json").status_code == 404, "nor like another operation"


@pytest.fixture(scope="module")
def open2b(world: World) -> Api:
    return world.api("open2b")


async def told(replay: Replay, asked: list[str]) -> list[int | None]:
    """The answers to several requests, one after the other; None where there is none."""
    answers: list[int | None] = []
    for name in asked:
        try:
            answers.append(json.loads((await replay.ask(Asked("GET", f"/{name}", (), b""))).body))
        except NoAnswer:
            answers.append(None)
    return answers


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), min_size=1, max_size=12),
    st.lists(st.sampled_from("abc"), max_size=20),
)
def test_each_request_gets_its_recorded_answers_in_order(
    open2b: Api, kept: list[tuple[str, int]], asked: list[str]
) -> None:
    replay = Replay(open2b, [recorded(f"/{name}", number) for name, number in kept], "strict")
    left: dict[str, list[int | None]] = {name: [number for each, number in kept if each == name] for name in "abc"}
    expected = [(left[name].pop(0) if len(left[name]) > 1 else (left[name] or [None])[0]) for name in asked]
    assert asyncio.run(told(replay, asked)) == expected
