"""The machine: which cores do what, and what stands in the report's first lines."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

_CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = _CORES[0], _CORES[-1]


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Processes that are started here stay on this core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def description() -> str:
    """Two lines: the machine and how busy it is, the programs."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "starlette", "uvloop", "httptools"))
    cores = f"{len(_CORES)} cores (server on {SERVER_CORE}, load on {LOAD_CORE})"
    if SERVER_CORE == LOAD_CORE:
        cores = "1 core for server and load together: the figures are of little use"
    busy = os.getloadavg()[0]
    return f"{_cpu_model()}, {cores}, load average before {busy:.2f}\nPython {platform.python_version()}, {versions}"


def resident_bytes(process: int) -> int:
    """What a process has in memory."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {process} has no memory any more")


def cpu_seconds(process: int) -> float:
    """How long a process has worked."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def waited_seconds(process: int) -> float:
    """How long a process could have worked, but other programs had its core; 0 where the system does not count that."""
    files = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(file.read_text(encoding="utf-8").split()[1]) for file in files) / 1e9


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
