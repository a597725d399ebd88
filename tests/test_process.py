"""The server as its users meet it: a process, its output, a socket and signals."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

import mockserver
from mockserver.app import known_vendors

ROOT = Path(__file__).parents[1]
KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}
LIMITED_KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItbGltaXRlZC1rZXk"}
UNKNOWN_KEY = {"X-Key": "d2VsbC1mb3JtZWQta2V5"}
ADDRESS = {
    "firstName": "Violet",
    "lastName": "Hunter",
    "street1": "Copper Beeches",
    "city": "Winchester",
    "postalCode": "SO23 9LS",
    "country": "GB",
}
HOLMES = b'{"status":"ok","customer":{"id":37091,"code":"TF78123"}}'
PROGRAM = [sys.executable, "-m", "mockserver"]
CURL = "curl "
ASKS = "The admin API asks for"
"""How the last lines of the banner begin, one for each contract."""
VENDORS = list(known_vendors())
CONTRACTS = [dialect.contract for vendor in known_vendors().values() for dialect in vendor.dialects]
MOST_SECONDS = 20
"""How long anything may take before a test gives up on it."""


@dataclass
class Server:
    process: subprocess.Popen[str]
    port: int
    banner: list[str]

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=MOST_SECONDS)

    def ask(self, path: str, body: object = None, headers: Mapping[str, str] = KEY) -> tuple[int, bytes]:
        """Ask once, on a connection of its own: GET without a body, POST with one."""
        with closing(self.connect()) as connection:
            return exchange(connection, path, body, headers)

    def call(self, method: str, body: object, headers: Mapping[str, str] = KEY) -> Any:
        """What a method of `commerce.customers` answers."""
        status, reply = self.ask(f"/api/v13/commerce.customers.{method}", body, headers)
        assert status == 200, reply
        return json.loads(reply)

    def everyone(self) -> bytes:
        """All customers, as bytes."""
        return self.ask("/api/v13/commerce.customers.find", {})[1]

    def stop(self, how: signal.Signals = signal.SIGINT) -> str:
        """Stop it as a user does; returns what it had to complain of."""
        self.process.send_signal(how)
        _, complaints = self.process.communicate(timeout=MOST_SECONDS)
        assert self.process.returncode == 0, complaints
        return complaints


def exchange(
    connection: HTTPConnection, path: str, body: object = None, headers: Mapping[str, str] = KEY
) -> tuple[int, bytes]:
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection.request("GET" if content is None else "POST", path, content, dict(headers))
    reply = connection.getresponse()
    return reply.status, reply.read()


def command(*options: str) -> list[str]:
    return [*PROGRAM, "serve", "--port", "0", *options]


@contextmanager
def serving(*options: str, last: str = CURL, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server that has printed its banner, down to the line that begins with `last`."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    with subprocess.Popen(
        command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=ROOT
    ) as process:
        try:
            banner = read_banner(process, last)
            found = re.search(r"http://\S+:(\d+) ", banner[0])
            assert found, banner
            yield Server(process, int(found[1]), banner)
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=MOST_SECONDS)


def read_banner(process: subprocess.Popen[str], last: str) -> list[str]:
    assert process.stdout
    assert process.stderr
    lines: list[str] = []
    while sum(line.startswith(last) for line in lines) < (len(CONTRACTS) if last == CURL else 1):
        line = process.stdout.readline()
        assert line, f"it ended: {lines} {process.stderr.read()}"
        lines.append(line.strip())
    return lines


def refused(*options: str) -> list[str]:
    """The lines on stderr of a server that does not start."""
    return failed(command(*options))


def failed(command: Sequence[str], cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> list[str]:
    env = {**os.environ, "PYTHONPATH": str(cwd), **(environment or {})}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=MOST_SECONDS, env=env, cwd=cwd)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def new_customer(number: int, **more: object) -> dict[str, object]:
    return {"customer": {"billingAddress": {**ADDRESS, "email": f"hunter{number}@example.com"}, **more}}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """One server for all tests that leave it as it was."""
    with serving() as server:
        yield server
        assert server.stop(signal.SIGTERM).replace("Invalid HTTP request received.\n", "") == ""


# What it prints, and what answers


def test_the_first_line_says_where_it_listens(server: Server) -> None:
    url = f"http://127.0.0.1:{server.port}"
    assert server.banner[0] == f"mockserver {mockserver.__version__} listens on {url} (Ctrl-C stops it)"
    assert server.banner[1].endswith(f"{url}/__admin/health")


def test_the_printed_curl_lines_work_in_a_shell(server: Server) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    lines = server.banner[server.banner.index("Try it:") + 1 :]
    answers = []
    for line in lines:
        command = f"{line} --fail-with-body"
        done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, timeout=MOST_SECONDS)
        assert (done.returncode, done.stderr) == (0, b""), line
        answers.append(json.loads(done.stdout))
    assert json.loads(HOLMES)["customer"]["id"] in [answer.get("customer", {}).get("id") for answer in answers]
    assert len(answers) == len(CONTRACTS)


def test_all_seven_operations_answer_over_the_socket(server: Server) -> None:
    password = {"value": "elementary"}
    id = server.call("create", new_customer(7, code="VH7", canLogin=True, password=password))["id"]
    login = {"email": "HUNTER7@example.com", "password": "elementary", "fields": ["id"]}
    assert server.call("authenticate", login) == {"status": "ok", "customer": {"id": id}}
    assert server.call("count", {"conditions": {"code": "VH7"}}) == {"status": "ok", "count": 1}
    assert server.call("update", {"id": id, "customer": {"code": "VH8"}}) == {"status": "ok"}
    assert server.call("get", {"id": id, "fields": ["code"]}) == {"status": "ok", "customer": {"code": "VH8"}}
    found = server.call("find", {"conditions": {"code": "VH8"}, "fields": ["id"]})
    assert found == {"status": "ok", "customers": [{"id": id}]}
    assert server.call("delete", {"ids": [id]}) == {"status": "ok"}
    assert server.call("get", {"id": id}) == {"status": "ok", "customer": None}


def test_one_connection_carries_many_requests(server: Server) -> None:
    connection = server.connect()
    connection.connect()
    first = connection.sock
    for number in range(3):
        reply = exchange(connection, "/api/v13/commerce.customers.get", {"id": number + 9_000_000})
        assert reply == (200, b'{"status":"ok","customer":null}')
        assert connection.sock is first
    connection.close()


def test_a_body_of_ten_megabytes_is_refused_and_the_connection_goes_on(server: Server) -> None:
    connection = server.connect()
    status, reply = exchange(connection, "/api/v13/commerce.customers.get", b"x" * 10_000_000)
    assert (status, reply) == (413, b"The request body is larger than 1048576 bytes")
    path, body = "/api/v13/commerce.customers.get", {"id": 37091, "fields": ["id", "code"]}
    assert exchange(connection, path, body) == (200, HOLMES)
    connection.close()
    assert server.ask(path, body) == (200, HOLMES)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00\xff\xfe\x16\x03\x01 garbage\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /api/v13/commerce.customers.get HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v13/commerce.customers.get HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST /api/v13/commerce.customers.get HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 100_000,
        b"\r\n" * 1000,
    ],
    ids=["bytes", "tls", "version", "negative length", "cut body", "wrong chunk", "endless line", "empty lines"],
)
def test_garbage_on_the_socket_does_no_harm(server: Server, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=MOST_SECONDS) as raw:
        raw.sendall(garbage)
        raw.shutdown(socket.SHUT_WR)
        answer = read_to_the_end(raw)
    assert b" 200 " not in answer
    assert b" 500 " not in answer
    assert server.call("get", {"id": 37091, "fields": ["id"]}) == {"status": "ok", "customer": {"id": 37091}}


def read_to_the_end(raw: socket.socket) -> bytes:
    try:
        return b"".join(iter(lambda: raw.recv(65536), b""))
    except ConnectionResetError:
        return b""


# How it ends


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_in_silence(how: signal.Signals) -> None:
    with serving() as server:
        server.everyone()
        assert server.stop(how) == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_right_after_the_first_line_stops_it_in_silence(how: signal.Signals) -> None:
    with serving(last="mockserver ") as server:
        assert server.stop(how) == ""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_connection_does_not_hold_it_up(how: signal.Signals) -> None:
    with serving() as server:
        idle, used = server.connect(), server.connect()
        idle.connect()
        exchange(used, "/__admin/health")
        assert server.stop(how) == ""
        idle.close()
        used.close()


def test_a_half_sent_request_does_not_hold_it_up() -> None:
    with serving() as server, socket.create_connection(("127.0.0.1", server.port)) as raw:
        raw.sendall(b"POST /api/v13/commerce.customers.get HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{")
        server.everyone()
        assert server.stop() == ""


def test_ctrl_c_gives_up_a_long_seeding_which_tells_its_progress() -> None:
    """Without coverage, whose lock a signal may find taken; then the process would wait for itself."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    env["PYTHONPATH"] = str(ROOT)
    many = command("--customers", "10000000")
    with subprocess.Popen(
        many, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, cwd=ROOT
    ) as process:
        assert process.stderr
        progress = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        try:
            said, complaints = process.communicate(timeout=MOST_SECONDS)
        finally:
            process.kill()  # whatever it waits for
    assert re.fullmatch(r"seeding: [\d,]+,000 of [\d,]+,000,000 customers\n", progress)
    assert (process.returncode, said) == (0, "")
    assert all(line.startswith("seeding: ") for line in complaints.splitlines())


