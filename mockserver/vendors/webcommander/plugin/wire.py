"""The words of the plugin API: credentials, errors, findings."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

import msgspec

from mockserver.call import Call, Refused, Reply
from mockserver.findings import Violation
from mockserver.rows import ErrorRow
from mockserver.vendors.webcommander.plugin.bodies import CreditBody
from mockserver.vendors.webcommander.records import Plugin, Shop

_UUID = re.compile(r"[0-9A-F]{4}(-[0-9A-F]{4}){3}", re.IGNORECASE | re.ASCII)
_TOKEN = re.compile(r"[0-9a-f]{32}", re.IGNORECASE | re.ASCII)
"""As on the page: F8A3-A88E-C6EF-B1CB and 11b4ec017714ef095b8e115545467fcb."""


class ErrorBody(msgspec.Struct, frozen=True, gc=False):
    """An error. Its form is inferred from the second generation's."""

    status: str
    message: str


def authenticate(shop: Shop, call: Call) -> Plugin:
    """The plugin of the headers uuid and accessToken. One that nobody knows is let in, unless auth is strict."""
    uuid, token = call.header(b"uuid"), call.header(b"accesstoken")
    if not uuid or not token:
        raise Refused("credentials-missing")
    plugin = shop.plugins.get(uuid.upper())
    if plugin is not None and plugin.access_token == token:
        return plugin
    if not _UUID.fullmatch(uuid) or not _TOKEN.fullmatch(token):
        raise Refused("credentials-malformed")
    if plugin is not None or call.options.auth == "strict":
        raise Refused("credentials-unknown")
    return Plugin(uuid=uuid.upper(), access_token=token, name="unknown")


def judge(call: Call, violations: Sequence[Violation]) -> None:
    """Refuse with the first violation, save those bounds for which the operation itself has a row."""
    for violation in violations:
        if violation.row is None:
            raise _refusal(call, violation)


def _refusal(call: Call, violation: Violation) -> Refused:
    if not violation.path:
        return Refused("body-unreadable", reason="it is not an object")
    field = violation.name
    rows = call.operation.errors if call.operation else {}
    value = (call.body if violation.where == "body" else call.query).get(field)
    if value is None:
        return _absent(field, violation.keyword, rows)
    if field == "status" and violation.keyword == "enum" and "status-unknown" in rows:
        return Refused("status-unknown", status=value)
    if field == "deltaAmount":
        return Refused("delta-amount-malformed", amount=msgspec.json.encode(value).decode())
    if violation.keyword == "pattern":  # only ids have one
        return Refused("field-malformed", field=field, reason="must be digits, and not only zeros")
    return Refused("field-malformed", field=field, reason=violation.reason)


def _absent(field: str, keyword: str, rows: Container[str]) -> Refused:
    """What to say of a field that is not there, or null."""
    if field == "firstName" and "first-name-missing" in rows:
        return Refused("first-name-missing")
    if field == "email" and "email-missing" in rows:
        return Refused("email-missing")
    if keyword == "required":
        return Refused("field-missing", field=field)
    return Refused("field-malformed", field=field, reason="must not be null")


def refuse(row: ErrorRow, values: Mapping[str, object]) -> Reply:
    """An error as a plugin is told of it; what would break a limit of store credits is one without any words."""
    if "reply" in row.detail:
        told, balance = row.detail["reply"], float(row.detail["storeCredit"].format_map(values))
        return Reply(CreditBody(told["status"], told["isMaxCreditExceed"], balance), row.status)
    return Reply(ErrorBody("error", row.message.format_map(values)), row.status)


def find_ignored(call: Call, draft: type[msgspec.Struct]) -> None:
    """Note the fields of a body that the vendor does nothing with: those that are none of a draft's."""
    sent: Mapping[str, Any] = call.body or {}
    if sent:
        ignored = sent.keys() - {field.encode_name for field in msgspec.structs.fields(draft)}
        if ignored:
            call.find("ignored-field", f"the vendor ignores {', '.join(name for name in sent if name in ignored)}")
