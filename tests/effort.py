"""How hard the tests try: `make fuzz` plays many times as many examples as `make test`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

EFFORT = int(os.environ.get("MOCKSERVER_TEST_EFFORT", "1"))


@pytest.fixture
def unwatched() -> Iterator[None]:
    """Coverage takes no notice of a test that uses this.

    Random stories take twice as long when they are watched, and what they reach is another time not reached. So what
    counts as covered is what the other tests reach.
    """
    here, elsewhere = sys.gettrace(), threading.gettrace()
    if type(here).__module__.partition(".")[0] != "coverage":
        yield
        return
    sys.settrace(None)
    threading.settrace(None)
    try:
        yield
    finally:
        sys.settrace(here)
        threading.settrace(elsewhere)
