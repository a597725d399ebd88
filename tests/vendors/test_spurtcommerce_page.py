"""What Spurtcommerce's page prints works where the page counts, and is what was recorded where the program does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from httpx2 import Client, Response

from tests.test_process import MOST_SECONDS, Server, serving
from tests.vendors.spurtcommerce_clients import (
    ADMIN,
    CONTRACT,
    FORM,
    INVALID,
    SCREENED,
    by_framework,
    by_program,
    by_router,
    headers_of,
)
from tests.vendors.spurtcommerce_page import SAMPLE, SAMPLES, Sample, body_of

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.operation)
of_the_page = pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if "/admin-" not in sample.path and "-group" not in sample.path],
    ids=lambda sample: sample.operation,
)  # fmt: skip
printed = pytest.mark.parametrize(
    "sample", [sample for sample in SAMPLES if sample.printed], ids=lambda sample: sample.operation
)


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    """A process for each setting; that the page counts is what it does by itself."""
    with (
        serving("--quiet", "--fixture", "documented") as documented,
        serving("--quiet", "--fixture", "documented", "--fidelity", "observed") as observed,
    ):
        yield {"documented": documented, "observed": observed}
        assert (documented.stop(), observed.stop()) == ("", "")


class Page:
    """A reader of the page, who tries what it prints with a token."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def ask(self, sample: Sample, *, path: str = "", form: str | None = None, header: str = "") -> Response:
        body = body_of(sample.form if form is None else form)
        headers = {header or sample.header: ADMIN["Authorization"], **body.pop("headers", {})}
        return self.client.request(sample.method, path or sample.path, headers=headers, **body)

    @property
    def newest(self) -> Any:
        """The last exchange."""
        return self.client.get("/__admin/requests?limit=1").json()["requests"][0]

    @property
    def findings(self) -> tuple[str, ...]:
        return tuple(finding["id"] for finding in self.newest["findings"])


@pytest.fixture(scope="module")
def readers(servers: dict[str, Server]) -> Iterator[dict[str, Client]]:
    with ExitStack() as stack:
        urls = {setting: f"http://127.0.0.1:{server.port}" for setting, server in servers.items()}
        yield {
            setting: stack.enter_context(Client(base_url=url, timeout=MOST_SECONDS, trust_env=False))
            for setting, url in urls.items()
        }


def begin(client: Client) -> Page:
    assert client.post("/__admin/reset").status_code == 200
    return Page(client)


@pytest.fixture
def page(readers: dict[str, Client]) -> Page:
    """Where the page counts, as it was at first."""
    return begin(readers["documented"])


@pytest.fixture
def program(readers: dict[str, Client]) -> Page:
    """Where the program does."""
    return begin(readers["observed"])


def at_the_programs(sample: Sample) -> str:
    """The path that the program knows."""
    return re.sub("^/api/customer(?!-group)", "/api/admin-customer", sample.path)


def test_the_page_has_all_operations_but_those_of_signing_in() -> None:
    assert CONTRACT.operations.keys() - SAMPLE.keys() == {"get_program", "authenticate_user", "log_out_user"}
    assert len(SAMPLES) == 19


# Where the page counts


@each_sample
def test_the_printed_request_works_and_says_what_the_program_would_do(page: Page, sample: Sample) -> None:
    reply = page.ask(sample)
    assert (reply.status_code, reply.json()["message"]) == (sample.status, sample.message)
    assert page.newest["operation"] == sample.operation
    assert page.findings == sample.findings
    assert reply.json()["status"] == (1 if sample.status == 200 else 0)
    assert headers_of(reply).items() >= SCREENED.items()


@each_sample
def test_it_works_at_the_programs_path_too(page: Page, sample: Sample) -> None:
    path = at_the_programs(sample)
    reply = page.ask(sample, path=path)
    assert (reply.status_code, reply.json()["message"]) == (sample.status, sample.message)
    assert page.findings == tuple(finding for finding in sample.findings if finding != "path-of-page")


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.keys], ids=lambda sample: sample.operation)
def test_the_printed_keys_are_those_of_the_reply(page: Page, sample: Sample) -> None:
    body = page.ask(sample).json()
    assert list(body)[:3] == ["status", "message", "data"]
    assert body["data"].items() <= body.items()
    assert set(body["data"]) - set(sample.keys.split()) <= {"description"}
    assert set(sample.keys.split()) <= body.keys()