# Why it does not start


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert refused("--port", str(port)) == [
            f"Error: cannot listen on 127.0.0.1:{port}: Address already in use; another --port, or --port 0 for any free one"
        ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            ["--fixture", "nosuch"],
            "there is no fixture called nosuch; known: default, documented, large, spurtcommerce-recorded, or the path of a .yaml file",
        ),
        (["--fixture", "nosuch.yaml"], "there is no fixture file nosuch.yaml"),
        (["--vendor", "nosuch"], f"there is no vendor called nosuch; known: {', '.join(VENDORS)}"),
        (
            ["--host", "nosuch.invalid"],
            "cannot listen on nosuch.invalid:0: Name or service not known; another --port, or --port 0 for any free one",
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_what_cannot_be_served_is_said_in_one_line(options: list[str], says: str) -> None:
    lines = refused(*options)
    assert len(lines) == 1
    assert re.match(r"Error: .+", lines[0])
    if options[0] != "--host":  # the resolver's own words differ from system to system
        assert lines == [f"Error: {says}"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{seed: [1", "not YAML: "),
        ("- seed", "a fixture is a mapping of "),
        ("sed: 1", "sed"),
        ("seed: one", "seed"),
        ("vendors: {nosuch: {}}", f"there is no vendor called nosuch; known: {', '.join(VENDORS)}"),
        ("vendors: {open2b: {kies: []}}", "kies"),
        ("vendors: {open2b: {customers: [{person: nobody, id: 1}]}}", "nobody is named nobody"),
        ("include: [nosuch]", "there is no fixture called nosuch"),
        ("drawn: {count: 1, locales: [xx_XX]}", "xx_XX"),
    ],
)
def test_a_broken_fixture_is_said_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    (line,) = refused("--fixture", str(file))
    assert line.startswith("Error: ")
    assert says in line


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("operationId: get_customer", "operationId: fetch_customer", 1), "fetch_customer"),
        (lambda text: text.replace("id: code-already-exists", "id: code-taken"), "code-already-exists"),
        (lambda text: text + "\n}", "open2b.yaml"),
        (lambda text: text.replace("#/components/schemas/GetRequest", "#/components/schemas/Nosuch"), "Nosuch"),
    ],
    ids=["operation", "error row", "not yaml", "reference"],
)
def test_a_broken_contract_is_said_in_one_line(tmp_path: Path, change: Callable[[str], str], says: str) -> None:
    for folder in ("mockserver", "contracts", "fixtures"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    contract = tmp_path / "contracts" / "open2b.yaml"
    contract.write_text(change(contract.read_text()))
    # The copy is not the code whose coverage counts.
    without_coverage = {name: "" for name in os.environ if name.startswith("COVERAGE_")}
    for started in (command(), [*PROGRAM, "vendors"]):
        (line,) = failed(started, tmp_path, without_coverage)
        assert line.startswith("Error: ")
        assert says in line


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--prot", "1"], "Error: No such option '--prot'"),
        (["--port", "70000"], "Error: Invalid value for '--port'"),
        (["--port", "web"], "Error: Invalid value for '--port'"),
        (["--customers", "-1"], "Error: Invalid value for '--customers'"),
        (["--auth", "none"], "Error: Invalid value for '--auth'"),
        (["surplus"], "Error: Got unexpected extra argument (surplus)"),
    ],
    ids=lambda value: "=".join(value) if isinstance(value, list) else "",
)
def test_a_mistyped_command_is_answered_with_its_usage(options: list[str], says: str) -> None:
    lines = refused(*options)
    assert lines[0].endswith("mockserver serve [OPTIONS]")
    assert lines[-1].startswith(says)


