"""How recorded traffic with WebCommander's REST v4 is read."""

from __future__ import annotations

from mockserver.recordings import Recording
from mockserver.vendors.webcommander.unseen import complete
from mockserver.vendors.webcommander.v4.story import settle
from mockserver.vendors.webcommander.v4.telling import traces

RECORDING = Recording(
    traces=traces,
    complete=complete,
    settle=settle,
    masks={
        # Each run makes other texts.
        "issue_token": ["access_token", "refresh_token"],
        # How many more customers there are, no recording shows.
        "find_customers": [
            "pagination.records",
            "pagination.total",
            "pagination.total_pages",
            "pagination.has_next",
            "customers[].version",
        ],
        # It counts alterations, also those of which no recording tells.
        "get_customer": ["customer.version"],
        "update_customer": ["customer.version"],
        "add_addresses": ["customer.version"],
    },
)