def test_what_the_page_deletes_is_gone(page: Page) -> None:
    for operation, gone in (("delete_customer", "find_customers"), ("delete_group", "find_groups")):
        page.ask(SAMPLE[operation])
        listed = page.ask(SAMPLE[gone], path=SAMPLE[gone].path.partition("?")[0]).json()["data"]
        assert 1 not in [record.get("groupId", record.get("id")) for record in listed]
        assert len(listed) > 1


# Where the program counts


@of_the_page
def test_the_programs_router_does_not_know_the_pages_paths(program: Page, sample: Sample) -> None:
    reply = program.ask(sample)
    path = sample.path.partition("?")[0]
    assert (reply.status_code, reply.text) == (404, by_router(sample.method, path))
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert (program.newest["error"], program.findings) == ("path-unknown", ("outside-contract",))


@each_sample
def test_the_program_does_the_same_at_its_own_paths_but_for_what_is_found(program: Page, sample: Sample) -> None:
    path = at_the_programs(sample)
    reply = program.ask(sample, path=path)
    assert program.findings == tuple(id for id in sample.findings if id == "ignored-field")
    if sample.operation == "count_customers_today":
        assert (reply.status_code, reply.text) == (401, by_framework("AuthorizationRequiredError", "Unauthorized"))
        reply = program.ask(sample, path=path, header="Authorization")
    if sample.operation == "delete_customers":
        unknown = by_program("Please choose a Customer that you want to delete.")
        assert (reply.status_code, reply.text) == (400, unknown)
        reply = program.ask(sample, path=path, form="customerId=1")
    assert (reply.status_code, reply.json()["message"]) == (sample.status, sample.message)
    assert set(reply.json()) <= {"status", "message", "data"}


# As printed to the letter


@printed
def test_the_printed_quotation_marks_are_refused(page: Page, program: Page, sample: Sample) -> None:
    path = at_the_programs(sample)
    for reply in (page.ask(sample, form=sample.printed), program.ask(sample, path=path, form=sample.printed)):
        told = by_program(f"Invalid character in {sample.refused}")
        assert (reply.status_code, reply.text) == (400, told)


@pytest.mark.parametrize("operation", ["create_customer", "update_customer"])
def test_the_printed_texts_are_too_short_without_them(page: Page, operation: str) -> None:
    sample = SAMPLE[operation]
    reply = page.ask(sample, form=(sample.printed or "").replace("'", "").strip('"'))
    body = reply.json()
    assert (reply.status_code, body["message"], page.newest["error"]) == (422, INVALID, "body-invalid")
    assert "property mobile number should be minimum 6 character" in body["data"]["message"]


@each_sample
def test_the_printed_header_is_no_token(page: Page, sample: Sample) -> None:
    headers = {sample.header: "text", **FORM}
    reply = page.client.request(sample.method, sample.path, headers=headers)
    if "x-permission" in CONTRACT.operations[sample.operation].extra:
        told = f"Access is denied for request on {sample.method} {sample.path}"
        assert (reply.status_code, reply.text) == (403, by_framework("AccessDeniedError", told))
    else:
        assert (reply.status_code, reply.text) == (401, by_framework("AuthorizationRequiredError", "Unauthorized"))


# Workbooks, which the page prints only refusals of


@pytest.mark.parametrize(
    ("operation", "query", "expected"),
    [
        ("export_customers", "customerId=3,1", ("Customer Export sheet", "Ruth Calder", "Grace Ellery")),
        ("export_all_customers", "name=&status=1&email=calder", ("Bulk Customer Export", "Ruth Calder")),
    ],
)
def test_a_workbook_comes_over_the_socket(
    page: Page, program: Page, operation: str, query: str, expected: tuple[str, ...]
) -> None:
    sample = SAMPLE[operation]
    for asked, path in ((page, sample.path), (program, at_the_programs(sample))):
        reply = asked.ask(sample, path=f"{path.partition('?')[0]}?{query}")
        assert reply.status_code == 200, reply.text
        assert reply.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        assert reply.headers["content-disposition"].startswith('attachment; filename="CustomerExcel_')
        assert headers_of(reply).items() >= SCREENED.items()
        book = openpyxl.load_workbook(io.BytesIO(reply.content))
        headings, *rows = book.active.iter_rows(values_only=True)
        assert headings[:3] == ("Customer Id", "Customer Name", "User Name")
        assert (*book.sheetnames, *(row[1] for row in rows)) == expected