# What the options do


def test_a_fixture_of_ones_own_can_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("seed: 5\ndrawn: {count: 2}\nvendors: {open2b: {first_id: 700}}\n")
    with serving("--fixture", str(file), last="/api/v13") as server:
        found = server.call("find", {"fields": ["id"]}, UNKNOWN_KEY)
        assert found["customers"] == [{"id": 700}, {"id": 701}]
        assert server.stop() == ""


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people() -> None:
    with serving("--seed", "7") as first, serving("--seed", "7") as second, serving("--seed", "8") as other:
        assert first.everyone() == second.everyone()
        assert first.everyone() != other.everyone()
        assert "seed 7, " in first.banner[1]


def test_the_number_of_customers_can_be_chosen() -> None:
    with serving("--customers", "3", "--fixture", "default") as server:
        assert server.call("count", {"conditions": {"after": 0}}) == {"status": "ok", "count": 8}


def test_strict_accepts_the_fixtures_keys_only() -> None:
    path = "/api/v13/commerce.customers.count"
    with serving("--auth", "strict") as server:
        assert server.ask(path, {}, UNKNOWN_KEY) == (403, b"malformed key")
        assert server.ask(path, {}, KEY)[0] == 200
        assert server.ask(path, {}, LIMITED_KEY)[0] == 200


