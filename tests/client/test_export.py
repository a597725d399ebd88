"""The journal as an HTTP archive, through the client."""

from __future__ import annotations

import json

from mockserver import Sandbox
from tests.client.till import Till


def test_exchanges_are_exported_from_one_to_another(sandbox: Sandbox, till: Till) -> None:
    till.company()
    sandbox.clock.advance(60)
    till.customer()
    till.enrol("Ada")
    ids = [each["_mockserver"]["id"] for each in json.loads(sandbox.requests.export())["log"]["entries"]]
    assert ids == [1, 3, 4]
    some = json.loads(sandbox.requests.export(first=2, last=3, admin=True))["log"]["entries"]
    assert [each["_mockserver"]["operation"] for each in some] == ["set_clock", "get_customer"]
    assert json.loads(sandbox.requests.export(vendor="open2b"))["log"]["entries"] == []
