"""Coverage: what the traffic of a sandbox, or of the whole run, has met of the contracts."""

from __future__ import annotations

from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.coverage import Coverage
from mockserver.coverage_report import cover, make_report


def get_coverage(desk: Desk, call: Call) -> Reply:
    """The report."""
    vendor = call.query.get("vendor")
    if vendor is not None and vendor not in desk.world.vendors:
        raise Refused("vendor-unknown", given=vendor, known=list(desk.world.vendors))
    whole = _is_of_the_run(call)
    met = Coverage()
    for each in _counted(desk, whole=whole):
        met.add(each.met.copy())
    apis = [api for api in desk.world.apis if vendor in (None, api.vendor)]
    return Reply(make_report(None if whole else desk.sandbox.name, cover(apis, met.met)))


def delete_coverage(desk: Desk, call: Call) -> Reply:
    """Begin to count anew."""
    for each in _counted(desk, whole=_is_of_the_run(call)):
        each.take()
    return wire.done()


def _is_of_the_run(call: Call) -> bool:
    return bool(call.query.get("scope") == "run")


def _counted(desk: Desk, *, whole: bool) -> list[Coverage]:
    """Where the counts are: the whole run is what has ended, and every sandbox that is there."""
    sandboxes = desk.world.sandboxes
    return [sandboxes.run.coverage, *(sandbox.coverage for sandbox in sandboxes)] if whole else [desk.sandbox.coverage]