def test_lenient_accepts_any_well_formed_key(server: Server) -> None:
    path = "/api/v13/commerce.customers.count"
    assert server.ask(path, {}, UNKNOWN_KEY)[0] == 200
    assert server.ask(path, {}, {}) == (403, b"missing key")


def test_enforced_rate_limits_refuse_the_call_past_the_limit() -> None:
    path, body = "/api/v13/commerce.customers.get", {"id": 37091, "fields": ["id", "code"]}
    with serving("--rate-limits", "enforce") as server:
        connection = server.connect()
        assert {exchange(connection, path, body) for _ in range(1000)} == {(200, HOLMES)}
        assert exchange(connection, path, body) == (429, b"More than 1000 calls in 300 seconds")
        assert exchange(connection, path, body, LIMITED_KEY) == (200, HOLMES)
        connection.close()


def test_off_loopback_the_admin_api_asks_for_the_printed_token() -> None:
    with serving("--host", "0.0.0.0", last="The admin API asks for") as server:  # noqa: S104  what is tested
        said, _, header = server.banner[-1].partition("Authorization: ")
        assert said == "The admin API asks for: "
        assert server.ask("/__admin/vendors", headers={})[0] == 401
        assert server.ask("/__admin/vendors", headers={"Authorization": "Bearer guess"})[0] == 401
        assert server.ask("/__admin/vendors", headers={"Authorization": header})[0] == 200
        assert server.ask("/__admin/health", headers={})[0] == 200
        assert server.call("get", {"id": 37091, "fields": ["id"]})["customer"] == {"id": 37091}


def test_on_loopback_no_token_is_printed(server: Server) -> None:
    assert not [line for line in server.banner if ASKS in line]
    assert server.ask("/__admin/vendors", headers={})[0] == 200


