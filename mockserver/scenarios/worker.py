"""The process behind `mockserver run -n`: reads what to do on stdin, and writes what came of it on stdout, line by line."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import IO

import msgspec

from mockserver.scenarios.choosing import Chosen
from mockserver.scenarios.document import Scenario
from mockserver.scenarios.expecting import Asking
from mockserver.scenarios.parallel import Job, Order
from mockserver.scenarios.placing import Misplaced, Target
from mockserver.scenarios.reading import BrokenScenario, read_scenario
from mockserver.scenarios.running import Runner

_NOT_DONE = 2


def main(lines: IO[bytes], out: IO[bytes]) -> None:
    """Work until there is nothing more to read. Raises Misplaced, BrokenScenario, OSError."""
    order = msgspec.json.decode(lines.readline(), type=Order)
    known: dict[str, Scenario] = {}
    with Target(order.place) as target:
        runner = Runner(target, order.inputs, Asking(sure=order.sure, possible=False))
        for line in iter(lines.readline, b""):
            job = msgspec.json.decode(line, type=Job)
            scenario = known.get(job.file) or known.setdefault(job.file, read_scenario(Path(job.file)))
            result = runner.run(Chosen(scenario=scenario, workflow=scenario.workflows[job.workflow]))
            out.write(msgspec.json.encode(result) + b"\n")
            out.flush()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        main(sys.stdin.buffer, sys.stdout.buffer)
    except KeyboardInterrupt:
        sys.exit(_NOT_DONE)
    except (Misplaced, BrokenScenario, OSError) as error:
        sys.stderr.write(" ".join(str(error).split()) + "\n")
        sys.exit(_NOT_DONE)
