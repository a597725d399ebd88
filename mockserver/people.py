"""People: drawn once from Faker, then written in each vendor's form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

import msgspec

from mockserver.pools import Pool, find_pool

_DOMAINS = ("example.com", "example.net", "example.org")
_SIX_YEARS = 6 * 365 * 24 * 3600
# Numbers that the regulators (Ofcom, ACMA, NANPA) keep for fiction, so nobody's telephone rings.
_PHONES = {
    "GB": ("+44 1632 960{:03}", "+44 7700 900{:03}"),
    "AU": ("+61 2 5550 0{:03}", "+61 491 570 {:03}"),
    "US": ("+1 202 555 0{:03}", "+1 312 555 0{:03}"),
}


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person as every vendor may know her. Empty text is "does not have one"; `country` is ISO 3166 alpha-2."""

    first_name: str
    last_name: str
    email: str
    company: str = ""
    street: str
    city: str
    postcode: str
    state: str = ""
    country: str = "GB"
    phone: str = ""
    mobile: str = ""
    language: str = "en"
    password: str = ""
    registered: datetime
    last_login: datetime | None = None


class Cast:
    """The people of a fixture.

    Iterating draws them, the same ones each time: every vendor gets the same people and no list has to be kept.
    Raises AttributeError for a locale that Faker does not have.
    """

    def __init__(
        self, seed: int, count: int, locales: Sequence[str], until: datetime, named: Mapping[str, Person]
    ) -> None:
        self.count = count
        self.until = until
        self.named = named
        self.drawn = 0
        self._seed = seed
        self._pools = [find_pool(seed, locale) for locale in locales] if count else []

    def random(self, purpose: str) -> Random:
        """A source of random numbers that depends on the seed and the purpose alone."""
        return Random(f"{self._seed}/{purpose}")  # noqa: S311  fixtures are no secrets

    def __iter__(self) -> Iterator[Person]:
        """Draw `count` people; `drawn` counts them, over all iterations."""
        random = self.random("people")
        for number in range(1, self.count + 1):
            self.drawn += 1
            yield _draw(random, self._pools[number % len(self._pools)], self.until, number)


def _draw(random: Random, pool: Pool, until: datetime, number: int) -> Person:
    def pick(values: Sequence[str]) -> str:
        return values[int(random.random() * len(values))]

    first, last = pick(pool.first), pick(pool.last)
    registered = until - timedelta(seconds=int(random.random() * _SIX_YEARS) + 1)
    seen = registered + (until - registered) * random.random()
    phone, mobile = _PHONES.get(pool.country, ("", ""))
    return Person(
        first_name=first,
        last_name=last,
        email=f"{_slug(first)}.{_slug(last)}.{number}@{pick(_DOMAINS)}",
        company=pick(pool.companies) if random.random() < 0.3 else "",  # noqa: PLR2004  three in ten are businesses
        street=f"{int(random.random() * 200) + 1} {pick(pool.streets)}",
        city=pick(pool.cities),
        postcode=pick(pool.postcodes),
        state=pick(pool.states),
        country=pool.country,
        phone=phone.format(int(random.random() * 1000)),
        mobile=mobile.format(int(random.random() * 1000)),
        language=pool.language,
        password=f"secret-{number}",
        registered=registered,
        last_login=seen.replace(microsecond=0) if random.random() < 0.7 else None,  # noqa: PLR2004  the others never came
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())
