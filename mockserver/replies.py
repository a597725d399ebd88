"""The check of what is sent: that it meets the contract, always."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import msgspec
import orjson

from mockserver.narrowing import Inexpressible
from mockserver.recent import KEPT, Recent
from mockserver.schema import Check, Document, Schema
from mockserver.typed import Types

MOST_BYTES = 2 << 20
"""How many bytes of texts a check knows again. A list of a big shop may be hundreds of megabytes, and another one after
each change of a single customer."""


class ReplyCheck(Check):
    """A check of what is sent, which knows again what it has found valid: an app asks for the same thing many times.

    Equal bytes have equal validity, whatever else has happened in between, so nothing is ever left unchecked. `known`
    has what the caller made of each text, for it to use again; only `keep` adds to it.
    """

    def __init__(self, schema: Schema, document: Document, types: Types | None = None) -> None:
        super().__init__(schema, document)
        self.known: Recent[bytes, Any] = Recent()
        self._bytes = 0
        self._types = types or Types(document)

    def keep(self, sent: bytes, made: Any) -> None:
        """Know again a valid text, and what was made of it; the oldest are forgotten, and one that is very long at once."""
        if len(sent) > MOST_BYTES or sent in self.known:
            return
        self._bytes += len(sent)
        while self._bytes > MOST_BYTES or len(self.known) >= KEPT:
            oldest = next(iter(self.known))
            self._bytes -= len(oldest)
            del self.known[oldest]
        self.known.keep(sent, made)

    @cached_property
    def decode(self) -> Callable[[bytes], Any] | None:
        """Decodes texts that are valid, and raises ValueError for others; None where the schema is no type."""
        try:
            return msgspec.json.Decoder(self._types.of(self.schema)).decode
        except (Inexpressible, TypeError):
            return None

    def mismatch(self, sent: bytes) -> str | None:
        """What is first wrong with a JSON text: the schema's path and the reason; None when it is valid.

        A text that can be decoded as the schema's type is valid, and found to be so in a third of the time.
        """
        if self.decode is not None:
            try:
                self.decode(sent)
            except ValueError:
                pass
            else:
                return None
        value = orjson.loads(sent)
        if self.is_valid(value):
            return None
        error = next(self.validator.iter_errors(value))
        at = "/".join(map(str, error.instance_path))
        return f"/{at} violates {'/'.join(map(str, error.schema_path))}: {error.message}"


class ReplyChecks:
    """The checks of one contract: operations that share a reply and are equally well known share its check.

    What a check knows again are replies as they were sent, and these tell how well the operation is known.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self._types = Types(document)
        self._made: dict[tuple[int, str], ReplyCheck] = {}

    def of(self, schema: Schema, evidence: str) -> ReplyCheck:
        """The check of one schema of the document."""
        return self._made.setdefault((id(schema), evidence), ReplyCheck(schema, self._document, self._types))
