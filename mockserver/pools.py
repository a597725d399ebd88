"""What people are put together from: names, streets and companies that Faker gives for a locale."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.memory import remembered

_POOL = 100
"""How many names, streets and companies are asked of Faker per locale; people are put together from them.

Faker takes 2 to 100 µs a value and a person needs a dozen; drawing from a pool makes 100,000 people possible.
"""
_PROVIDERS = [f"faker.providers.{name}" for name in ("person", "address", "company")]
"""Faker looks for a locale's variant of each provider that it is told of; of all it knows, that takes four times as long."""


class Pool(NamedTuple):
    """Pieces of people of one locale; `country` is ISO 3166 alpha-2."""

    first: Sequence[str]
    last: Sequence[str]
    streets: Sequence[str]
    cities: Sequence[str]
    postcodes: Sequence[str]
    states: Sequence[str]
    companies: Sequence[str]
    country: str
    language: str


def find_pool(seed: int, locale: str) -> Pool:
    """What Faker gives for a locale. Raises AttributeError for one that it does not have, or not whole."""
    try:
        return Pool(*remembered(f"people-{locale}", _cause(seed), lambda: _draw(seed, locale)))
    except (AttributeError, AssertionError) as error:
        raise AttributeError(
            f"Faker has no people of the locale {locale}: {str(error) or type(error).__name__}"
        ) from None


def _cause(seed: int) -> bytes:
    """What a pool depends on beside its locale: the seed, the version of Faker, and this module."""
    found = find_spec("faker")
    files = [Path(file) for file in (found and found.origin, __file__) if file]
    return b"\0".join([str(seed).encode(), *(file.read_bytes() for file in files)])


def _draw(seed: int, locale: str) -> list[Any]:
    """What a pool has, out of Faker: its import and the drawing are a fifth of the server's start."""
    from faker import Faker  # noqa: PLC0415  see above

    fake: Any = Faker(locale, providers=_PROVIDERS, use_weighting=False)
    for provider in fake.get_providers():
        # One locale lists its cities out of a set: in another order in every process.
        if isinstance(getattr(provider, "cities", None), list):
            provider.cities = sorted(provider.cities)
    fake.seed_instance(f"{seed}/{locale}")
    state = getattr(fake, "state_abbr", None)

    def many(provider: Any) -> list[str]:
        return [provider() for _ in range(_POOL)]

    return [
        many(fake.first_name),
        many(fake.last_name),
        many(fake.street_name),
        many(fake.city),
        many(fake.postcode),
        many(state) if state else [""],
        many(fake.company),
        fake.current_country_code(),
        locale[:2],
    ]
