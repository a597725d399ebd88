"""How recorded traffic of WebCommander's plugins is read."""

from __future__ import annotations

from mockserver.recordings import Recording
from mockserver.vendors.webcommander.plugin.story import settle
from mockserver.vendors.webcommander.plugin.telling import traces
from mockserver.vendors.webcommander.unseen import complete

RECORDING = Recording(
    traces=traces,
    complete=complete,
    settle=settle,
    masks={
        # Each login makes other texts.
        "authenticate_customer": ["access_token", "refresh_token"],
    },
)
