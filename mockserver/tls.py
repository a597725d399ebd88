"""TLS: certificates made on the spot, which last as long as the program runs, or the user's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext, SSLError, SSLObject, SSLSocket, TLSVersion
from typing import TYPE_CHECKING

from mockserver import wholefile
from mockserver.recent import Recent

if TYPE_CHECKING:
    from trustme import LeafCert

_LOCAL = ("localhost", "*.localhost", "127.0.0.1", "::1")
_LOCALHOST = ".localhost"
_OF_ANOTHER = ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED")
"""How OpenSSL says that a key is another certificate's: another one, or of another kind."""


class BrokenCertificate(Exception):
    """A certificate or its key cannot be used, or not be written. The message names the file."""


class Authority:
    """Vouches for the hosts that this program is asked under. `context` is what to serve with.

    OpenSSL and others refuse `*.localhost` in a certificate, so that each sandbox's host gets one of its own when it is
    first asked for. Private keys are in memory only; where that is not Linux's, they are in a file while OpenSSL reads it.
    """

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        import trustme  # noqa: PLC0415  it takes long, and most servers need none

        self._authority = trustme.CA(organization_name="mockserver")
        self._by_host: Recent[str, SSLContext] = Recent()
        self.context = self._make(dict.fromkeys([*_LOCAL, *hosts]))
        self.context.sni_callback = self._choose

    @property
    def certificate(self) -> bytes:
        """What clients must trust, as PEM."""
        return self._authority.cert_pem.bytes()

    def write(self, file: Path) -> None:
        """Write the certificate that clients must trust, as a whole or not at all. Raises BrokenCertificate."""
        try:
            wholefile.replace(file, [self.certificate])
            file.chmod(0o644)
        except OSError as error:
            raise BrokenCertificate(f"cannot write {file}: {error.strerror}") from None

    def _choose(self, connection: SSLSocket | SSLObject, host: str | None, _context: SSLContext) -> None:
        """Called in a handshake, with the host that the client asks for."""
        if host is None or not host.endswith(_LOCALHOST):
            return
        context = self._by_host.get(host)
        if context is None:
            with suppress(UnicodeError):  # no certificate can be made for a name of such signs
                context = self._make([host])
                self._by_host.keep(host, context)
        if context is not None:
            connection.context = context

    def _make(self, hosts: Iterable[str]) -> SSLContext:
        context = _context()
        _load_pair(context, self._authority.issue_cert(*hosts))
        return context


def own_context(certificate: Path, key: Path | None) -> SSLContext:
    """What to serve with, by a certificate of the user's and its key. Raises BrokenCertificate."""
    context = _context()
    for file in filter(None, (certificate, key)):
        try:
            file.open("rb").close()
        except OSError as error:
            raise BrokenCertificate(f"cannot read {file}: {error.strerror}") from None
    try:
        context.load_cert_chain(certificate, key, _refuse_to_ask)
    except _Encrypted:
        raise BrokenCertificate(f"the key in {key or certificate} is encrypted; give one that is not") from None
    except SSLError as error:
        raise BrokenCertificate(_reason(error, certificate, key)) from None
    return context


class _Encrypted(Exception):
    """OpenSSL wants a password."""


def _refuse_to_ask() -> str:
    raise _Encrypted


def _reason(error: SSLError, certificate: Path, key: Path | None) -> str:
    if b"-----BEGIN CERTIFICATE-----" not in certificate.read_bytes():
        return f"there is no certificate in {certificate}, as PEM"
    if b"PRIVATE KEY-----" not in (key or certificate).read_bytes():
        hint = "; say with --tls-key in which file it is" if key is None else ", as PEM"
        return f"there is no private key in {key or certificate}{hint}"
    if error.reason in _OF_ANOTHER:
        return f"the key in {key or certificate} does not belong to the certificate in {certificate}"
    return f"OpenSSL cannot use {certificate}{f' and {key}' if key else ''}: {error.reason or error}"


def _context() -> SSLContext:
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.minimum_version = TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _load_pair(context: SSLContext, pair: LeafCert) -> None:
    """OpenSSL reads keys from files only; on Linux that can be one in memory."""
    if sys.platform != "linux":
        pair.configure_cert(context)
        return
    file = os.memfd_create("certificate")
    try:
        os.write(file, pair.private_key_and_cert_chain_pem.bytes())
        context.load_cert_chain(f"/proc/self/fd/{file}")
    finally:
        os.close(file)
