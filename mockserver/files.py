"""Where contracts and fixtures are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def contracts() -> Path:
    """The folder of the contracts."""
    return _folder("contracts")


def fixtures() -> Path:
    """The folder of the fixtures."""
    return _folder("fixtures")


def _folder(name: str) -> Path:
    packed = _PACKAGE / name
    return packed if packed.is_dir() else _PACKAGE.parent / name
