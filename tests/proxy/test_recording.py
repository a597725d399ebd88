"""What is recorded can be read again, and has no secret in it."""

from __future__ import annotations

import base64
import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

import pytest

from mockserver import forms
from mockserver.har import read_har
from mockserver.proxy.composing import Plan
from mockserver.sandbox import Sandbox
from mockserver.vendor import Api
from mockserver.world import World
from tests.proxy.behind import behind
from tests.proxy.examples import printed
from tests.proxy.proxying import proxying
from tests.proxy.test_clean import APIS
from tests.proxy.test_violations import BASIC, KEY, ONE

_SHORT = 8
"""What is shorter may stand anywhere; the secrets of the fixtures and of the contracts' examples are longer."""


def secrets_in(api: Api, sandbox: Sandbox) -> Iterator[str]:
    """Every secret that was in the traffic of a sandbox: under a name that the contract calls secret, at any depth."""
    names = {name.lower() for name in api.contract.secrets}
    for exchange in sandbox.journal:
        yield from _in_query(urlsplit(exchange.target).query, names)
        for headers, body in (
            (exchange.request_headers, exchange.request_body),
            (exchange.reply_headers, exchange.reply_body),
        ):
            given = {name: value.decode("latin-1") for name, value in headers}
            yield from _in_query(urlsplit(given.get(b"location", "")).query, names)
            if forms.FORM in given.get(b"content-type", ""):
                yield from _in_query(body.decode(), names)
            elif "json" in given.get(b"content-type", "") and body:
                yield from _in_json(json.loads(body), names, secret=False)


def _in_query(query: str, names: set[str]) -> Iterator[str]:
    yield from (value for name, value in parse_qsl(query) if name.lower() in names)


def _in_json(value: Any, names: set[str], *, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _in_json(inner, names, secret=secret or name.lower() in names)
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, names, secret=secret)
    elif secret and isinstance(value, str):
        yield value


def spellings(secret: str) -> Iterator[str]:
    """A credential, and what it is made of."""
    yield secret
    for part in secret.split(" ")[1:]:
        yield part
        if secret.lower().startswith("basic"):
            yield base64.b64decode(part).decode().partition(":")[2]  # before it stands who it is, which is no secret


@pytest.mark.parametrize("name", APIS)
def test_no_credential_of_any_kind_reaches_the_disk(
    name: str, upstream: str, world: World, sandbox: Sandbox, tmp_path: Path
) -> None:
    api, file = world.api(name), tmp_path / "all.har"
    everybody = [
        credential
        for each in world.apis
        for credential in each.dialect.credentials(sandbox.subjects[each.vendor])
        if each.name == name or credential.name
    ]
    own = api.dialect.credentials(sandbox.subjects[api.vendor])[0]
    with proxying(Plan(api=name, upstream=upstream, record=file)) as proxy:
        for request in printed(api):
            headers = {**own.headers, **request.headers}
            proxy.client.request(request.method, request.target, headers=headers, content=request.body)
        first = next(printed(api))
        for credential in everybody:  # an app may mix up whom it asks
            proxy.client.request(first.method, first.target, headers=credential.headers)
        count = proxy.traffic.exchanges
    found = {*secrets_in(api, sandbox)} | {
        spelling for each in everybody for value in each.headers.values() for spelling in spellings(value)
    }
    said = unquote_plus(file.read_text())
    assert len(read_har(file)) == count
    leaked = {secret for secret in found if len(secret) >= _SHORT and secret in said}
    assert leaked == set()
    assert len({secret for secret in found if len(secret) >= _SHORT}) >= 5


def test_an_exchange_is_recorded_as_the_server_behind_has_seen_and_answered_it(tmp_path: Path) -> None:
    file = tmp_path / "one.har"
    with behind() as there:
        there.status, there.body = 404, gzip.compress(b'{"error":"not_found","error_description":"x"}')
        there.headers = [
            ("Content-Type", "application/json"),
            ("Content-Encoding", "gzip"),
            ("Location", f"{there.url}/v1/a"),
            ("Date", "x"),
        ]
        with proxying(Plan(api="kounta", upstream=f"{there.url}/shop", record=file)) as proxy:
            proxy.client.put(
                f"{ONE}?a=1", headers={**BASIC, "Content-Type": "application/json"}, content=b'{"phone": "1"}'
            )
        origin = there.url
    (one,) = read_har(file)
    assert (one.method, one.url, one.request_body, one.status) == ("PUT", f"{origin}{ONE}?a=1", b'{"phone": "1"}', 404)
    assert one.reply_body == b'{"error":"not_found","error_description":"x"}'
    assert (one.reply_header("location"), one.reply_header("date")) == (f"{origin}/v1/a", "x")
    assert one.request_header("authorization") == "Basic [redacted-1]"
    assert one.request_header("x-forwarded-for") is None
    assert one.started.endswith("Z")
    assert one.took > 0


def test_what_nobody_answers_is_recorded_without_a_status(tmp_path: Path) -> None:
    file = tmp_path / "one.har"
    with behind() as there:
        url = there.url
    with proxying(Plan(api="kounta", upstream=url, record=file)) as proxy:
        assert proxy.client.get(ONE, headers=BASIC).status_code == 502
    assert [each.status for each in read_har(file)] == [0]


def test_what_the_proxy_was_told_to_send_is_kept_out_of_the_recording(tmp_path: Path) -> None:
    file = tmp_path / "one.har"
    headers = (f"X-Key: {KEY['X-Key']}", "X-Gate: open-sesame")
    with behind() as there, proxying(Plan(api="open2b", upstream=there.url, record=file, headers=headers)) as proxy:
        proxy.client.post("/api/v13/commerce.customers.get", content=b"{}")
        assert (there.told("x-gate"), there.told("x-key")) == ("open-sesame", KEY["X-Key"])
    (one,) = read_har(file)
    assert "open-sesame" not in file.read_text()
    assert (one.request_header("x-key"), one.request_header("x-gate")) == ("[redacted-1]", "[redacted]")


def test_strict_records_the_answer_that_it_keeps_back_and_no_request_that_was_not_sent(tmp_path: Path) -> None:
    file = tmp_path / "one.har"
    with behind() as there, proxying(Plan(api="kounta", upstream=there.url, record=file, strict=True)) as proxy:
        assert proxy.client.get("/x").status_code == 400
        assert proxy.client.get(ONE, headers=BASIC).status_code == 502
    assert [(each.path, each.status, each.reply_body) for each in read_har(file)] == [(ONE, 200, b"{}")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no disk that is always full")
def test_traffic_goes_on_when_the_disk_is_full(tmp_path: Path) -> None:
    file = tmp_path / "one.har"
    with behind() as there, proxying(Plan(api="kounta", upstream=there.url, record=file)) as proxy:
        assert proxy.proxy.recorder is not None
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, proxy.proxy.recorder._file._file.fileno())
        os.close(full)
        assert [proxy.client.get("/x").status_code for _ in range(2)] == [200, 200]
        assert proxy.proxy.recorder.failure == f"cannot write {file}: No space left on device"
        assert proxy.proxy.recorder.written == 0
