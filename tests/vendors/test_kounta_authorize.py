"""The page on which a person lets an application have the company, and where her answer goes."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from httpx2 import Client, Response

from mockserver.sandbox import Sandbox
from tests.vendors.kounta_clients import ADDON, STRANGER, Control
from tests.vendors.kounta_oauth import Page, question


def answer(reply: Response) -> tuple[str, dict[str, list[str]]]:
    """Where the answer goes, and what it says."""
    assert (reply.status_code, reply.content) == (302, b"")
    uri, _, query = reply.headers["location"].partition("?")
    return uri, parse_qs(query, keep_blank_values=True, strict_parsing=True)


# The page


def test_a_page_names_the_application_the_company_and_where_the_answer_goes(either: Client) -> None:
    reply = either.get("authorize", params=question())
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = Page(reply.text).text
    for shown in ("mockserver add-on", "The Corner Restaurant", ADDON.redirect_uri):
        assert shown in text


def test_a_page_has_one_form_with_two_buttons_and_needs_nothing_else(lenient: Client) -> None:
    page = Page(lenient.get("authorize", params=question()).text)
    assert page.find("form") == [{"method": "post"}]  # without an action it goes to where the page is from
    assert [(button["name"], button["value"]) for button in page.find("button")] == [
        ("decision", "allow"),
        ("decision", "deny"),
    ]
    assert [name for name, _ in page.tags if name in {"script", "link", "img", "iframe", "input", "base"}] == []
    attributes = {name for _, attributes in page.tags for name in attributes}
    assert attributes == {"lang", "charset", "name", "content", "class", "method", "value"}
    assert "body {" in page.style
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_looking_at_the_page_alters_nothing(lenient: Client, sandbox: Sandbox) -> None:
    lenient.get("authorize", params=question())
    looked = next(iter(sandbox.journal))
    assert (looked.operation, looked.changes) == ("show_authorization", ())


EVIL = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</code></p></form><form action=//evil.example>",
    "</title></style><svg/onload=alert(1)>",
    "<!--",
    "&lt;b&gt; &amp; {uri} %s",
]


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state"])
def test_what_stands_in_the_address_is_text_on_the_page(lenient: Client, name: str, text: str) -> None:
    harmless = Page(lenient.get("authorize", params=question(STRANGER)).text)
    value = "http://x.example/" + text.replace(" ", "+") if name == "redirect_uri" else text
    reply = lenient.get("authorize", params=question(STRANGER, **{name: value}))
    page = Page(reply.text)
    assert (reply.status_code, page.tags) == (200, harmless.tags)
    assert (value in page.text) == (name != "state")


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "response_type", "state"])
def test_what_stands_in_the_address_is_text_on_a_refusal_too(strict: Client, name: str, text: str) -> None:
    harmless = Page(strict.get("authorize", params=question(response_type="token")).text)
    reply = strict.get("authorize", params=question(**{"response_type": "token", name: text}))
    assert (reply.status_code, Page(reply.text).tags) == (400, harmless.tags)


@pytest.mark.parametrize("text", EVIL)
def test_names_are_text_on_the_page(lenient: Client, text: str) -> None:
    harmless = Page(lenient.get("authorize", params=question()).text)
    Control(lenient).ask("PUT", "state/kounta/companies/5678", {"name": f"C {text}"})
    Control(lenient).ask("PUT", f"state/kounta/applications/{ADDON.client_id}", {"name": f"A {text}"})
    page = Page(lenient.get("authorize", params=question()).text)
    assert page.tags == harmless.tags
    assert f"A {text} asks for access to C {text}." in page.text


# The answer


@pytest.mark.parametrize("form", [None, {}, {"decision": "allow"}, {"other": "x"}])
def test_leave_is_given_with_a_code_and_the_state(either: Client, form: dict[str, str] | None) -> None:
    uri, said = answer(either.post("authorize", params=question(), data=form))
    assert (uri, said["state"], {*said}) == (ADDON.redirect_uri, ["x7Qp2"], {"code", "state"})
    [code] = said["code"]
    assert len(code) == 40
    assert set(code) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("value", "says"), [("allow", {"code", "state"}), ("deny", {"error", "state"})], ids=["allow", "deny"]
)
def test_the_buttons_do_what_they_say(either: Client, value: str, says: set[str]) -> None:
    shown = either.get("authorize", params=question())
    assert answer(either.post(str(shown.url), data=Page(shown.text).button(value)))[1].keys() == says


def test_no_leave_is_an_error_for_the_application_and_makes_no_code(lenient: Client, sandbox: Sandbox) -> None:
    reply = lenient.post("authorize", params=question(), data={"decision": "deny"})
    assert answer(reply) == (ADDON.redirect_uri, {"error": ["access_denied"], "state": ["x7Qp2"]})
    assert next(iter(sandbox.journal)).changes == ()


def test_a_form_cannot_say_where_the_answer_goes(lenient: Client) -> None:
    form = {"decision": "deny", "redirect_uri": "http://evil.example/", "state": "evil", "client_id": "evil"}
    uri, said = answer(lenient.post("authorize", params=question(), data=form))
    assert (uri, said["state"]) == (ADDON.redirect_uri, ["x7Qp2"])


@pytest.mark.parametrize("form", [{"decision": "maybe"}, {"decision": ""}])
def test_another_answer_is_none(lenient: Client, form: dict[str, str]) -> None:
    reply = lenient.post("authorize", params=question(), data=form)
    assert (reply.status_code, reply.json()["error"]) == (400, "bad_request")
    assert "location" not in reply.headers


STATES = ["", " ", "a b+c", "a&code=evil#f", "%41%", "é→𝄞", "\"'<>", "a\r\nSet-Cookie: b", "x" * 2000]


@pytest.mark.parametrize("decision", ["allow", "deny"])
@pytest.mark.parametrize("state", STATES)
def test_the_state_comes_back_as_it_was(lenient: Client, state: str, decision: str) -> None:
    reply = lenient.post("authorize", params=question(state=state), data={"decision": decision})
    _, said = answer(reply)
    assert (said["state"], len(said)) == ([state], 2)


def test_without_a_state_none_comes_back(lenient: Client) -> None:
    assert answer(lenient.post("authorize", params=question(state=None)))[1].keys() == {"code"}
