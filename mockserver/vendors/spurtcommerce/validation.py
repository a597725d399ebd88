"""The rules of the program for request bodies, property by property, and what it says of each that is broken.

Every broken rule has a line, in this order [recorded]. Nothing is converted: a number is no text, whatever it is for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from mockserver.call import Call, Refused
from mockserver.vendors.spurtcommerce.emails import is_email

_STRONG = re.compile(r"(?=.*[A-Z])(?=.*[a-z])(?=.*[0-9#?!@$%^&*-])[^\n\r\u2028\u2029]*")
_SHORTEST, _LONGEST = 8, 128
_WEAK = (
    "Password must contain at least one number or one symbol and one uppercase and lowercase letter, "
    "and at least 8 and at most 128 characters"
)


class Rule(NamedTuple):
    """Whether a value is as it must be, and what is said of one that is not; None is what was not sent, too."""

    holds: Callable[[Any], bool]
    text: str


def is_given(value: Any) -> bool:
    """Whether a value is more than nothing; 0, false and an empty list are."""
    return value is not None and value != ""


def is_strong(password: str) -> bool:
    """Whether a password has a lower-case and an upper-case letter, a digit or symbol, and 8 characters or more."""
    return _STRONG.fullmatch(password) is not None and _length(password) >= _SHORTEST


def _length(text: str) -> int:
    """The length of a text in JavaScript, where characters beyond the first 65,536 count twice."""
    return len(text.encode("utf-16-le")) // 2


def _at_least(count: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) >= count


def _at_most(count: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and len(value) <= count


def _is_password(value: Any) -> bool:
    return isinstance(value, str) and is_strong(value) and _length(value) <= _LONGEST


def _given(name: str) -> Rule:
    return Rule(is_given, f"{name} should not be empty")


def _passwords(name: str) -> list[Rule]:
    return [
        Rule(is_given, f"{name} is required"),
        Rule(_is_password, _WEAK),
        Rule(_at_least(_SHORTEST), f"{name} must contain minimum 8 character"),
    ]


_MOBILE = [
    Rule(_at_least(6), "mobile number should be minimum 6 character"),
    Rule(is_given, "mobile number is required"),
    Rule(_at_most(15), "mobile number should be maximum 15 characters"),
]
_EMAIL_LENGTH = Rule(_at_most(96), "email should be maximum 96 characters")
_GROUP = {
    "name": [Rule(is_given, "name is required"), Rule(_at_most(30), "name should be maximum 30 characters")],
    "colorcode": [Rule(is_given, "colorcode is required")],
    "status": [Rule(is_given, "status is required")],
}

_RULES: Mapping[str, Mapping[str, list[Rule]]] = {
    "authenticate_user": {
        "username": [_given("username"), Rule(is_email, "username must be an email")],
        "password": [Rule(is_given, "Password is required")],
    },
    "create_customer": {
        "customerGroupId": [_given("customerGroupId")],
        "username": [_given("username"), Rule(_at_most(32), " username should be maximum 32 characters")],
        "email": [_given("email"), _EMAIL_LENGTH],
        "mobileNumber": _MOBILE,
        "password": _passwords("password"),
        "confirmPassword": _passwords("confirm password"),
        "mailStatus": [_given("mailStatus")],
        "status": [_given("status")],
    },
    "update_customer": {
        "customerGroupId": [_given("customerGroupId")],
        "username": [_given("username"), Rule(_at_most(96), "user should be maximum 96 characters")],
        "email": [Rule(is_email, "email must be an email"), _EMAIL_LENGTH],
        "mobileNumber": _MOBILE,
        "mailStatus": [_given("mailStatus")],
        "status": [Rule(is_given, "mobile number is required")],
    },
    "delete_customers": {"customerId": [_given("customerId")]},
    "create_group": _GROUP,
    "update_group": _GROUP,
    "delete_group": {"groupId": [_given("groupId")]},
}


_UNCHECKED: Mapping[str, frozenset[str]] = {
    "update_customer": frozenset({"password", "confirmPassword", "avatar"}),
    "create_group": frozenset({"description"}),
    "update_group": frozenset({"description"}),
}
"""What the program looks at without any rule for it."""

_OF_LISTS = {
    "authenticate_user": ("TypeError", "Cannot read properties of undefined (reading 'toLowerCase')"),
    "create_customer": ("Error", "data and salt arguments required"),
    "delete_customers": ("TypeError", "Cannot read properties of undefined (reading 'toString')"),
}
"""How the program fails over a list, which it does not check and in which it finds no property [recorded of groups]."""


def check(call: Call) -> dict[str, Any]:
    """The body as an object; of a list, which the program does not check at all, an empty one.

    Raises Refused("body-invalid") with a line for each broken rule, and Refused("program-failed").
    """
    if isinstance(call.body, list) or call.operation is None:
        return _of_list(call)
    body: dict[str, Any] = call.body
    left_out = _left_out(call, body)
    lines = [
        f"property {rule.text}"
        for name, rules in _RULES[call.operation.id].items()
        if name != left_out
        for rule in rules
        if not rule.holds(body.get(name))
    ]
    if lines:
        raise Refused("body-invalid", lines=lines)
    find_ignored(call)
    return body


def find_ignored(call: Call) -> None:
    """Note the properties of a body that the program drops: unknown ones, and `newsletter` and the like [recorded]."""
    if call.operation is None or not isinstance(call.body, dict):
        return
    id = call.operation.id
    ignored = call.body.keys() - _RULES[id].keys() - _UNCHECKED.get(id, frozenset())
    if ignored:
        call.find("ignored-field", f"the vendor ignores {', '.join(name for name in call.body if name in ignored)}")


def _of_list(call: Call) -> dict[str, Any]:
    failure = _OF_LISTS.get(call.operation.id) if call.operation else None
    if failure:
        raise Refused("program-failed", error=failure[0], reason=failure[1])
    return {}


def _left_out(call: Call, body: Mapping[str, Any]) -> str | None:
    """The property that is not there and need not be: the page says that an update without an e-mail keeps it."""
    is_update = call.operation is not None and call.operation.id == "update_customer"
    if not is_update or "email" in body or call.options.fidelity == "observed":
        return None
    call.find("email-left-out", "the program refuses to update a customer without email: 422")
    return "email"
