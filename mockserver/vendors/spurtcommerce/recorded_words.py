"""The program's words for fields, and its forms of values, in ours: for reading recordings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

CUSTOMER = {
    "firstName": "first_name",
    "lastName": "last_name",
    "username": "username",
    "email": "email",
    "mobileNumber": "mobile",
    "address": "address",
    "countryId": "country_id",
    "zoneId": "zone_id",
    "city": "city",
    "local": "local",
    "newsletter": "newsletter",
    "safe": "safe",
    "ip": "ip",
    "pincode": "pincode",
    "avatar": "avatar",
    "avatarPath": "avatar_path",
    "customerGroupId": "group",
    "mailStatus": "mail_status",
    "isActive": "is_active",
    "deleteFlag": "delete_flag",
    "lastLogin": "last_login",
    "createdDate": "created",
    "customerGroupName": "_group_name",
}
"""Our fields by the keys of replies."""

GROUP = {"name": "name", "description": "description", "colorCode": "color_code", "isActive": "is_active"}
_TIMES = ("created", "last_login")
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*")


def our_fields(shown: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What is shown of a record, by our names."""
    return in_our_time({ours: shown[name] for name, ours in names.items() if name in shown})


def in_our_time(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields with times as the database writes them."""
    for name in _TIMES:
        if isinstance(fields.get(name), str):
            fields[name] = _ISO.sub(r"\1 \2", fields[name])
    return fields


def ids_in(given: Any) -> Iterator[int]:
    """The ids in what a request names: a number, a text, or a list of them."""
    values = given.values() if isinstance(given, Mapping) else given if isinstance(given, list) else [given]
    for value in values:
        if isinstance(value, list):
            yield from ids_in(value)
        else:
            yield from map(int, re.findall(r"\d+", str(value)))
