"""Customers as the program sends them: with other keys for each operation, in the order of its own records."""

from __future__ import annotations

from typing import Any

import msgspec

from mockserver.vendors.spurtcommerce.records import Customer, Group
from mockserver.vendors.spurtcommerce.times import iso_text


class Listed(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """A customer in a list."""

    id: int
    first_name: str
    email: str
    created_date: str
    is_active: int | None
    username: str
    customer_group_name: str | None
    last_name: str | None


class Recent(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One of the newest customers. What the shop does not keep is null."""

    created_date: str
    id: int
    first_name: str
    last_name: str | None
    username: str
    email: str
    mobile_number: str | None
    address: str | None
    country_id: int | None
    zone_id: str | None
    city: str | None
    local: str | None
    oauth_data: None
    avatar: str | None
    avatar_path: str | None
    last_login: str | None
    pincode: str | None
    link_expires: None = None
    locked_on: None = None


class Detailed(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """One customer. The name of a group that is not there is an empty text here, and null in lists [recorded]."""

    id: int
    first_name: str
    email: str
    mobile_number: str | None
    address: str | None
    avatar: str | None
    avatar_path: str | None
    customer_group_id: int | None
    last_login: str | None
    mail_status: int | None
    is_active: int | None
    customer_group_name: str


def listed(customer: Customer, group_name: str | None) -> Listed:
    """A customer as lists have her."""
    return Listed(
        customer.id,
        customer.first_name,
        customer.email,
        iso_text(customer.created),
        customer.is_active,
        customer.username,
        group_name,
        customer.last_name,
    )


def recent(customer: Customer) -> Recent:
    """A customer as the list of the newest has her."""
    return Recent(
        iso_text(customer.created),
        customer.id,
        customer.first_name,
        customer.last_name,
        customer.username,
        customer.email,
        customer.mobile,
        customer.address,
        customer.country_id,
        customer.zone_id,
        customer.city,
        customer.local,
        None,
        customer.avatar,
        customer.avatar_path,
        _iso(customer.last_login),
        customer.pincode,
    )


def detailed(customer: Customer, group: Group | None) -> Detailed:
    """A customer by herself."""
    return Detailed(
        customer.id,
        customer.first_name,
        customer.email,
        customer.mobile,
        customer.address,
        customer.avatar,
        customer.avatar_path,
        customer.group,
        _iso(customer.last_login),
        customer.mail_status,
        customer.is_active,
        "" if group is None else group.name,
    )


def created(customer: Customer, sent: dict[str, Any]) -> dict[str, Any]:
    """A new customer: what was sent as it was sent, and the password's hash [recorded]."""
    return {
        "customerGroupId": sent["customerGroupId"],
        "firstName": customer.first_name,
        "username": customer.username,
        "email": customer.email,
        "mobileNumber": customer.mobile,
        "password": customer.password_hash,
        "mailStatus": sent["mailStatus"],
        "deleteFlag": customer.delete_flag,
        "isActive": sent["status"],
        "createdDate": customer.created,
        "id": customer.id,
    }


def updated(customer: Customer, sent: dict[str, Any]) -> dict[str, Any]:
    """A customer after an update: all columns, but those that can be sent as they were sent."""
    return {
        "createdBy": None,
        "createdDate": iso_text(customer.created),
        "modifiedBy": None,
        "modifiedDate": customer.modified,
        "id": customer.id,
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "username": customer.username,
        "password": customer.password_hash,
        "email": customer.email,
        "mobileNumber": customer.mobile,
        "address": customer.address,
        "countryId": customer.country_id,
        "zoneId": customer.zone_id,
        "city": customer.city,
        "local": customer.local,
        "oauthData": None,
        "avatar": customer.avatar,
        "newsletter": customer.newsletter,
        "avatarPath": customer.avatar_path,
        "customerGroupId": sent["customerGroupId"],
        "lastLogin": _iso(customer.last_login),
        "safe": customer.safe,
        "ip": customer.ip,
        "mailStatus": sent["mailStatus"],
        "pincode": customer.pincode,
        "deleteFlag": customer.delete_flag,
        "isActive": sent["status"],
        "forgetPasswordKey": None,
        "linkExpires": None,
        "lockedOn": None,
    }


def _iso(time: str | None) -> str | None:
    return None if time is None else iso_text(time)
