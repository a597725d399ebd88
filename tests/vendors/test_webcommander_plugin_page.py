"""What the vendor's page prints works as printed, over a socket, with only the host changed."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest
from httpx2 import Client

from mockserver import files
from mockserver.contract import read_contract
from tests.test_process import MOST_SECONDS, Server
from tests.vendors.kounta_clients import over_a_socket
from tests.vendors.webcommander_page import SAMPLES, Sample
from tests.vendors.webcommander_plugin import HEADERS

CONTRACT = read_contract(files.contracts() / "webcommander-plugin.yaml")
SAMPLE = {sample.operation: sample for sample in SAMPLES}
STATEMENT = re.compile(r" (?=import json |(?:conn|payload|headers|res|data) = |conn\.request\()")
"""Where the printed programs had ends of lines."""
BODIES = [
    "create_customer",
    "update_customer",
    "update_billing_address",
    "update_shipping_address",
    "update_store_credit",
]
ADDRESSES = ["update_billing_address", "update_shipping_address"]

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.operation)


@pytest.fixture(autouse=True)
def shop(server: Server) -> Iterator[Client]:
    """The shop as it was at first, for what is not printed."""
    with over_a_socket(server) as client:
        yield client


def run(python: str, server: Server) -> tuple[int, str]:
    """What a printed program is answered, and what it prints. Its last line is completed; the page has lost a piece."""
    program = STATEMENT.sub("\n", python).replace('HTTPSConnection("")', f'HTTPConnection("127.0.0.1:{server.port}")')
    program = program.replace("data = print", "data = res.read()\nprint")
    names: dict[str, Any] = {}
    with redirect_stdout(io.StringIO()) as printed:
        exec(program, names)  # noqa: S102  this is what the page's readers do
    names["conn"].close()
    return names["res"].status, printed.getvalue()


def curl(sample: Sample, server: Server) -> str:
    """What the printed command prints, for the path that the Python sample has."""
    found = re.search(r'conn\.request\("[A-Z]+", "([^"]+)"', sample.python)
    assert found
    command = sample.curl.replace("''", f"'http://127.0.0.1:{server.port}{found[1]}'", 1).replace(" \\ ", " \\\n  ")
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} --silent --show-error --fail-with-body"],
        capture_output=True,
        check=False,
        text=True,
        timeout=MOST_SECONDS,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def answered(sample: Sample, server: Server, instead: str = "") -> Any:
    """A printed program's reply; `instead` is the customer to ask about."""
    python = re.sub(r"customerId=\d+", f"customerId={instead}", sample.python) if instead else sample.python
    status, text = run(python, server)
    assert status == 200, text
    return json.loads(text)


def in_order(text: str) -> Any:
    """JSON, in which objects with other orders of their keys are other ones, and e-mails count for nothing."""
    return json.loads(
        text, object_pairs_hook=lambda pairs: tuple((k, None if k == "email" else value) for k, value in pairs)
    )


def mended(text: str) -> Any:
    """A printed reply, closed where the page does not, and without the spaces inside of its times."""
    whole = text + "}" * (text.count("{") - text.count("}"))
    return json.loads(re.sub(r"(T\d\d): (\d\d): (\d\d)", r"\1:\2:\3", whole))


def keys(value: Any) -> Any:
    """All keys of a value, in their order, with those of the first one of many."""
    if isinstance(value, dict):
        return [(key, keys(item)) for key, item in value.items()]
    return [keys(value[0])] if isinstance(value, list) and value and isinstance(value[0], (dict, list)) else None


def test_the_page_has_all_operations_but_logging_in() -> None:
    assert {sample.operation for sample in SAMPLES} == CONTRACT.operations.keys() - {"authenticate_customer"}
    assert sum(sample.python.count('"email": ""') for sample in SAMPLES) == len(BODIES)


@each_sample
def test_the_printed_program_is_answered_with_the_printed_keys(server: Server, sample: Sample) -> None:
    status, text = run(sample.python, server)
    assert status == 200, text
    if sample.reply:
        assert keys(json.loads(text)) == keys(mended(sample.reply))


@each_sample
def test_the_printed_curl_line_is_answered_as_the_program_is(server: Server, shop: Client, sample: Sample) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    _, text = run(sample.python, server)
    assert shop.post("__admin/reset").status_code == 200
    assert in_order(curl(sample, server)) == in_order(text)


# The values


def test_the_list_has_the_printed_customer_among_the_others(server: Server) -> None:
    sample = SAMPLE["find_customers"]
    listed = answered(sample, server)["customers"]
    (john,) = [customer for customer in listed if customer["id"] == 310]
    assert sample.reply
    assert in_order(json.dumps({"customers": [john]})) == in_order(sample.reply)
    assert {customer["status"] for customer in listed} == {"A"}
    assert [customer["id"] for customer in listed] == sorted(customer["id"] for customer in listed)


