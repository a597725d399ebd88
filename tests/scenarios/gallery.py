"""The files in `scenarios/`."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "scenarios"
FILES = sorted(FOLDER.glob("*.arazzo.yaml"))


def name_of(file: Path) -> str:
    """A file's name, without what all of them end with."""
    return file.name.partition(".")[0]


NAMES = [name_of(file) for file in FILES]
