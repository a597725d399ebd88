"""Findings: what the developer of the app should know that asks a sandbox, or any of this run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from mockserver import redaction
from mockserver.admin import wire
from mockserver.admin.desk import Desk
from mockserver.call import Call, Refused, Reply
from mockserver.findings_report import find, make_report
from mockserver.redaction import Secrets
from mockserver.tally import Tally, without_sandbox


def get_findings(desk: Desk, call: Call) -> Reply:
    """The report."""
    vendor = call.query.get("vendor")
    if vendor is not None and vendor not in desk.world.vendors:
        raise Refused("vendor-unknown", given=vendor, known=list(desk.world.vendors))
    whole = _is_of_the_run(call)
    all_of_them = Tally()
    for each in _counted(desk, whole=whole):
        all_of_them.add(each.met)
    secrets = cache(lambda api: _secrets(desk, api))
    found = find(
        all_of_them.met,
        {api.name: api.vendor for api in desk.world.apis},
        lambda api, target: redaction.show_url(without_sandbox(target), secrets(api)),
    )
    return Reply(
        make_report(None if whole else desk.sandbox.name, [each for each in found if vendor in (None, each.vendor)])
    )


def delete_findings(desk: Desk, call: Call) -> Reply:
    """Begin to count anew."""
    for each in _counted(desk, whole=_is_of_the_run(call)):
        each.take()
    return wire.done()


def _is_of_the_run(call: Call) -> bool:
    return bool(call.query.get("scope") == "run")


def _counted(desk: Desk, *, whole: bool) -> Iterable[Tally]:
    """Where the counts are: the whole run is what has ended, and every sandbox that is there."""
    sandboxes = desk.world.sandboxes
    return [sandboxes.run.tally, *(sandbox.tally for sandbox in sandboxes)] if whole else [desk.sandbox.tally]


def _secrets(desk: Desk, api: str) -> Secrets:
    """What is secret in an address of an API; where no contract has it, whatever is secret anywhere."""
    contracts = [each.contract for each in desk.apis]
    own = [each.contract for each in desk.apis if each.name == api] or contracts
    return redaction.secrets(own[0], contracts, {name for contract in own for name in contract.secrets})
