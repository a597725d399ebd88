"""The state file: where everything that a server has is saved, in one step, and found again when it next starts."""

from __future__ import annotations

import itertools
import os
import threading
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from mockserver import statedocument, wholefile
from mockserver.archive import Archive, Unfit, collect, restore
from mockserver.documents import BadDocument, Collections, Pause, Unwritable, go_on
from mockserver.sandboxes import Sandboxes
from mockserver.shelf import Shelf


class StateFileError(Exception):
    """The file cannot be used, loaded or saved, and is as it was. The message names it, and says why."""


class Moment(NamedTuple):
    """What there was when the file was saved for the so-many-th time."""

    number: int
    archive: Archive


class Saved(NamedTuple):
    """What the file has: the moment of this number, which was at `at` on the wall clock, in so many bytes."""

    number: int
    at: datetime
    size: int


class StateFile:
    """One file, which always has the whole of the last archive that was saved, whatever becomes of the next.

    Safe to use from several threads, but for `collect`.
    """

    def __init__(self, path: Path, sandboxes: Sandboxes, shelf: Shelf) -> None:
        self.path = path
        self._sandboxes = sandboxes
        self._shelf = shelf
        self._numbers = itertools.count(1)
        self._turn = threading.Lock()
        self._saved: Saved | None = None

    @property
    def _collections(self) -> Collections:
        return self._sandboxes.default.ledger.collections

    def load(self) -> bool:
        """Make a server that has just started what the file says; whether there is one. Raises StateFileError."""
        known = self._sandboxes.beginning.snapshot
        try:
            archive = statedocument.read(self.path.read_bytes(), self._collections, known)
            restore(archive, self._sandboxes, self._shelf)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StateFileError(f"{self.path} cannot be read: {error.strerror}") from None
        except (BadDocument, Unfit) as error:
            raise StateFileError(f"{self.path} cannot be loaded, and is left as it is: {error}") from None
        return True

    def collect(self) -> Moment:
        """What there is now, for `write`. Raises StateError inside a transaction that has altered something."""
        return Moment(next(self._numbers), collect(self._sandboxes, self._shelf))

    def write(self, moment: Moment, pause: Pause = go_on) -> Saved:
        """Save what there was at a moment; or nothing where a later one is saved already. Raises StateFileError.

        Returns what the file has now. `pause` is called every half a millisecond or so.
        """
        with self._turn:
            if self._saved is None or self._saved.number < moment.number:
                size = self._replace(moment.archive, pause)
                self._saved = Saved(moment.number, moment.archive.saved_at, size)
            return self._saved

    def _replace(self, archive: Archive, pause: Pause) -> int:
        try:
            return wholefile.replace(self.path.resolve(), statedocument.write(archive, self._collections), pause)
        except (OSError, Unwritable) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StateFileError(f"{self.path} could not be written, and is as it was: {reason}") from None


def prepare(path: Path) -> None:
    """See that a state file can be saved here, and clear away what was not finished. Raises StateFileError."""
    file = path.resolve()
    if file.is_dir():
        raise StateFileError(f"{path} is a folder; the state is saved in a file")
    if not file.parent.is_dir():
        raise StateFileError(f"{path} cannot be written: there is no folder {file.parent}")
    if file.exists() and not (file.is_file() and os.access(file, os.R_OK | os.W_OK)):
        raise StateFileError(f"{path} cannot be written: it is no file that can be read and written")
    try:
        wholefile.clear_away(file)
        with wholefile.beside(file):
            pass
    except OSError as error:
        raise StateFileError(f"{path} cannot be written: {error.strerror}") from None
