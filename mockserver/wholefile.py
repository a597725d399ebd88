"""Files that are written as a whole or not at all, whenever the process may be killed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_UNFINISHED = ".unfinished"


def replace(file: Path, pieces: Iterable[bytes], pause: Callable[[], object] = lambda: None) -> int:
    """Make these the bytes of a file, which its owner alone may read; returns how many. Raises OSError.

    Until the last of them is on the disk, the file is as it was. `pause` is called after each piece.
    """
    with beside(file) as written:
        for piece in pieces:
            written.write(piece)
            pause()
        written.flush()
        os.fsync(written.fileno())
        size = written.tell()
        Path(written.name).replace(file)
    _sync(file.parent)
    return size


@contextmanager
def beside(file: Path) -> Iterator[IO[bytes]]:
    """A new, hidden file beside another; it is gone afterwards unless it was moved. Raises OSError."""
    from tempfile import NamedTemporaryFile  # noqa: PLC0415  its import takes long, and few need it

    with NamedTemporaryFile(prefix=f".{file.name}.", suffix=_UNFINISHED, dir=file.parent, delete=False) as written:
        try:
            _lock(written)
            yield written
        finally:
            with suppress(FileNotFoundError):
                Path(written.name).unlink()


def clear_away(file: Path) -> None:
    """Remove what was not finished by processes that are gone. Raises OSError."""
    for other in file.parent.iterdir():
        if other.name.startswith(f".{file.name}.") and other.name.endswith(_UNFINISHED):
            # What a process is writing just now is locked, and stays.
            with suppress(FileNotFoundError, BlockingIOError), other.open("rb") as left:
                _lock(left)
                other.unlink()


def _lock(file: IO[bytes]) -> None:
    """Lock a file until it is closed. Raises BlockingIOError where somebody else has."""
    with suppress(ImportError):  # where there is no such lock, nobody can remove a file that is open
        import fcntl  # noqa: PLC0415  see above

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync(folder: Path) -> None:
    """Have the folder's new entry on the disk, too, where the system can do that."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
