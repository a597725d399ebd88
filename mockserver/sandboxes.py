"""All sandboxes of a server: made, found, and gone after a while without a request."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial

from mockserver.bindings import Bindings, Credential, Headers
from mockserver.journal import Exchange
from mockserver.options import Options
from mockserver.recent import Recent
from mockserver.sandbox import DEFAULT, Beginning, Opener, Run, Sandbox
from mockserver.state.change import Change
from mockserver.state.snapshot import Snapshot
from mockserver.webhooks.courier import Courier

NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What a sandbox may be called: what can stand before `.localhost`, and in a path."""
_CONTROL = "sandbox."
Observer = Callable[[str, Exchange], None]


class NameTaken(ValueError):
    """There is a sandbox of this name. The message says so."""


class TooMany(ValueError):
    """There are as many sandboxes as there may be. The message says what to do."""


class Sandboxes:
    """All sandboxes by name. `default` is always there.

    `run` has what was met in histories that are over. Of a sandbox with a time to live, requests keep it alive; what
    is past its time goes when there is next a request, to whichever.
    """

    def __init__(self, openers: Mapping[str, Opener], beginning: Beginning, options: Options) -> None:
        self.beginning = beginning
        self.run = Run()
        self.bindings = Bindings()
        self.bound = False
        """Whether any credential leads to a sandbox."""
        self._openers = openers
        self._options = options
        self._courier = Courier(options.webhook_allow)
        self._observer: Observer | None = None
        self._by_name: dict[str, Sandbox] = {}
        self._gone: Recent[str, str] = Recent()
        self._numbers = itertools.count(1)
        self._next_end = float("inf")
        self.create(DEFAULT)

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(list(self._by_name.values()))

    @property
    def options(self) -> Options:
        """Those of the sandboxes that are made with no others."""
        return self._options

    @property
    def limit(self) -> int:
        """How many there may be at a time."""
        return self._options.max_sandboxes

    @property
    def default(self) -> Sandbox:
        """The one that is always there."""
        return self._by_name[DEFAULT]

    def begin_with(self, beginning: Beginning, options: Options) -> None:
        """What those that are made from now on begin with, where they are not told otherwise."""
        self.beginning, self._options = beginning, options

    def create(
        self,
        name: str | None = None,
        beginning: Beginning | None = None,
        *,
        options: Options | None = None,
        ttl: float | None = None,
        credentials: Sequence[Credential] = (),
    ) -> Sandbox:
        """Make a fresh sandbox; without a name, under a new one. Raises NameTaken, TooMany, AlreadyBound."""
        self._end_those_past_their_time()
        name = name or self._free_name()
        if name in self._by_name:
            raise NameTaken(f"there is a sandbox called '{name}' already")
        if len(self._by_name) >= self.limit:
            raise TooMany(
                f"there are {self.limit} sandboxes, as many as there may be: delete some, give them a time to live, "
                "or start the server with a higher --max-sandboxes"
            )
        self.bindings.bind(name, credentials)
        self.bound = bool(self.bindings)
        made = Sandbox(name, self._openers, beginning or self.beginning, options or self._options, self.run)
        made.bound = bool(credentials)
        made.ledger.salt = f"{name}/" if credentials else ""
        self._by_name[name] = made
        self._limit_life(made, ttl)
        self._attach(made)
        self._courier.attend(made.webhooks)
        return made

    def remove(self, name: str, why: str = "was deleted") -> None:
        """End a sandbox; what was met in it is counted on. Raises KeyError."""
        ended = self._by_name.pop(name)
        self._courier.leave(ended.webhooks)
        self.bindings.release(name)
        self.bound = bool(self.bindings)
        ended.end()
        self._gone.keep(name, why)

    def get(self, name: str) -> Sandbox | None:
        """The sandbox of this name, for a request to it; None when there is none and none is made automatically."""
        now = time.time()
        if now >= self._next_end:
            self._end_those_past_their_time()
        sandbox = self._by_name.get(name)
        if sandbox is None:
            return self._make_automatically(name)
        sandbox.used = now
        return sandbox

    def find(self, headers: Headers) -> str:
        """The name of the sandbox of a request that names none."""
        return self.bindings.find(headers) or DEFAULT

    def note_issued(self, sandbox: Sandbox, changes: Sequence[Change]) -> None:
        """Have what was given out in a sandbox lead there: the records whose very key is a secret."""
        for change in changes:
            collection = sandbox.ledger.collections[change.collection]
            is_token = collection.key_field in collection.secret and not collection.name.startswith(_CONTROL)
            if is_token and change.after is not None:
                self.bindings.issue(sandbox.name, str(change.key))

    def why_not(self, name: str) -> str:
        """Why there is no sandbox of this name, as far as that is known; empty where it is not."""
        if name in self._gone:
            return f"it {self._gone[name]}"
        return f"there are {self.limit} already, as many as there may be" if self._is_automatic(name) else ""

    def copy(self, sandbox: Sandbox) -> Beginning:
        """A sandbox's state as it is, for another one to begin with."""
        return self._copied(sandbox, sandbox.save(), f"sandbox {sandbox.name}")

    def fork(self, sandbox: Sandbox, before: Exchange) -> Beginning:
        """A sandbox's state as it was just before an exchange in its journal, for another one to begin with."""
        scratch = self.scratch(self.copy(sandbox), sandbox.options)
        with scratch.ledger.transaction():
            scratch.rewind(before, sandbox.journal)
        return self._copied(sandbox, scratch.save(), f"sandbox {sandbox.name} before request {before.id}")

    def scratch(self, beginning: Beginning, options: Options) -> Sandbox:
        """One that nobody can ask, to prepare a state in."""
        return Sandbox("scratch", self._openers, beginning, options, Run())

    def _copied(self, sandbox: Sandbox, state: Snapshot, source: str) -> Beginning:
        return Beginning(state, sandbox.beginning.fixture, sandbox.beginning.seed, source)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every exchange in any sandbox, with the sandbox's name."""
        self._observer = observer
        for sandbox in self:
            self._attach(sandbox)

    def _attach(self, sandbox: Sandbox) -> None:
        if self._observer is not None:
            sandbox.journal.observe(partial(self._observer, sandbox.name))

    def _free_name(self) -> str:
        return next(name for name in map("sandbox-{}".format, self._numbers) if name not in self._by_name)

    def _is_automatic(self, name: str) -> bool:
        patterns = self._options.auto
        return bool(patterns and NAME.fullmatch(name)) and any(fnmatchcase(name, pattern) for pattern in patterns)

    def _make_automatically(self, name: str) -> Sandbox | None:
        if not self._is_automatic(name) or len(self._by_name) >= self.limit:
            return None
        return self.create(name)

    def _limit_life(self, sandbox: Sandbox, ttl: float | None) -> None:
        sandbox.ttl = ttl
        if ttl is not None:
            self._next_end = min(self._next_end, sandbox.used + ttl)

    def _end_those_past_their_time(self) -> None:
        now = time.time()
        for sandbox in self:
            if sandbox.ttl is not None and now >= sandbox.used + sandbox.ttl:
                self.remove(sandbox.name, f"had no request for {sandbox.ttl:g} s, which is its time to live")
        ends = [sandbox.used + sandbox.ttl for sandbox in self if sandbox.ttl is not None]
        self._next_end = min(ends, default=float("inf"))
