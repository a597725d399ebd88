"""What random programs of both generations say to a shop at WebCommander, right and wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.vendors.webcommander_both import LETTERS
from tests.vendors.webcommander_model import LIMIT, Draft

Drafts = st.SearchStrategy[Draft]

WHICH = st.integers(0, 9)
"""One of the customers; now and then one in the trash, or one who is not there."""
EMAILS = st.sampled_from(["a@x.example", "A@X.example", "b@x.example", "c@x.example", "d@x.example"])
BY = st.sampled_from([None, None, None, None, "A@x.example", "b@x.example", ""])
"""What names a customer to plugins; mostly it is the number."""
NEW_EMAIL = st.sampled_from([None, None, "a@x.example", "b@x.example", "f@x.example", "G@x.example", "", "nobody"])
PASSWORDS = st.sampled_from(["p1", "p2", "p3"])
WRONG = st.sampled_from([None, None, None, None, "p1", "p2"])
"""A password that is mostly the right one: None."""
TEXT = st.sampled_from(["x", "y é", "", None])
KINDS = st.sampled_from(["BILLING", "SHIPPING"])
STATUSES = st.sampled_from([*LETTERS])
NUMBERED: Drafts = st.sampled_from(
    [
        *({}, {}, {"country": 12}, {"country": 12, "state": 72}, {"state": 72}, {"state": None}, {"country": None}),
        {"country": 236, "state": 10},
    ]
)
CALLED: Drafts = st.sampled_from(
    [
        *({"country": "AU"}, {"country": "bangladesh", "state": "c"}, {"country": "12", "state": "VICTORIA"}),
        *({"country": "", "state": ""}, {"state": "10"}),
    ]
)
PLACE_FAULTS = [{"country": 236, "state": 72}, {"country": 900}, {"state": 900}]


def some(**names: Any) -> Drafts:
    """Some of these names, or none."""
    return st.fixed_dictionaries({}, optional=names)


def mostly_right(words: Drafts, places: Drafts, *faults: Draft) -> Drafts:
    """A draft with a place, in which one time of four one thing is wrong."""
    wrong = [*PLACE_FAULTS, *faults]
    fault = st.integers(0, 4 * len(wrong)).map(lambda at: wrong[at] if at < len(wrong) else {})
    return st.tuples(words, places, fault).map(lambda parts: {**parts[0], **parts[1], **parts[2]})


IN_PLUGIN = {"lastName": st.sampled_from(["Lee", ""]), "city": TEXT, "phone": TEXT, "addressLine2": TEXT, "fax": TEXT}
PLUGIN_NEW = mostly_right(
    some(
        **IN_PLUGIN,
        firstName=st.sampled_from(["Ann", "Bob"]),
        email=EMAILS,
        password=PASSWORDS,
        userName=st.sampled_from(["u1", "U1", "u2", "u3", ""]),
        companyName=TEXT,
        isCompany=st.booleans(),
        source=TEXT,
        abn=TEXT,
        sex=TEXT,
    ),
    NUMBERED,
    {"firstName": " "},
    {"email": "nobody"},
)
PLUGIN_CHANGES = mostly_right(
    some(
        **IN_PLUGIN,
        firstName=st.sampled_from(["Ann", "Cy"]),
        sex=TEXT,
        status=st.sampled_from(["active", "active", "inactive"]),
    ),
    NUMBERED,
    {"firstName": ""},
    {"status": "pending"},
)
ADDRESS_CHANGES = mostly_right(some(**IN_PLUGIN, firstName=TEXT, status=STATUSES), NUMBERED, {"status": "odd"})
IN_V4 = {"last_name": TEXT, "gender": TEXT, "company_name": TEXT, "abn": TEXT, "address_line": TEXT, "city": TEXT}
V4_CUSTOMER = mostly_right(
    some(
        **IN_V4,
        first_name=st.sampled_from(["Ann", "Dee"]),
        email=EMAILS | st.sampled_from(["", None]),
        phone=TEXT,
        password=PASSWORDS | st.sampled_from(["", None]),
        status=STATUSES,
        company=st.booleans(),
        hide_price=st.booleans() | st.none(),
        transaction_number=TEXT,
        newsletter=st.sampled_from([{"subscribed": True}, None]),
        shipping_profile=st.sampled_from([1, None]),
        parent=st.integers(0, 7) | st.none(),
    ),
    NUMBERED | CALLED,
    {"first_name": " "},
    {"email": "nobody"},
    {"status": "odd"},
    {"shipping_profile": 99},
    {"country": "Atlantis"},
    {"country": "BD", "state": "VIC"},
)
BESIDE = some(
    store_credit=st.sampled_from([0, 50.5, LIMIT, None]),
    credit_limit=st.sampled_from([7, 0.5]),
    customer_password_expired=st.booleans(),
    allow_credit_limit=st.booleans(),
)
TOO_MUCH = st.integers(0, 9).map(lambda at: {"store_credit": LIMIT + 0.01} if at == 9 else {})
ADDED = mostly_right(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["PRIMARY", "billing", "Shipping", "SHIPPING"])},
        optional={"city": TEXT, "first_name": TEXT, "address_line_2": TEXT, "email": EMAILS},
    ),
    NUMBERED | CALLED,
    {"type": "HOME"},
    {"email": "nobody"},
)
