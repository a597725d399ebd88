"""A soak: players on a few threads, for some time or some steps; and the story of the first difference."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial

from tests.soak import history, story
from tests.soak.comparing import Difference
from tests.soak.line import Line
from tests.soak.player import Player
from tests.soak.receiver import Receiver
from tests.soak.stage import Stage

THREADS = 4


@dataclass(frozen=True)
class Settings:
    """How long, how many, and drawn from what. `only` plays the story of one player alone."""

    seed: int
    minutes: float
    sandboxes: int
    steps: int | None = None
    only: int | None = None


@dataclass
class Soak:
    """What goes on. `trouble` is the first difference, as a text."""

    settings: Settings
    stage: Stage
    trouble: str = ""
    players: list[Player] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def steps(self) -> int:
        return sum(player.steps for player in self.players)

    @property
    def requests(self) -> int:
        return sum({id(player.line): player.line.asked for player in self.players}.values())

    def run(self, port: int, watch: Callable[[Soak], None]) -> None:
        """Play to the end, or to the first difference; `watch` is called once a second, and at least once."""
        self.stage.port = port
        self._guarded(self.stage.learn)
        with ExitStack() as stack:
            lines = [stack.enter_context(closing(Line(port))) for _ in range(THREADS)]
            numbers = range(self.settings.sandboxes) if self.settings.only is None else [self.settings.only]
            if not self.trouble:
                self.players = [Player(number, self.stage, lines[at % THREADS]) for at, number in enumerate(numbers)]
            parts = [self.players[at::THREADS] for at in range(THREADS)]
            threads = [threading.Thread(target=self._play, args=(part,)) for part in parts]
            for thread in threads:
                thread.start()
            try:
                self._watch(threads, watch)
            finally:
                self._stopping.set()
                for thread in threads:
                    thread.join()
            watch(self)

    def resume(self, port: int) -> None:
        """See that a server that has begun with what another one has saved is as that one was."""
        line = Line(port)
        with closing(line):
            self.stage.port = port
            self.stage.register.restart()
            for player in self.players:
                player.line = line
                self._guarded(partial(story.resume, player), player)

    def _watch(self, threads: Sequence[threading.Thread], watch: Callable[[Soak], None]) -> None:
        until = time.monotonic() + self.settings.minutes * 60
        while any(thread.is_alive() for thread in threads):
            if time.monotonic() > until:
                self._stopping.set()
            for thread in threads:
                thread.join(1 / len(threads))
            watch(self)

    def _play(self, players: Sequence[Player]) -> None:
        """One thread: a step of each player in turn."""
        for player in players:
            self._guarded(partial(history.begin, player), player)
        while not self._stopping.is_set() and not all(self._is_through(player) for player in players):
            for player in players:
                if not self._stopping.is_set() and not self._is_through(player):
                    self._guarded(partial(story.step, player), player)
        for player in players:
            if not self.trouble:
                self._guarded(partial(story.end, player), player)

    def _is_through(self, player: Player) -> bool:
        return self.settings.steps is not None and player.steps >= self.settings.steps

    def _guarded(self, deed: Callable[[], None], player: Player | None = None) -> None:
        """Do something; what goes wrong is told once, and ends the soak."""
        try:
            deed()
        except Exception as error:  # noqa: BLE001  whatever it is, it is told, and nothing goes on
            self._stopping.set()
            what = str(error) if isinstance(error, Difference) else traceback.format_exc()
            if not self.trouble:
                self.trouble = _story(self.settings, player, what)


def _story(settings: Settings, player: Player | None, what: str) -> str:
    if player is None:
        return what
    how = f"--seed {settings.seed} --sandboxes {settings.sandboxes} --only {player.number}"
    return "\n".join(
        [
            f"Player {player.number} in sandbox {player.name}, step {player.steps} (again: {how}): {what}",
            "The last requests of this player, by the numbers of the steps:",
            *(f"  {each}" for each in player.last),
        ]
    )


@contextmanager
def soaking(settings: Settings) -> Iterator[Soak]:
    """A soak that is about to begin."""
    with Receiver() as receiver:
        yield Soak(settings, Stage(settings.seed, receiver))
