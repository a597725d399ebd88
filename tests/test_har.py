"""Archives: what is written is read again, whole after every exchange, and what is broken is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from mockserver.har import BrokenRecording, HarFile, Recorded, har_text, read_har

TOKEN = st.text("abcdefgh-", min_size=1, max_size=8)
TEXT = st.text(max_size=20)
HEADERS = st.lists(st.tuples(TOKEN, TEXT), max_size=3).map(tuple)
RECORDED = st.builds(
    Recorded,
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    url=st.builds("http://shop.example.com/{}?{}".format, TOKEN, TOKEN),
    request_headers=HEADERS,
    request_body=st.one_of(TEXT.map(str.encode), st.binary(max_size=20)),
    status=st.integers(0, 599),
    reply_headers=HEADERS,
    reply_body=st.one_of(TEXT.map(str.encode), st.binary(max_size=20)),
    started=st.just("2026-11-22T10:00:00.000Z"),
    took=st.floats(0, 1000),
    comment=TEXT,
)
POSTED = Recorded(
    method="POST",
    url="http://shop.example.com/login?next=%2F&next=b",
    request_headers=(("Content-Type", "application/x-www-form-urlencoded"),),
    request_body=b"name=a+b&name=c",
    status=302,
    reply_headers=(("Location", "/home"), ("content-type", "text/html")),
    reply_body=b"\xff\x00",
    started="2026-11-22T10:00:00.000Z",
    took=1.5,
)


@given(st.lists(RECORDED, max_size=4))
@settings(max_examples=60)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, recorded: list[Recorded]) -> None:
    file = tmp_path_factory.mktemp("har") / "some.har"
    archive = HarFile(file, "of a test")
    assert read_har(file) == []
    for number, each in enumerate(recorded, 1):
        archive.append(each)
        assert read_har(file) == recorded[:number]
    archive.close()
    assert json.loads(file.read_text(encoding="utf-8")) == json.loads(har_text(recorded, "of a test"))


def test_an_archive_says_what_other_tools_read() -> None:
    log = json.loads(har_text([POSTED]))["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "mockserver")
    (entry,) = log["entries"]
    assert entry["request"]["queryString"] == [{"name": "next", "value": "/"}, {"name": "next", "value": "b"}]
    assert entry["request"]["postData"]["params"] == [{"name": "name", "value": "a b"}, {"name": "name", "value": "c"}]
    assert entry["response"]["redirectURL"] == "/home"
    content = {"size": 2, "mimeType": "text/html", "text": "/wA=", "encoding": "base64"}
    assert entry["response"]["content"] == content
    assert entry["timings"] == {"send": 0, "wait": 1.5, "receive": 0}
    assert {"cookies", "headersSize", "bodySize", "httpVersion"} < entry["request"].keys()


def test_what_was_there_before_is_gone_and_only_the_owner_may_read(tmp_path: Path) -> None:
    file = tmp_path / "some.har"
    for count in (3, 1):
        archive = HarFile(file)
        for _ in range(count):
            archive.append(POSTED)
        archive.close()
    assert len(read_har(file)) == 1
    assert file.stat().st_mode & 0o777 == 0o600


def test_an_archive_of_a_browser_is_read(tmp_path: Path) -> None:
    """It begins with a byte order mark, lists pseudo-headers, has forms as parameters only, and -1 or 0 where no reply came."""
    request = {
        "method": "POST",
        "url": "https://shop.example.com/a",
        "headers": [{"name": ":method", "value": "POST"}, {"name": "Accept", "value": "*/*"}],
        "postData": {"mimeType": "x", "params": [{"name": "a", "value": "1 2"}, {"name": "b"}]},
        "httpVersion": "h2",
    }
    told = {"log": {"entries": [{"request": request, "response": {"status": -1, "content": {}}, "_priority": "High"}]}}
    file = tmp_path / "browser.har"
    file.write_text(json.dumps(told), encoding="utf-8-sig")
    (recorded,) = read_har(file)
    assert (recorded.request_headers, recorded.request_body) == ((("Accept", "*/*"),), b"a=1+2&b=")
    assert (recorded.status, recorded.reply_body, recorded.request_header("ACCEPT")) == (0, b"", "*/*")


def entry(**changed: Any) -> dict[str, Any]:
    whole = {"request": {"method": "GET", "url": "http://h/a"}, "response": {"status": 200}}
    return {"log": {"entries": [whole, {**whole, **changed}]}}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("nothing", "no HTTP archive (HAR): "),
        ("[]", "no HTTP archive (HAR): Expected `object`, got `array`; an archive is an object with `log`"),
        ("{}", "no HTTP archive (HAR): Object missing required field `log`"),
        ('{"log": {"entries": {}}}', "no HTTP archive (HAR): Expected `array`, got `object` - at `$.log.entries`"),
        (
            entry(response={}),
            "entry 2: Object missing required field `status` - at `$.response`; an entry has `request`",
        ),
        (entry(request={"method": "GET", "url": "/a"}), "entry 2: '/a' is no absolute address, such as https://"),
        (
            entry(response={"status": 200, "content": {"text": "?", "encoding": "base64"}}),
            "entry 2: a body is said to be base64, and is not: ",
        ),
    ],
)
def test_a_broken_archive_is_told_with_file_entry_and_what_would_be_right(
    tmp_path: Path, content: Any, complaint: str
) -> None:
    file = tmp_path / "broken.har"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(BrokenRecording) as refused:
        read_har(file)
    assert str(refused.value).startswith(f"{file}: {complaint}")


def test_a_file_that_is_not_there_or_cannot_be_written_is_told(tmp_path: Path) -> None:
    missing = tmp_path / "no folder" / "some.har"
    with pytest.raises(BrokenRecording, match="No such file"):
        read_har(missing)
    with pytest.raises(BrokenRecording, match=r"cannot write .*: No such file"):
        HarFile(missing)
