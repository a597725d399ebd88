"""All APIs. Another vendor adds its own here, and nothing elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.soak.model import Shop
from tests.soak.shops.api import Api, Ask, Credential
from tests.soak.shops.kounta import Kounta
from tests.soak.shops.open2b import Open2b
from tests.soak.shops.spurtcommerce import Spurtcommerce
from tests.soak.shops.webcommander_plugin import Plugin
from tests.soak.shops.webcommander_v4 import V4

Credentials = Mapping[str, Credential]
"""By the names of the APIs."""


def apis(credentials: Credentials, addresses: Sequence[str]) -> list[Api]:
    """Programs that speak to each of them; `addresses` is where apps want to be told by webhooks."""
    return [
        Open2b(credentials[Open2b.name]),
        Kounta(credentials[Kounta.name], addresses),
        Plugin(credentials[Plugin.name]),
        V4(credentials[V4.name]),
        Spurtcommerce(credentials[Spurtcommerce.name]),
    ]


def learn(credentials: Credentials, ask: Ask) -> dict[str, Shop]:
    """The shops as they are in a sandbox that is thrown away afterwards."""
    user_names, trash = Plugin(credentials[Plugin.name]).learn(ask)
    return {
        Open2b.vendor: Open2b(credentials[Open2b.name]).learn(ask),
        Kounta.vendor: Kounta(credentials[Kounta.name]).learn(ask),
        V4.vendor: V4(credentials[V4.name]).learn(ask, user_names, trash),
        Spurtcommerce.vendor: Spurtcommerce(credentials[Spurtcommerce.name]).learn(ask),
    }
