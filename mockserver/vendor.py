"""What a vendor gives to the kernel, and the pairing of a vendor's dialect with its contract."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, get_type_hints

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.contract import JSON, BrokenContract, Contract, Operation
from mockserver.drafts import Reader
from mockserver.findings import Violation
from mockserver.memory import remembered
from mockserver.rows import (
    BODY_TOO_LARGE,
    NOT_ACCEPTABLE,
    RATE_LIMITED,
    UNKNOWN_PATH,
    UNREADABLE_BODY,
    WRONG_MEDIA_TYPE,
    WRONG_METHOD,
    ErrorRow,
)
from mockserver.state.change import Change, Record

ADMIN = "admin"
"""The name under which the control plane answers, beside the vendors."""
Function = Callable[..., Reply]
"""An operation: a synchronous, pure function of a vendor's state and a call.

One with a third parameter is given the request body there, as the struct that the parameter is annotated with.
"""


class Credential(msgspec.Struct, frozen=True):
    """A working credential as headers, for people and for generic tests."""

    name: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Dialect:
    """How a vendor speaks one contract.

    The public functions of the modules in `operations` are the operations, named by their ids; `rules` are the
    other modules that refuse. `authenticate(state, call)` gives the call's principal or raises Refused; `call.operation` is None where the path is unknown.
    `judge(call, violations)` raises Refused for the violation that the vendor would name first; it may let pass
    those that carry an `x-row`, which the operation then refuses itself. `refuse(row, values)` is the vendor's
    form of an error. `meter(principal)` is the contract's rate window that a call falls into, and whose call it is;
    None where nobody counts. `credentials(state)` lists what works.

    A vendor whose program reads a request before it looks for its path and its sender has `read(call, body)`: it gives
    the body's value, or raises Refused. There, the vendor says what it does with media types.

    `recording` names the module that reads recorded traffic with the vendor, as `recordings` describes it; only who
    compares recordings imports it.
    """

    contract: Path
    operations: Sequence[ModuleType]
    rules: Sequence[ModuleType]
    authenticate: Callable[[Any, Call], Any]
    judge: Callable[[Call, Sequence[Violation]], None]
    refuse: Callable[[ErrorRow, Mapping[str, object]], Reply]
    credentials: Callable[[Any], Sequence[Credential]] = lambda _: ()
    meter: Callable[[Any], tuple[str, str] | None] = lambda _: None
    read: Callable[[Call, bytes], Any] | None = None
    recording: str | None = None


class Subscription(msgspec.Struct, frozen=True):
    """An app's wish to be told of a topic at a URL. `id` is the vendor's; `headers` are the app's own."""

    id: int
    topic: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()


class Event(msgspec.Struct, frozen=True):
    """What one subscription is to be told: a record was made (no `before`), altered, or removed (no `after`)."""

    subscription: Subscription
    before: Record | None
    after: Record | None


@dataclass(frozen=True)
class Hooks:
    """A vendor's webhooks: what is said to whom. The kernel queues, sends, retries and misbehaves.

    `subscriptions(state)` lists all; `events(state, changes)` is what a transaction's changes mean to them.
    `body(state, subscription, record, at)` is the text about one record at an instant of the sandbox, and
    `sign(state, subscription, body)` the headers that vouch for a text, where any do. A delivery is given up after `timeout` seconds
    and tried again after each of `retries` seconds.
    """

    subscriptions: Callable[[Any], Iterable[Subscription]]
    events: Callable[[Any, Sequence[Change]], Iterable[Event]]
    body: Callable[[Any, Subscription, Any, float], bytes]
    timeout: float
    retries: tuple[float, ...]
    sign: Callable[[Any, Subscription, bytes], tuple[tuple[str, str], ...]] | None = None


@dataclass(frozen=True)
class Vendor:
    """One vendor: its dialects, its state and how a fixture's section becomes records.

    `open(ledger, name)` makes the state. `section` is the type of the vendor's section in a fixture;
    `seed(state, section, cast)` writes the records of a fresh sandbox.
    `hooks` has what is told to apps, where the vendor tells any.
    """

    name: str
    dialects: Sequence[Dialect]
    open: Callable[[Any, str], Any]
    section: type[msgspec.Struct]
    seed: Callable[[Any, Any, Any], None]
    hooks: Hooks | None = None