def test_it_listens_on_ipv6_too() -> None:
    with socket.socket(socket.AF_INET6) as probe:
        try:
            probe.bind(("::1", 0))
        except OSError:
            pytest.skip("there is no IPv6 here")
    with serving("--host", "::1") as server:
        assert server.banner[0].startswith(
            f"mockserver {mockserver.__version__} listens on http://[::1]:{server.port} "
        )
        with closing(HTTPConnection("::1", server.port, timeout=MOST_SECONDS)) as connection:
            assert exchange(connection, "/__admin/health", headers={})[0] == 200
        assert not [line for line in server.banner if ASKS in line]


# At a terminal


class Terminal:
    """What a server prints on a terminal, without its colours."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._lines = self._read()

    def _read(self) -> Iterator[str]:
        text = ""
        while True:
            ready, _, _ = select.select([self._file], [], [], MOST_SECONDS)
            assert ready, f"nothing more came after {text!r}"
            text += re.sub(r"\x1b\[[\d;]*m", "", os.read(self._file, 65536).decode())
            *lines, text = text.split("\r\n")
            yield from lines

    def line(self, beginning: str) -> str:
        """The next line that begins so."""
        return next(line for line in self._lines if line.strip().startswith(beginning))

    def rest(self) -> list[str]:
        """What is left, once the program has ended."""
        try:
            return list(self._lines)
        except OSError:  # Linux says so at the end of a terminal
            return []


@contextmanager
def at_a_terminal(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[tuple[Server, Terminal]]:
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
    try:
        with subprocess.Popen(
            command(*options), stdout=theirs, stderr=subprocess.PIPE, text=True, env=env, cwd=ROOT
        ) as process:
            os.close(theirs)
            terminal = Terminal(ours)
            found = re.search(r":(\d+) ", terminal.line("mockserver "))
            assert found
            server = Server(process, int(found[1]), [])
            for _ in CONTRACTS:
                terminal.line(CURL)
            try:
                yield server, terminal
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.communicate(timeout=MOST_SECONDS)
    finally:
        os.close(ours)


def test_a_terminal_shows_a_line_per_request() -> None:
    with at_a_terminal() as (server, terminal):
        server.call("get", {"id": 37091})
        assert re.fullmatch(r"default  open2b\.get_customer  200  \d+\.\d\d ms", terminal.line(""))
        server.call("create", new_customer(1, code="TF78123"))
        assert re.fullmatch(r"default  open2b\.create_customer  code-already-exists  \d+\.\d\d ms", terminal.line(""))
        server.ask("/api/v13/commerce.nosuch.get", {})
        assert re.fullmatch(
            r"default  POST /api/v13/commerce\.nosuch\.get  method-unknown  \d+\.\d\d ms  \[outside-contract\]",
            terminal.line(""),
        )
        server.ask("/__admin/health")
        server.call("find", {"limit": 1})
        assert terminal.line("").startswith("default  open2b.find_customers  200  ")
        assert server.stop() == ""


@pytest.mark.parametrize("environment", [{}, {"PYTHONIOENCODING": "ascii"}], ids=["utf-8", "ascii"])
def test_what_a_client_sends_cannot_steer_the_terminal(environment: dict[str, str]) -> None:
    with at_a_terminal(environment=environment) as (server, terminal):
        status, _ = server.ask("/api/v13/commerce.%1b%5d0;mine%07%0afake%c3%a9", {})
        assert status == 404
        assert re.fullmatch(
            r"default  POST /api/v13/commerce\.[ -~é]+  method-unknown  \d+\.\d\d ms  \[outside-contract\]",
            terminal.line(""),
        )


def test_a_quiet_server_shows_none() -> None:
    with at_a_terminal("--quiet") as (server, terminal):
        server.call("get", {"id": 37091})
        assert server.stop() == ""
        assert [line for line in terminal.rest() if line not in {"", "^C"}] == []


def test_where_there_is_no_terminal_none_is_printed() -> None:
    with serving() as server:
        server.call("get", {"id": 37091})
        server.process.send_signal(signal.SIGINT)
        said, complaints = server.process.communicate(timeout=MOST_SECONDS)
        assert (said, complaints) == ("", "")
