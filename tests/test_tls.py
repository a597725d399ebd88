"""https: certificates made on the spot, the user's own, and what is said where they cannot be used."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

import pytest
import trustme

from mockserver.server import Server as InThread, listen
from mockserver.tls import Authority, BrokenCertificate, own_context
from mockserver.transport import Receive, Scope, Send
from tests.processes import MOST_SECONDS, Server, refused, serving

KEY = {"X-Key": "bW9ja3NlcnZlci1vcGVuMmItc2hvcC1rZXk"}


def trusting(certificate: Path | bytes) -> ssl.SSLContext:
    if isinstance(certificate, bytes):
        return ssl.create_default_context(cadata=certificate.decode())
    return ssl.create_default_context(cafile=certificate)


def ask(port: int, path: str, context: ssl.SSLContext, host: str = "127.0.0.1", name: str = "") -> tuple[int, Any]:
    """Ask over https; `name` is the host that is asked for, and whose certificate is wanted."""
    with (
        socket.create_connection((host, port), timeout=MOST_SECONDS) as raw,
        context.wrap_socket(raw, server_hostname=name or host) as wrapped,
        closing(HTTPSConnection(name or host, port)) as connection,
    ):
        connection.sock = wrapped
        connection.request("GET", path, headers=KEY)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())


# A certificate that is made on the spot


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    options = ["--tls", "--tls-ca-out", "ca.pem", "--auto-sandbox", "ci-*", "--admin-allow-host", "shop.example"]
    temporary = folder / "temporary"
    temporary.mkdir()
    with serving(*options, cwd=folder, variables={"TMPDIR": str(temporary)}) as server:
        yield server
        assert server.stop() == []
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["localhost", "127.0.0.1", "::1", "ci-1.localhost", "ci-2.x.localhost", "shop.example"]
)
def test_every_name_of_this_server_verifies(server: Server, folder: Path, name: str) -> None:
    assert ask(server.port, "/__admin/clock", trusting(folder / "ca.pem"), name=name)[0] == 200


def test_a_sandboxs_host_leads_to_it_over_https_too(server: Server, folder: Path) -> None:
    context = trusting(folder / "ca.pem")
    _, listed = ask(server.port, "/__admin/sandboxes/ci-host", context, name="ci-host.localhost")
    assert listed["name"] == "ci-host"
    assert listed["url"].startswith("https://")


def test_other_names_do_not_verify(server: Server, folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        ask(server.port, "/__admin/clock", trusting(folder / "ca.pem"), name="other.example")


def test_without_the_authoritys_certificate_nothing_verifies(server: Server) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        ask(server.port, "/__admin/clock", ssl.create_default_context())


def test_what_clients_are_to_trust_has_no_key_and_may_be_read_by_all(server: Server, folder: Path) -> None:
    assert server.scheme == "https"
    text = (folder / "ca.pem").read_text()
    assert text.count("-----BEGIN CERTIFICATE-----") == 1
    assert "KEY" not in text
    assert (folder / "ca.pem").stat().st_mode & 0o777 == 0o644
    assert sorted(file.name for file in folder.iterdir()) == ["ca.pem", "temporary"]


def test_the_printed_lines_work_in_a_shell(server: Server, folder: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not on PATH")
    line = server.said.until(f"^  curl -s --cacert ca.pem '?https://127.0.0.1:{server.port}/")
    command = ["/bin/sh", "-c", f"{line} --fail"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=MOST_SECONDS, cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    json.loads(done.stdout)


def test_plain_http_gets_no_answer(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=MOST_SECONDS) as raw:
        raw.sendall(b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            answer = b"".join(iter(lambda: raw.recv(65536), b""))
        except ConnectionResetError:
            answer = b""
    assert b"200" not in answer


def test_without_a_file_curl_is_told_to_trust_anything(folder: Path) -> None:
    with serving("--tls", cwd=folder) as server:
        server.said.until(r"^  curl -s --insecure '?https://")


async def tell_name(scope: Scope, _receive: Receive, send: Send) -> None:
    body = json.dumps(scope["scheme"]).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def test_hosts_that_no_certificate_can_name_do_no_harm() -> None:
    authority = Authority()
    server = InThread(tell_name, listen(), authority.context)
    server.start()
    try:
        port = int(server.url.rpartition(":")[2])
        assert server.url == f"https://127.0.0.1:{port}"
        context = trusting(authority.certificate)
        for name in ("a_b.localhost", "-x.localhost"):
            with pytest.raises((ssl.SSLError, ValueError)):
                ask(port, "/", context, name=name)
        for number in range(300):
            if number % 10 == 0:
                assert ask(port, "/", context, name=f"shop-{number}.localhost") == (200, "https")
    finally:
        server.stop()


# The user's own


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates, keys and other files."""
    folder = tmp_path_factory.mktemp("own")
    authority, other = trustme.CA(), trustme.CA()
    pair = authority.issue_cert("localhost", "127.0.0.1")
    authority.cert_pem.write_to_path(folder / "root.pem")
    pair.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    pair.private_key_pem.write_to_path(folder / "key.pem")
    pair.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    other.issue_cert("localhost").private_key_pem.write_to_path(folder / "other-key.pem")
    other.issue_cert("x", key_type=trustme.KeyType.RSA).private_key_pem.write_to_path(folder / "rsa-key.pem")
    (folder / "mixed.pem").write_bytes((folder / "cert.pem").read_bytes() + (folder / "other-key.pem").read_bytes())
    (folder / "text.pem").write_text("no certificate\n")
    (folder / "torn.pem").write_bytes((folder / "cert.pem").read_bytes()[:300])
    encrypt = ["openssl", "ec", "-in", "key.pem", "-aes128", "-passout", "pass:open sesame", "-out", "secret-key.pem"]
    if shutil.which("openssl"):
        subprocess.run(encrypt, check=True, cwd=folder, capture_output=True)
    return folder


