"""The load generator: wrk, on a core of its own."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.cases import Case
from tests.bench.machine import LOAD_CORE, on_core

HOW_TO_GET_WRK = "wrk is not on PATH; get it with: apt-get install wrk (Debian, Ubuntu), brew install wrk (macOS)"
_SCRIPT = Path(__file__).with_name("requests.lua")


@dataclass(frozen=True)
class Load:
    """One measurement.

    `broken` connections, `failed` requests; `busy` is the share of their core that wrk, and who receives webhooks, have
    used; `cpu` the seconds that the server has worked: other programs on the machine slow everything down, but alter that little.
    """

    requests: int
    seconds: float
    broken: int
    failed: int
    p99_ms: float
    busy: float
    cpu: float = 0

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    @property
    def cpu_each(self) -> float:
        return self.cpu / self.requests


def is_there() -> bool:
    return shutil.which("wrk") is not None


def put_on(url: str, case: Case, connections: int, seconds: int) -> Load:
    """Ask as fast as the answers come, on so many connections, for so long."""
    headers = [word for name, value in case.headers.items() for word in ("-H", f"{name}: {value}")]
    numbers = case.numbers
    wrk = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(_SCRIPT), *headers, url + case.path]
    arguments = ["--", case.method, case.body, str(numbers.first), str(numbers.span), str(numbers.stride)]
    before = _cpu_of_children()
    with on_core(LOAD_CORE):
        done = subprocess.run([*wrk, *arguments], capture_output=True, text=True, check=False, timeout=seconds + 30)
    found = re.search(r"^measured (\d+) (\d+) (\d+) (\d+) (\d+)$", done.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said: {done.stdout}{done.stderr}")
    requests, micros, broken, failed, p99 = map(int, found.groups())
    elapsed = micros / 1e6
    return Load(requests, elapsed, broken, failed, p99 / 1000, (_cpu_of_children() - before) / elapsed)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
