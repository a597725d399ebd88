"""What takes long to work out and is the same at every start: remembered as JSON, in the folder of Python's own caches."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

_FOLDER = Path(__spec__.cached or __file__).parent


def remembered(name: str, cause: bytes, make: Callable[[], Any]) -> Any:
    """What `make()` gives, which is made anew when any byte of its cause has changed. Raises what `make` raises.

    Of each name the newest is kept. What JSON cannot say is made every time.
    """
    kept = _FOLDER / f"{name}.{blake2b(cause, digest_size=12).hexdigest()}.json"
    try:
        return orjson.loads(kept.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        made = make()
    if not sys.dont_write_bytecode:
        _keep(name, kept, made)
    return made


def _keep(name: str, kept: Path, made: Any) -> None:
    """Write it in one step, in place of what had other causes.

    Where that cannot be, the next start takes as long as this one.
    """
    unfinished = kept.with_suffix(f".{os.getpid()}")
    try:
        written = orjson.dumps(made)
        if orjson.loads(written) == made:
            kept.parent.mkdir(exist_ok=True)
            unfinished.write_bytes(written)
            for old in kept.parent.glob(f"{name}.*.json"):
                old.unlink(missing_ok=True)
            unfinished.replace(kept)
    except (OSError, TypeError):
        with suppress(OSError):
            unfinished.unlink()
