"""`mockserver evidence` as a person reads it, and a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.app import apis_of, known_vendors
from mockserver.cli import main
from mockserver.evidence import KINDS, KnownApi, KnownOperation, KnownRow, Summary, make_report
from mockserver.reports import evidence as renderings

LISTED = ["kounta", "open2b", "spurtcommerce", "webcommander-plugin", "webcommander-v4"]
SHORT, LONG = "a page | its second half", f"our choice: {' '.join(['because'] * 14)}"


def evidence(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["evidence", *arguments], prog_name="mockserver")


def told(*arguments: str) -> dict[str, object]:
    result = evidence("--format", "json", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def names(report: dict[str, object]) -> list[str]:
    apis = report["apis"]
    assert isinstance(apis, list)
    return [api["api"] for api in apis]


def test_without_a_name_it_is_about_all() -> None:
    result = evidence()
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "How we know that the vendors answer so"
    assert lines[2].split() == [*KINDS]
    assert [line.split()[0] for line in lines[3:13:2]] == LISTED
    assert [line for line in lines if line in LISTED] == LISTED
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ((), LISTED),
        (("open2b",), ["open2b"]),
        (("webcommander",), ["webcommander-plugin", "webcommander-v4"]),
        (("webcommander-v4", "kounta"), ["kounta", "webcommander-v4"]),
    ],
)
def test_it_is_about_the_contracts_and_vendors_that_are_named(asked: tuple[str, ...], about: list[str]) -> None:
    assert names(told(*asked)) == about


def test_an_api_that_nobody_knows_is_refused_with_the_known() -> None:
    result = evidence("kounta", "magento")
    known = "kounta, open2b, spurtcommerce, webcommander, webcommander-plugin, webcommander-v4"
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: there is no API called magento; known: {known}\n"


def test_json_has_everything_that_the_contracts_say() -> None:
    report = told()
    assert report["shows"] == [*KINDS]
    for api, shown in zip(
        [api for vendor in known_vendors().values() for api in apis_of(vendor)],
        report["apis"],  # type: ignore[call-overload]
        strict=True,
    ):
        for operation, entry in zip(api.contract.operations.values(), shown["operations"], strict=True):
            assert (entry["id"], entry["method"], entry["path"]) == (operation.id, operation.method, operation.path)
            assert (entry["evidence"], entry["source"]) == (operation.evidence, operation.source)
            assert entry["errors"] == [
                {
                    "id": row.id,
                    "status": row.status,
                    "message": row.message,
                    "evidence": row.evidence,
                    "source": row.source,
                }
                for row in operation.own_errors.values()
            ]


@pytest.mark.parametrize("kinds", [("inferred",), ("documented", "observed")])
def test_only_lists_what_is_known_in_these_ways_and_counts_all(kinds: tuple[str, ...]) -> None:
    only = [word for kind in kinds for word in ("--only", kind)]
    whole, report = told(), told(*only)
    assert (report["summary"], report["shows"]) == (whole["summary"], [*kinds])
    for api in report["apis"]:  # type: ignore[attr-defined]
        rows = [*api["errors"], *(row for operation in api["operations"] for row in operation["errors"])]
        assert {row["evidence"] for row in rows} <= {*kinds}
        assert all(operation["errors"] or operation["evidence"] in kinds for operation in api["operations"])
    for format in ("text", "markdown"):
        text = evidence("--format", format, *only).stdout
        begins = (f"    {kind} " if format == "text" else f"| {kind} |" for kind in KINDS if kind not in kinds)
        assert not [begin for begin in begins if begin in text.partition("all together")[2]]


def test_a_way_that_there_is_not_is_refused() -> None:
    result = evidence("--only", "guessed")
    assert result.exit_code == 2
    assert "'guessed' is not one of 'documented', 'observed', 'inferred'" in result.stderr


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_it_can_be_written_to_a_file(tmp_path: Path, format: str) -> None:
    file = tmp_path / "evidence"
    result = evidence("open2b", "--format", format, "--output", str(file))
    assert (result.exit_code, result.output) == (0, "")
    assert file.read_text(encoding="utf-8") == evidence("open2b", "--format", format).stdout


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "not" / "there"
    result = evidence("open2b", "--output", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"Error: cannot write {file}: No such file or directory; choose another --output\n"


ROWS = [
    KnownRow("cup-missing", 404, "no cup", "documented", SHORT),
    KnownRow("cup-full", 409, "full", "inferred", LONG),
]
OPERATIONS = [
    KnownOperation("fill_cup", "POST", "/cups/{id}", "observed", "recorded, fill-twice", ROWS[1:]),
    KnownOperation("list_cups", "GET", "/cups", "documented", "", []),
]
CUPS = KnownApi(
    "cups",
    "pottery",
    Summary({"documented": 1, "observed": 1, "inferred": 0}, {"documented": 1, "observed": 0, "inferred": 1}),
    OPERATIONS,
    ROWS[:1],
)

TEXT = """\
How we know that the vendors answer so

                    documented    observed    inferred
cups   operations    1  (50 %)   1  (50 %)   0   (0 %)
       error rows    1  (50 %)   0   (0 %)   1  (50 %)

documented:  the vendor's page says so
observed:    the vendor's program was seen to do so, or clients of it rely on it
inferred:    nobody has told; our choice

cups
  any operation
    documented  404 cup-missing
                  a page | its second half
  fill_cup  POST /cups/{id}
    observed    recorded, fill-twice
    inferred    409 cup-full
                  our choice: because because because because because because because because
                  because because because because because because
  list_cups  GET /cups
    documented  the contract names no source
"""

MARKDOWN = """\
# How we know that the vendors answer so

|  |  | documented | observed | inferred |
| --- | --- | --- | --- | --- |
| cups | operations | 1 (50 %) | 1 (50 %) | 0 (0 %) |
|  | error rows | 1 (50 %) | 0 (0 %) | 1 (50 %) |

- **documented**: the vendor's page says so
- **observed**: the vendor's program was seen to do so, or clients of it rely on it
- **inferred**: nobody has told; our choice

## cups

| operation | error row | evidence | source |
| --- | --- | --- | --- |
| any operation | 404 `cup-missing` | documented | a page \\| its second half |
| `fill_cup` POST /cups/{id} |  | observed | recorded, fill-twice |
| `fill_cup` | 409 `cup-full` | inferred | {LONG} |
| `list_cups` GET /cups |  | documented | the contract names no source |
""".replace("{LONG}", LONG)


def test_text_has_a_table_and_each_source_below_what_it_is_of() -> None:
    assert renderings.text(make_report([CUPS])) == TEXT


def test_markdown_is_one_table_for_each_contract() -> None:
    assert renderings.markdown(make_report([CUPS])) == MARKDOWN


@pytest.mark.parametrize("render", [renderings.text, renderings.markdown])
def test_where_nothing_is_known_so_it_says_so(render: object) -> None:
    assert callable(render)
    page = render(make_report([CUPS]).only(["rumoured"]))
    assert page.splitlines()[-1].strip(" .").lower() == "nothing of what was asked for"


def test_several_contracts_have_a_sum() -> None:
    lines = renderings.text(make_report([CUPS, CUPS])).splitlines()
    assert lines[7].split() == ["all", "together", "operations", "2", "(50", "%)", "2", "(50", "%)", "0", "(0", "%)"]
