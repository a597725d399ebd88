"""Watching files: when what one of them says has changed, somebody is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

_SETTLE_MILLIS = 100
"""So long there must be no change before one counts: editors write a file in several steps."""
_LOOK_MILLIS = 1000
"""How often it looks without being told of a change: from some file systems no word comes."""

_COARSE_NANOS = 20_000_000
"""By so much a file's time may be behind the clock's."""

Stamp = tuple[int, int, int] | None


class Watch:
    """Calls `changed` with the names of files that say something else than before, from a thread of its own.

    `files` gives the files that matter by now; they need not be there. Call `stop` from another thread.
    """

    def __init__(self, files: Callable[[], Iterable[Path]], changed: Callable[[list[str]], None]) -> None:
        self._files = files
        self._changed = changed
        self._stopping = threading.Event()
        self._stamps: dict[Path, Stamp] = {}
        self._said: dict[Path, bytes | None] = {}
        self._thread = threading.Thread(target=self._run, name="mockserver --watch", daemon=True)
        self._note()

    def start(self) -> None:
        """Watch from now on; a change since this was made counts."""
        self._thread.start()

    def stop(self) -> None:
        """Watch no more. Returns once nobody will be told of anything."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            folders = self._folders()
            for _ in self._turns(folders):
                self._look()
                if self._folders() != folders:
                    break

    def _turns(self, folders: list[Path]) -> Iterator[object]:
        """One each time that something has changed in the folders, and now and then."""
        from watchfiles import watch  # noqa: PLC0415  few servers need it

        try:
            yield from watch(
                *folders,
                watch_filter=None,
                step=_SETTLE_MILLIS,
                stop_event=self._stopping,
                rust_timeout=_LOOK_MILLIS,
                yield_on_timeout=True,
                recursive=False,
            )
        except (OSError, RuntimeError):  # the system watches no more files, or not these
            yield None
            self._stopping.wait(_LOOK_MILLIS / 1000)

    def _folders(self) -> list[Path]:
        """Where the files are, or would be: a file that is replaced is another one, but in the same folder."""
        files = list(self._files())
        folders = {file.parent for file in files} | {file.resolve().parent for file in files}
        return sorted(folder for folder in folders if folder.is_dir()) or [Path()]

    def _look(self) -> None:
        stamps = {file: _stamp(file) for file in self._files()}
        if stamps == self._stamps:
            return
        said = self._said
        self._note()
        names = [str(file) for file, now in self._said.items() if file in said and said[file] != now]
        if names:
            started = time.time_ns() - _COARSE_NANOS
            self._changed(names)
            self._note_new(started)

    def _note(self) -> None:
        """Remember what the files say."""
        files = list(self._files())
        self._stamps = {file: _stamp(file) for file in files}
        self._said = {file: _digest(file) for file in files}

    def _note_new(self, since: int) -> None:
        """Remember what files say that begin to matter; what was written since then may not have been read yet."""
        for file in self._files():
            if file not in self._said:
                stamp = _stamp(file)
                is_fresh = stamp is not None and stamp[0] >= since
                self._stamps[file] = None if is_fresh else stamp
                self._said[file] = b"" if is_fresh else _digest(file)


def _stamp(file: Path) -> Stamp:
    """What is likely to be another when a file was written."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(file: Path) -> bytes | None:
    try:
        return blake2b(file.read_bytes()).digest()
    except OSError:
        return None
