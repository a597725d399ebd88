"""The coverage report as a browser reads it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from mockserver.coverage_report import Report
from mockserver.reports import html
from mockserver.world import World
from tests.coverage_samples import NASTY, nasty_sample, sample


@pytest.fixture
def report(world: World) -> Report:
    return sample(world)


@pytest.fixture
def nasty(world: World) -> Report:
    return nasty_sample(world)


class Page(HTMLParser):
    """What a page has: its elements, whether each is closed, and its text."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, Any]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def page(report: Report) -> Page:
    return Page(html.render(report, 80))


def test_html_is_one_page_whose_elements_are_closed(report: Report, page: Page) -> None:
    assert html.render(report, None).startswith("<!doctype html>\n")
    assert page.open == []
    assert [tag for tag, _ in page.tags][:3] == ["html", "head", "meta"]


def test_html_needs_no_script_and_nothing_from_elsewhere(report: Report, page: Page) -> None:
    source = html.render(report, 80)
    assert {"script", "link", "img", "iframe", "object", "embed"}.isdisjoint(tag for tag, _ in page.tags)
    assert not re.search(r"url\(|@import|https?:|//", source)
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "src"]
        assert attributes.get("href", "#").startswith("#")
    [policy] = [given["content"] for _, given in page.tags if given.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_html_tells_the_same_as_the_report(report: Report, page: Page) -> None:
    assert f"Coverage of the whole run: {report.summary.percent} %" in page.text
    assert f"Not enough: {report.summary.percent} % is below the limit of 80 %." in page.text
    for api in report.apis:
        assert f"{api.api}: {api.summary.percent} %" in page.text
        for operation in api.operations:
            assert f"{operation.id} {operation.method} {operation.path}" in page.text
            assert set(operation.errors) <= set(page.text.split())
    assert "200 ×3" in page.text  # noqa: RUF001  as the page writes it


def test_html_links_lead_to_the_sections_of_the_page(page: Page) -> None:
    targets = {attributes["href"] for tag, attributes in page.tags if tag == "a"}
    assert targets == {f"#{attributes['id']}" for tag, attributes in page.tags if tag == "h2"}
    assert len(targets) == 5


def test_html_tells_apart_what_was_met_injected_and_missing(report: Report) -> None:
    source = html.render(report, None)
    assert '<li class="met"><code>200</code> ×3</li>' in source  # noqa: RUF001  as the page writes it
    assert '<li class="injected"><code>503</code> ×1</li>' in source  # noqa: RUF001  see above
    assert '<li class="missing"><code>404</code></li>' in source


def test_html_says_the_limit_where_it_was_kept(report: Report) -> None:
    assert "At least 0 % was asked for." in Page(html.render(report, 0)).text
    assert "asked for" not in Page(html.render(report, None)).text


def test_html_escapes_all_names(nasty: Report) -> None:
    page = Page(html.render(nasty, 50))
    assert "script" not in {tag for tag, _ in page.tags}
    assert NASTY in page.text
