"""Bindings: credentials that lead to a sandbox, for apps that can be told nothing but a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

Headers = Mapping[bytes, bytes]
Credential = Mapping[str, str]
"""The headers of a request, by name, that make up one credential."""


class AlreadyBound(ValueError):
    """A credential leads to another sandbox already. The message names it, and not the credential."""


class Bindings:
    """From the headers of a request to the sandbox that one of its credentials is bound to.

    A token that an app was given in such a sandbox leads there as well.
    """

    def __init__(self) -> None:
        self._bound: dict[frozenset[tuple[bytes, bytes]], str] = {}
        self._issued: dict[bytes, str] = {}

    def __bool__(self) -> bool:
        return bool(self._bound)

    def bind(self, name: str, credentials: Sequence[Credential]) -> None:
        """Lead requests with any of these to a sandbox. Raises AlreadyBound, and binds none then."""
        wanted = [_pairs(credential) for credential in credentials]
        for pairs in wanted:
            holder = self._bound.get(pairs, name)
            if holder != name:
                names = ", ".join(sorted(header.decode("latin-1") for header, _ in pairs))
                raise AlreadyBound(f"a credential in {names} leads to the sandbox '{holder}' already")
        self._bound.update(dict.fromkeys(wanted, name))

    def issue(self, name: str, token: str) -> None:
        """Lead requests with a token that was given out in a sandbox there, too."""
        self._issued[token.encode("latin-1", "replace")] = name

    def release(self, name: str) -> None:
        """Lead nobody there any more."""
        self._bound = {pairs: holder for pairs, holder in self._bound.items() if holder != name}
        self._issued = {token: holder for token, holder in self._issued.items() if holder != name}

    def of(self, name: str) -> list[Credential]:
        """The credentials that lead to a sandbox."""
        bound = [pairs for pairs, holder in self._bound.items() if holder == name]
        return [{name.decode("latin-1"): value.decode("latin-1") for name, value in sorted(pairs)} for pairs in bound]

    def find(self, headers: Headers) -> str | None:
        """Where a request belongs: of several credentials, the one with the most headers decides; None for nowhere."""
        given = set(headers.items())
        fitting = [pairs for pairs in self._bound if pairs <= given]
        if fitting:
            return self._bound[max(fitting, key=len)]
        return next(self._leads(headers.values()), None) if self._issued else None

    def _leads(self, values: Iterable[bytes]) -> Iterator[str]:
        """Where tokens lead, with or without a scheme such as `Bearer` before them."""
        for value in values:
            for token in (value, value.rpartition(b" ")[2]):
                if token in self._issued:
                    yield self._issued[token]


def _pairs(credential: Credential) -> frozenset[tuple[bytes, bytes]]:
    return frozenset((name.lower().encode(), value.encode("latin-1", "replace")) for name, value in credential.items())
