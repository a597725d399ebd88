"""What random administrators at Spurtcommerce send, for tests to compare the fake with a model."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Draft = dict[str, Any]

PASSWORD, NEW_PASSWORD = "Passw0rd1", "Other-Pass2"
HOW = st.sampled_from(["form", "json"])
WHICH = st.integers(0, 7)
"""One of the newest customers or groups, or one who is not there."""
EMAILS = [
    "ann@example.com",
    "Ann@Example.com",
    *(f"{name}@example.org" for name in ("bob", "cat", "dan", "eve", "fay")),
]
NUMBERS = st.sampled_from([0, 1, "1", 5])

CUSTOMERS = st.fixed_dictionaries(
    {
        "customerGroupId": st.sampled_from([1, 2, "2", 3, 9]),
        "username": st.sampled_from(["Ann Lee", "Bob", " ", "Žofie Nováková"]),
        "email": st.sampled_from(EMAILS),
        "mobileNumber": st.sampled_from(["123456", "call me", "+44 1632 960001"]),
        "mailStatus": NUMBERS,
        "status": NUMBERS,
    }
)
PASSWORDS = {"password": PASSWORD, "confirmPassword": PASSWORD}
_CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "password": st.just(NEW_PASSWORD),
        "avatar": st.sampled_from(["", "data:image/png;base64,iVBORw0KGgo="]),
        "realName": st.just("nobody keeps it"),
    },
)


def _update(draft: Draft, changes: Draft, left_out: str) -> Draft:
    confirmed = {"confirmPassword": changes["password"]} if "password" in changes else {}
    return {name: value for name, value in {**draft, **changes, **confirmed}.items() if name != left_out}


UPDATES = st.builds(_update, CUSTOMERS, _CHANGES, st.sampled_from(["", "", "", "email"]))
"""What a new customer must have, and what only an update may have; mostly with an e-mail."""

_OF_ANY: list[tuple[Draft, str]] = [
    ({"username": "O'Brien"}, "character-refused"),
    ({"email": "50%@example.com"}, "character-refused"),
    ({"username": ""}, "body-invalid"),
    ({"mobileNumber": "12345"}, "body-invalid"),
    ({"mobileNumber": "1" * 16}, "body-invalid"),
    ({"status": ""}, "body-invalid"),
    ({"confirmPassword": "Not-The-Same1"}, "passwords-differ"),
    ({"customerGroupId": "Gold"}, "query-failed"),
    ({"status": "active"}, "query-failed"),
    ({"mailStatus": "2147483648"}, "query-failed"),
]
CREATE_FAULTS = st.none() | st.sampled_from(
    [
        *_OF_ANY,
        ({"username": "x" * 33}, "body-invalid"),
        ({"password": "weak", "confirmPassword": "weak"}, "body-invalid"),
    ]
)
UPDATE_FAULTS = st.none() | st.sampled_from(
    [
        *_OF_ANY,
        ({"email": "nobody"}, "body-invalid"),
        ({"password": "weak", "confirmPassword": "weak"}, "password-weak"),
        ({"avatar": "data:image/gif;base64,R0lGOD"}, "avatar-type-refused"),
    ]
)

GROUPS = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Gold", "GOLD", "Silver", "default", "Wholesale"]),
        "colorcode": st.sampled_from(["#ffd700", "red"]),
        "status": NUMBERS,
    },
    optional={"description": st.sampled_from(["It's <free> text", ""])},
)
GROUP_FAULTS = st.none() | st.sampled_from(
    [
        ({"name": "<b>"}, "character-refused"),
        ({"colorcode": "$"}, "character-refused"),
        ({"name": "x" * 31}, "body-invalid"),
        ({"colorcode": ""}, "body-invalid"),
        ({"status": "on"}, "query-failed"),
    ]
)

_PARTS = {
    "name": ["ann", "B_B", "_", "žofie", "nobody"],
    "email": ["EXAMPLE", "@example.org", "a_n", "zzz"],
    "date": ["2026", "2026-11-21", ":51", "1999"],
    "status": ["0", "1", "5"],
    "customerGroup": ["0", "1", "2", "9"],
}
_GROUP_PARTS = {"keyword": ["old", "D_FAULT", "e", "zzz"], "status": _PARTS["status"]}


def _some(parts: dict[str, list[str]]) -> st.SearchStrategy[dict[str, str]]:
    """Two filters at most, for more hardly ever find anybody."""
    each = [(name, part) for name, known in parts.items() for part in known]
    return st.lists(st.sampled_from(each), max_size=2).map(dict)


FILTERS, GROUP_FILTERS = _some(_PARTS), _some(_GROUP_PARTS)
PAGES = st.fixed_dictionaries({}, optional={"limit": st.integers(-1, 4), "offset": st.integers(0, 3)})
SECONDS = st.sampled_from([1, 61, 5 * 3600, 24 * 3600, 40 * 24 * 3600])
