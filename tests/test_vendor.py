"""A contract and the code that answers it must say the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mockserver.call import Call, Refused, Reply
from mockserver.contract import BrokenContract, read_contract
from mockserver.vendor import Api, Dialect, bind

CONTRACT = """
openapi: 3.1.1
servers: [{url: /cups}]
x-ignore-content-type: true
x-errors:
  - {id: key-missing, message: no key, evidence: inferred}
  - {id: path-unknown, when: unknown-path, message: a, evidence: inferred}
  - {id: method-wrong, when: wrong-method, message: a, evidence: inferred}
  - {id: body-unreadable, when: unreadable-body, message: a, evidence: inferred}
  - {id: body-too-large, when: body-too-large, message: a, evidence: inferred}
paths:
  /get:
    get:
      operationId: get_cup
      summary: Get a cup
      x-errors: [{id: cup-missing, message: no cup, evidence: inferred}]
      responses: {'200': {description: A cup}}
"""


def get_cup(_shop: object, _call: Call) -> Reply:
    raise Refused("cup-missing")


def authenticate(_shop: object, _call: Call) -> None:
    raise Refused("key-missing")


def _drink() -> None:
    """No operation: its name says that it is private."""


def break_cup(_shop: object, _call: Call) -> Reply:
    def found() -> Reply:
        raise Refused("cup-broken")

    return found()


def module(name: str, *functions: Callable[..., Any]) -> ModuleType:
    """As if the functions stood in a module of their own."""
    made = ModuleType(name)
    for function in functions:
        function.__module__ = name
        setattr(made, function.__name__, function)
    return made


def bound(folder: Path, contract: str, operations: ModuleType, rules: ModuleType) -> Api:
    file = folder / "cups.yaml"
    file.write_text(contract)
    unused: Any = None
    dialect = Dialect(file, [operations], [rules], authenticate, unused, unused)
    return bind("cups", read_contract(file), dialect)


def test_a_contract_is_paired_with_its_functions(tmp_path: Path) -> None:
    operations = module("cups.operations", get_cup, _drink)
    setattr(operations, "unrelated", test_a_contract_is_paired_with_its_functions)  # noqa: B010  imported, not defined here
    api = bound(tmp_path, CONTRACT, operations, module("cups.wire", authenticate))
    assert api.functions == {"get_cup": get_cup}
    assert (api.vendor, api.contract.api) == ("cups", "cups")


@pytest.mark.parametrize(
    ("replaced", "complaint"),
    [
        (("get_cup", "find_cups"), "operation find_cups has no function in cups.operations, cups.wire"),
        (("get_cup", "find_cups"), "function get_cup in cups.operations, cups.wire answers no operation"),
        (("cup-missing", "cup-gone"), "the code refuses with row cup-missing, which x-errors does not have"),
        (("cup-missing", "cup-gone"), "no code in cups.operations, cups.wire refuses with row cup-gone of x-errors"),
        (("key-missing", "key-gone"), "the code refuses with row key-missing, which x-errors does not have"),
        ((", when: unknown-path", ""), "no row of x-errors says `when: unknown-path`"),
        ((", when: wrong-method", ""), "no row of x-errors says `when: wrong-method`"),
        ((", when: unreadable-body", ""), "no row of x-errors says `when: unreadable-body`"),
        ((", when: body-too-large", ""), "no row of x-errors says `when: body-too-large`"),
        (("x-ignore-content-type: true", ""), "no row of x-errors says `when: wrong-media-type`"),
        (("paths:", "x-rate-limit: {windows: {}}\npaths:"), "no row of x-errors says `when: rate-limited`"),
        (("paths:", "x-formats: {json: application/json}\npaths:"), "no row of x-errors says `when: not-acceptable`"),
    ],
)
def test_a_difference_between_contract_and_code_is_named_with_both_sides(
    tmp_path: Path, replaced: tuple[str, str], complaint: str
) -> None:
    with pytest.raises(BrokenContract) as error:
        bound(
            tmp_path, CONTRACT.replace(*replaced), module("cups.operations", get_cup), module("cups.wire", authenticate)
        )
    file, complaints = str(error.value).split(": ", 1)
    assert file == str(tmp_path / "cups.yaml")
    assert complaint in complaints.split("; ")


def test_rows_are_found_in_inner_functions_too(tmp_path: Path) -> None:
    with pytest.raises(
        BrokenContract, match=r"function break_cup in .* answers no operation; the code refuses with row cup-broken"
    ):
        bound(tmp_path, CONTRACT, module("cups.operations", get_cup, break_cup), module("cups.wire", authenticate))


def test_all_differences_are_named_at_once(tmp_path: Path) -> None:
    contract = CONTRACT.replace("get_cup", "find_cups").replace(", when: unknown-path", "")
    with pytest.raises(BrokenContract) as error:
        bound(tmp_path, contract, module("cups.operations", get_cup), module("cups.wire", authenticate))
    assert str(error.value).count("; ") == 3


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ("a: [1", "2:1: not YAML: "),
        ("openapi: 3.1.1", "not a contract: KeyError: 'servers'"),
        (CONTRACT.replace("operationId: get_cup", "x-id: 1"), "not a contract: KeyError: 'operationId'"),
        (CONTRACT.replace("message: no cup, ", ""), "not a contract: ValidationError: Object missing required field `message`"),
        (CONTRACT.replace("key-missing", "path-unknown"), "not a contract: ValueError: two error rows have one id among path-unknown, path-unknown"),
        (CONTRACT + "x-claims: '('", "not a contract: "),
        ("- 1", "not a contract: "),
    ],
)  # fmt: skip
def test_a_broken_contract_is_named_with_its_file(tmp_path: Path, contract: str, message: str) -> None:
    file = tmp_path / "cups.yaml"
    file.write_text(contract)
    with pytest.raises(BrokenContract) as error:
        read_contract(file)
    assert str(error.value).replace(": ", ":").startswith(f"{file}:{message}".replace(": ", ":"))
    assert "\n" not in str(error.value)
