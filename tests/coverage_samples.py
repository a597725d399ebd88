"""A coverage report to show, and one with names as no contract of ours has them."""

from __future__ import annotations

import msgspec

from mockserver.coverage import Met
from mockserver.coverage_report import Report, cover, make_report
from mockserver.world import World

MET: dict[Met, int] = {
    ("open2b", "get_customer", 200, None): 3,
    ("open2b", "get_customer", 503, None): 1,
    ("open2b", "create_customer", 200, "code-already-exists"): 2,
    ("open2b", None, 404, "method-unknown"): 1,
    ("kounta", "get_company", 0, None): 1,
}
NASTY = '<script>alert("&")</script>'


def sample(world: World) -> Report:
    return make_report(None, cover(world.apis, MET))


def nasty_sample(world: World) -> Report:
    api = sample(world).apis[0]
    operation = msgspec.structs.replace(api.operations[0], id=NASTY, path=NASTY, errors={NASTY: 0}, injected={NASTY: 1})
    return make_report(NASTY, [msgspec.structs.replace(api, api=NASTY, vendor=NASTY, operations=[operation])])
