"""Noting what goes through, where a fake would: journal, coverage, findings; and for the summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import msgspec

from mockserver import redaction
from mockserver.call import Call
from mockserver.findings import Finding
from mockserver.journal import Exchange
from mockserver.proxy.breaches import OUTSIDE, Breach, harmless, printable
from mockserver.proxy.messages import Asked
from mockserver.proxy.traffic import Counter, Exchanged
from mockserver.routes import Route
from mockserver.tally import outside
from mockserver.transport import Headers, Wire
from mockserver.vendor import Api
from mockserver.world import World

Tell = Callable[[Exchanged, Sequence[Breach]], None]
_MOST_FINDINGS = 100
"""How many are kept with one exchange."""


class Done(msgspec.Struct):
    """One request on its way: what is known of it so far.

    `sent` are the app's own headers, `asked` is what was sent on, `body` and `content` are the bodies as they were before
    any compression. `status` is the answer's, 0 where nobody has answered, for `reason`; `wire` is what the app gets.
    """

    route: Route | None
    call: Call
    asked: Asked
    sent: Headers
    body: bytes = b""
    status: int = 0
    reason: str = ""
    content: bytes = b""
    row: str | None = None
    breaches: list[Breach] = []
    wire: Wire = Wire(0, (), b"")
    started: float = msgspec.field(default_factory=time.perf_counter)

    def find(self, breaches: Iterable[Breach]) -> None:
        """Note what was found."""
        self.breaches += [printable(breach) for breach in breaches]

    @property
    def operation(self) -> str | None:
        """The operation's id; None where the contract has none."""
        return None if self.call.operation is None else self.call.operation.id


class Notes:
    """Notes exchanges in the one sandbox that a proxy has. `tell` is told of each, besides."""

    def __init__(self, world: World, api: Api, source: str) -> None:
        self.counter = Counter(api.name, source, api.contract.operations)
        self.tell: Tell | None = None
        self._api = api
        self._sandbox = world.sandboxes.default
        self._secret = redaction.secrets(api.contract, ())

    def note(self, done: Done) -> None:
        """Note an exchange that is over."""
        sandbox, call = self._sandbox, done.call
        api = "" if done.route is None else self._api.name
        findings = _findings(done)
        id = sandbox.journal.next_id()
        if done.route is not None and done.status:
            sandbox.coverage.meet(api, done.operation, done.status, done.row)
        if findings:
            sandbox.tally.meet(api, done.operation, call.method, call.target, findings, id)
        if sandbox.journal.wanted:
            sandbox.journal.append(self._exchange(done, id, findings))
        asked = harmless(f"{call.method} {redaction.show_url(call.target, self._secret)}")
        exchanged = Exchanged(id, done.operation, asked, done.status, harmless(done.reason))
        self.counter.add(exchanged, done.breaches)
        if self.tell is not None:
            with suppress(OSError):  # nobody reads what is told any more
                self.tell(exchanged, done.breaches)

    def _exchange(self, done: Done, id: int, findings: Sequence[Finding]) -> Exchange:
        is_passed_back = done.status == done.wire.status
        return Exchange(
            id=id,
            at=self._sandbox.clock.time(),
            took=time.perf_counter() - done.started,
            vendor="" if done.route is None else self._api.vendor,
            api="" if done.route is None else self._api.name,
            operation=done.operation,
            method=done.call.method,
            target=done.call.target,
            request_headers=self._sandbox.journal.shared(done.sent),
            request_body=done.body,
            status=done.wire.status,
            reply_headers=done.wire.headers,
            reply_body=done.content if is_passed_back else done.wire.body,
            row=done.row,
            findings=findings,
            changes=(),
        )


def _findings(done: Done) -> Sequence[Finding]:
    """One for each breach. That nothing in the contract answers is said in the words in which a fake says it."""
    call = done.call
    return [
        outside(call.method, call.target) if breach.rule == OUTSIDE else breach.finding
        for breach in done.breaches[:_MOST_FINDINGS]
    ]