def test_the_printed_token_is_the_printed_customers(server: Server) -> None:
    listed = answered(SAMPLE["find_customers"], server)["customers"]
    assert answered(SAMPLE["get_customer_by_token"], server)["customers"] in listed
    assert answered(SAMPLE["get_customer_by_token"], server)["customers"]["id"] == 310


def test_a_created_customer_is_as_printed_but_for_her_numbers(server: Server) -> None:
    listed = answered(SAMPLE["find_customers"], server)["customers"]
    sample = SAMPLE["create_customer"]
    _, text = run(sample.python, server)
    new = json.loads(text)["customers"]
    home = new["address"]["id"]
    numbers = {310: new["id"], 102: new["displayId"], 4190: home, 4191: home + 1, 4192: home + 2}
    expected = re.sub(r"\b(310|102|419[012])\b", lambda found: str(numbers[int(found[0])]), sample.reply or "")
    assert in_order(text) == in_order(expected)
    assert new["id"] > max(customer["id"] for customer in listed)
    assert new["displayId"] not in {customer["displayId"] for customer in listed}
    assert [new[key]["email"] for key in ("address", "activeBillingAddress", "activeShippingAddress")] == [
        f"{home + at}@noemail.loc" for at in range(3)
    ]


def test_an_updated_customer_is_as_printed_by_whatever_she_is_asked_for(server: Server) -> None:
    sample = SAMPLE["update_customer"]
    altered = answered(sample, server)
    assert in_order(json.dumps(altered)) == in_order(sample.reply or "")
    single = SAMPLE["get_customer"]
    assert in_order(json.dumps(answered(single, server, instead="310"))) == in_order(single.reply or "")


@pytest.mark.parametrize("operation", ["find_orders", "find_payments"])
def test_the_printed_order_is_his_whom_it_names(server: Server, operation: str) -> None:
    """The page asks about another customer, and shows one of two payments."""
    sample = SAMPLE[operation]
    answer, printed = answered(sample, server, instead="296"), mended(sample.reply or "")
    if operation == "find_payments":
        answer["payments"][0] = answer["payments"][0][:1]
    assert answer == printed
    assert keys(answer) == keys(printed)


@pytest.mark.parametrize("operation", ADDRESSES)
def test_an_altered_address_is_answered_as_printed_with_its_lost_email(server: Server, operation: str) -> None:
    _, text = run(SAMPLE[operation].python, server)
    assert json.loads(text, object_pairs_hook=tuple) == json.loads(
        SAMPLE[operation].reply or "", object_pairs_hook=tuple
    )


def test_the_printed_credit_is_there_when_the_printed_request_is_repeated(server: Server) -> None:
    sample = SAMPLE["update_store_credit"]
    assert answered(sample, server)["storeCredit"] == 50
    assert in_order(run(sample.python, server)[1]) == in_order(sample.reply or "")


def test_the_printed_deletion_moves_its_customer_to_the_trash(server: Server) -> None:
    assert answered(SAMPLE["get_customer"], server, instead="229956")["customers"]["status"] == "A"
    assert answered(SAMPLE["delete_customer"], server) == {"status": "success"}
    assert answered(SAMPLE["get_customer"], server, instead="229956")["customers"]["status"] == "T"
    assert 229956 not in [customer["id"] for customer in answered(SAMPLE["find_customers"], server)["customers"]]


def test_a_lost_email_names_the_customer_of_the_page_and_no_other(server: Server, shop: Client) -> None:
    before = {customer["id"]: customer for customer in answered(SAMPLE["find_customers"], server)["customers"]}
    for operation in BODIES[1:]:
        answered(SAMPLE[operation], server)
    after = {customer["id"]: customer for customer in answered(SAMPLE["find_customers"], server)["customers"]}
    assert [id for id in before if after[id] != before[id]] == [310]
    exchanges = shop.get("__admin/requests").json()["requests"]
    assert [[found["id"] for found in each["findings"]] for each in exchanges[1:-1]] == [["email-lost"]] * 4


def test_all_bodies_have_as_many_keys_as_the_page_prints(server: Server) -> None:
    (order,) = answered(SAMPLE["find_orders"], server, instead="296")["orders"]
    payment = answered(SAMPLE["find_payments"], server, instead="296")["payments"][0][0]
    customer = answered(SAMPLE["get_customer"], server)["customers"]
    echoed = answered(SAMPLE["update_billing_address"], server)["address"]
    bodies = [
        customer,
        customer["address"],
        order,
        payment,
        order["payments"][0],
        order["items"][0],
        payment["order"],
        echoed,
    ]
    assert [len(body) for body in bodies] == [29, 14, 33, 15, 12, 19, 30, 13]


def test_headers_of_the_page_are_those_of_the_fixtures_first_plugin(server: Server) -> None:
    assert all(f"'{name}': '{value}'" in sample.python for sample in SAMPLES for name, value in HEADERS.items())
    path = "/external/app/access/customer?customerId=310"
    assert [server.ask(path, headers=headers)[0] for headers in (HEADERS, {})] == [200, 401]
