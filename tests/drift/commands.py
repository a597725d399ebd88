"""`mockserver drift` as it is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.har import Recorded, har_text

AGREES, DIFFERS, UNREADABLE = 0, 1, 2


def drift(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(main, ["drift", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def found(*arguments: str | Path) -> Any:
    """The report as programs read it."""
    return json.loads(drift(*arguments, "--format", "json").stdout)


def archive(folder: Path, recorded: list[Recorded], name: str = "recorded.har") -> Path:
    file = folder / name
    file.write_text(har_text(recorded), encoding="utf-8")
    return file
