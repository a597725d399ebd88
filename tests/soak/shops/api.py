"""What the soak needs of an API: requests drawn at random, and what a model says to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Protocol

from tests.soak.comparing import Moment
from tests.soak.line import Request
from tests.soak.model import Deed, Shop

Credential = Mapping[str, str]
Ask = Callable[[Request], Any]
"""Asks, and returns the JSON of a success."""
Plan = Callable[[Shop, Moment], Deed]
"""A request, and what it does to a shop as it is at a moment. The request is the same for every shop."""


class Api(Protocol):
    """One API. `field` is a field of its customers' records into which a tester may put any text."""

    name: str
    vendor: str
    field: str
    credential: Credential

    def plan(self, random: Random, shop: Shop, number: int) -> Plan:
        """Draw a request. `number` is one that was never given before."""
        ...

    def everything(self, shop: Shop) -> list[Plan]:
        """Requests that show all that there is."""
        ...

    def altered(self, shop: Shop, id: int, text: str) -> Shop:
        """When a tester has put a text into `field` of a customer's record."""
        ...