@pytest.mark.parametrize(
    "options", [["--tls-cert", "cert.pem", "--tls-key", "key.pem"], ["--tls", "--tls-cert", "both.pem"]]
)
def test_ones_own_certificate_is_served(own: Path, options: list[str]) -> None:
    with serving(*options, cwd=own) as server:
        server.said.until(f"^  curl -s '?https://127.0.0.1:{server.port}/")
        assert ask(server.port, "/__admin/clock", trusting(own / "root.pem"), name="localhost")[0] == 200


@pytest.mark.parametrize(
    ("certificate", "key", "says"),
    [
        ("cert.pem", "other-key.pem", "the key in other-key.pem does not belong to the certificate in cert.pem"),
        ("cert.pem", "rsa-key.pem", "the key in rsa-key.pem does not belong to the certificate in cert.pem"),
        ("nobody.pem", "key.pem", "cannot read nobody.pem: No such file or directory"),
        ("cert.pem", "nobody.pem", "cannot read nobody.pem: No such file or directory"),
        (".", "key.pem", "cannot read .: Is a directory"),
        ("text.pem", "key.pem", "there is no certificate in text.pem, as PEM"),
        ("key.pem", "key.pem", "there is no certificate in key.pem, as PEM"),
        ("cert.pem", None, "there is no private key in cert.pem; say with --tls-key in which file it is"),
        ("cert.pem", "text.pem", "there is no private key in text.pem, as PEM"),
        ("cert.pem", "cert.pem", "there is no private key in cert.pem, as PEM"),
        ("mixed.pem", None, "the key in mixed.pem does not belong to the certificate in mixed.pem"),
        ("torn.pem", "key.pem", "OpenSSL cannot use torn.pem and key.pem: "),
        ("cert.pem", "secret-key.pem", "the key in secret-key.pem is encrypted; give one that is not"),
    ],
)
def test_what_does_not_fit_is_said_in_one_line(
    own: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, key: str | None, says: str
) -> None:
    monkeypatch.chdir(own)
    if key == "secret-key.pem" and not Path(key).exists():
        pytest.skip("openssl is not on PATH")
    with pytest.raises(BrokenCertificate) as refusal:
        own_context(Path(certificate), None if key is None else Path(key))
    assert str(refusal.value).startswith(says)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--tls-cert", "cert.pem", "--tls-key", "other-key.pem"], "the key in other-key.pem does not belong to "),
        (["--tls-key", "key.pem"], "--tls-key is the key of a certificate: say with --tls-cert in which file that is"),
        (["--tls-ca-out", "ca.pem"], "--tls-ca-out goes with --tls, for a certificate that is made on the spot"),
        (["--tls", "--tls-cert", "both.pem", "--tls-ca-out", "ca.pem"], "--tls-ca-out goes with --tls, for a "),
        (["--tls", "--tls-ca-out", "nowhere/ca.pem"], "cannot write nowhere/ca.pem: No such file or directory"),
    ],
)
def test_options_that_do_not_go_together_are_refused(own: Path, options: list[str], says: str) -> None:
    assert refused(*options, cwd=own).startswith(says)