@dataclass(frozen=True)
class Api:
    """A contract together with the functions that answer it. `name` is the contract's.

    `readers` has the types of request bodies, for the operations whose functions ask for one.
    """

    vendor: str
    name: str
    contract: Contract
    dialect: Dialect
    functions: Mapping[str, Function]
    readers: Mapping[str, Reader]

    def refuse(self, operation: Operation | None, refused: Refused) -> Reply:
        """The vendor's reply for a refusal. Raises KeyError for a row that the operation does not have."""
        row = (operation.errors if operation else self.contract.errors)[refused.row]
        return self.dialect.refuse(row, row.values(refused.values))

    def condition(self, when: str, **values: object) -> Refused:
        """The refusal for a condition that the kernel itself has met."""
        return Refused(self.contract.conditions[when].id, **values)


def bind(vendor: str, contract: Contract, dialect: Dialect) -> Api:
    """Pair a contract with its functions. Raises BrokenContract naming whatever only one side has."""
    functions: dict[str, FunctionType] = {}
    for module in dialect.operations:
        functions |= {name: function for name, function in _functions(module).items() if not name.startswith("_")}
    complaints = list(_complaints(contract, dialect, functions))
    if complaints:
        raise BrokenContract(f"{dialect.contract}: {'; '.join(complaints)}")
    return Api(vendor, contract.api, contract, dialect, functions, dict(_readers(contract, functions)))


def _readers(contract: Contract, functions: Mapping[str, FunctionType]) -> Iterator[tuple[str, Reader]]:
    for name, function in functions.items():
        parameters = function.__code__.co_varnames[: function.__code__.co_argcount]
        if len(parameters) > len(("state", "call")):
            content = contract.operations[name].body
            check = content.get(JSON) or next(iter(content.values()))
            yield name, Reader(get_type_hints(function)[parameters[-1]], check)


def _complaints(contract: Contract, dialect: Dialect, functions: Mapping[str, object]) -> Iterator[str]:
    modules = [*dialect.operations, *dialect.rules]
    places = ", ".join(module.__name__ for module in modules)
    for name in sorted(contract.operations.keys() - functions.keys()):
        yield f"operation {name} has no function in {places}"
    for name in sorted(functions.keys() - contract.operations.keys()):
        yield f"function {name} in {places} answers no operation"
    refused, rows = _rows_refused(contract.api, modules), contract.rows()
    for row in sorted(refused - rows.keys()):
        yield f"the code refuses with row {row}, which x-errors does not have"
    for row in sorted(rows.keys() - refused):
        if rows[row].when is None:
            yield f"no code in {places} refuses with row {row} of x-errors"
    for condition in sorted(_needed(contract, dialect) - contract.conditions.keys()):
        yield f"no row of x-errors says `when: {condition}`"


def _needed(contract: Contract, dialect: Dialect) -> set[str]:
    """The conditions for which the kernel needs a row."""
    needed = {UNKNOWN_PATH, WRONG_METHOD, BODY_TOO_LARGE, UNREADABLE_BODY}
    if contract.limit:
        needed.add(RATE_LIMITED)
    if not (contract.manners.ignores_content_type or dialect.read):
        needed.add(WRONG_MEDIA_TYPE)
    if any(operation.formats for operation in contract.operations.values()):
        needed.add(NOT_ACCEPTABLE)
    return needed


def _functions(module: ModuleType) -> dict[str, FunctionType]:
    """The functions that are defined in a module itself."""
    functions = {name: value for name, value in vars(module).items() if isinstance(value, FunctionType)}
    return {name: function for name, function in functions.items() if function.__module__ == module.__name__}


def _rows_refused(api: str, modules: Sequence[ModuleType]) -> set[str]:
    """The row ids that the modules' functions refuse with, each as a literal: `Refused("group-not-found", …)`.

    To look through the code of a vendor takes a fiftieth of the server's start.
    """
    files = [getattr(module, "__file__", None) for module in modules]
    cause = b"\0".join(Path(file).read_bytes() for file in files if file)
    found = partial(_search_rows, modules)
    return set(remembered(f"rows-{api}", cause, found) if all(files) else found())


def _search_rows(modules: Sequence[ModuleType]) -> list[str]:
    functions = (function for module in modules for function in _functions(module).values())
    return sorted({row for function in functions for row in _rows_in(function.__code__)})


def _rows_in(code: CodeType) -> Iterator[str]:
    """The text constants that follow where `Refused` is loaded, in a function and in those inside of it."""
    if Refused.__name__ in code.co_names:
        steps = [step.argval for step in dis.get_instructions(code)]
        for at, loaded in enumerate(steps):
            if loaded == Refused.__name__:
                yield from islice(_texts(steps[at + 1 : at + 3]), 1)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _rows_in(inner)


def _texts(constants: list[Any]) -> Iterator[str]:
    """Texts, and those that begin a tuple: the positional arguments where a call has `**` too."""
    for constant in constants:
        first = constant[0] if isinstance(constant, tuple) and constant else constant
        if isinstance(first, str):
            yield first
