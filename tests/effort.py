"""How hard the tests try: `make fuzz` plays many times as many examples as `make test`."""

from __future__ import annotations

import os

EFFORT = int(os.environ.get("MOCKSERVER_TEST_EFFORT", "1"))
