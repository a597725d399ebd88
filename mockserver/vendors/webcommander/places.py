"""Countries and states: names and codes of ISO 3166 under numbers such as the vendor uses.

The vendor's own table is not published. Four of its numbers are printed, each with an address: country 236 and state 10
with Dhaka, country 12 and state 72 with Wheelers Hill in Victoria. All others are ours.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, UnsetType

from mockserver import countries
from mockserver.call import Refused

_PRINTED = {12: "AU", 236: "BD"}
_STATES = (
    (
        "GB",
        1,
        """
        ENG England; NIR Northern Ireland; SCT Scotland; WLS Wales
    """,
    ),
    (
        "BD",
        8,
        """
        A Barishal; B Chattogram; C Dhaka; D Khulna; H Mymensingh; E Rajshahi; F Rangpur; G Sylhet
    """,
    ),
    (
        "NZ",
        21,
        """
        AUK Auckland; BOP Bay of Plenty; CAN Canterbury; CIT Chatham Islands Territory; GIS Gisborne; WGN Greater
        Wellington; HKB Hawke's Bay; MWT Manawatū-Whanganui; MBH Marlborough; NSN Nelson; NTL Northland; OTA
        Otago; STL Southland; TKI Taranaki; TAS Tasman; WKO Waikato; WTC West Coast
    """,
    ),
    (
        "AU",
        66,
        """
        ACT Australian Capital Territory; NSW New South Wales; NT Northern Territory; QLD Queensland; SA South
        Australia; TAS Tasmania; VIC Victoria; WA Western Australia
    """,
    ),
    (
        "CA",
        81,
        """
        AB Alberta; BC British Columbia; MB Manitoba; NB New Brunswick; NL Newfoundland and Labrador; NT Northwest
        Territories; NS Nova Scotia; NU Nunavut; ON Ontario; PE Prince Edward Island; QC Quebec; SK Saskatchewan;
        YT Yukon
    """,
    ),
    (
        "US",
        101,
        """
        AL Alabama; AK Alaska; AZ Arizona; AR Arkansas; CA California; CO Colorado; CT Connecticut; DE Delaware;
        DC District of Columbia; FL Florida; GA Georgia; HI Hawaii; ID Idaho; IL Illinois; IN Indiana; IA Iowa; KS
        Kansas; KY Kentucky; LA Louisiana; ME Maine; MD Maryland; MA Massachusetts; MI Michigan; MN Minnesota; MS
        Mississippi; MO Missouri; MT Montana; NE Nebraska; NV Nevada; NH New Hampshire; NJ New Jersey; NM New
        Mexico; NY New York; NC North Carolina; ND North Dakota; OH Ohio; OK Oklahoma; OR Oregon; PA Pennsylvania;
        RI Rhode Island; SC South Carolina; SD South Dakota; TN Tennessee; TX Texas; UT Utah; VT Vermont; VA
        Virginia; WA Washington; WV West Virginia; WI Wisconsin; WY Wyoming
    """,
    ),
    (
        "DE",
        161,
        """
        BW Baden-Württemberg; BY Bayern; BE Berlin; BB Brandenburg; HB Bremen; HH Hamburg; HE Hessen; MV
        Mecklenburg-Vorpommern; NI Niedersachsen; NW Nordrhein-Westfalen; RP Rheinland-Pfalz; SL Saarland; SN
        Sachsen; ST Sachsen-Anhalt; SH Schleswig-Holstein; TH Thüringen
    """,
    ),
    (
        "IE",
        181,
        """
        C Connaught; L Leinster; M Munster; U Ulster
    """,
    ),
)
"""For some countries, the number of the first of its states, and these by their names."""

Given = int | float | str | UnsetType | None
"""A place as it is sent: its number, or in the second generation its name or code too; UNSET is left out."""


class Place(msgspec.Struct, frozen=True):
    """A country, by ISO 3166-1 alpha-2, or a state, by what follows the country's code in ISO 3166-2."""

    id: int
    name: str
    code: str


def _named(text: str) -> Iterator[tuple[str, str]]:
    """Codes and names out of a list of both."""
    for entry in " ".join(text.split()).split("; "):
        code, _, name = entry.partition(" ")
        yield code, name


def _numbered() -> Iterator[Place]:
    free = (id for id in range(1, 1000) if id not in _PRINTED)
    printed = {code: id for id, code in _PRINTED.items()}
    for code, name in countries.COUNTRIES.items():
        yield Place(printed.get(code) or next(free), name, code)


COUNTRIES = {country.id: country for country in _numbered()}
_BY_TEXT = {text.casefold(): country.id for country in COUNTRIES.values() for text in (country.name, country.code)}
STATES: dict[int, Place] = {}
_COUNTRY_OF: dict[int, int] = {}
_STATES_BY_TEXT: dict[tuple[int, str], int] = {}
for _code, _first, _text in _STATES:
    _country = _BY_TEXT[_code.casefold()]
    for _id, (_state, _name) in enumerate(_named(_text), _first):
        STATES[_id] = Place(_id, _name, _state)
        _COUNTRY_OF[_id] = _country
        _STATES_BY_TEXT[_country, _state.casefold()] = _STATES_BY_TEXT[_country, _name.casefold()] = _id


def find_country(code: str) -> int | None:
    """The number of a country by its code or its name in any case; None for an unknown one."""
    return _BY_TEXT.get(code.casefold())


def find_state(country: int | None, code: str) -> int | None:
    """The number of a state of a country by its code or its name in any case; None for an unknown one."""
    return None if country is None else _STATES_BY_TEXT.get((country, code.casefold()))


def settle(
    country: Given, state: Given, before: tuple[int | None, int | None] = (None, None), place: str = ""
) -> tuple[int | None, int | None]:
    """The country and the state that an address has in the end, where it was `before`.

    A state without a country is in its own; a state stays as long as its country does. `place` is what stands before
    the field's name where an error says it.
    """
    here = before[0] if country is UNSET else _read_country(country, f"{place}country")
    if state is UNSET:
        return here, before[1] if here == before[0] else None
    there = _read_state(state, here, f"{place}state_id")
    if there is None:
        return here, None
    own = _COUNTRY_OF[there]
    if here is not None and own != here:
        raise Refused(
            "state-country-mismatch", state=STATES[there].name, country=COUNTRIES[here].name, field=f"{place}state_id"
        )
    return own, there


def _read_country(given: Given, field: str) -> int | None:
    if given is UNSET or given is None or given == "":
        return None
    known = find_country(given) if isinstance(given, str) and not given.isdecimal() else _number(given)
    if known not in COUNTRIES:
        raise Refused("country-unknown", country=given, field=field)
    return known


def _read_state(given: Given, country: int | None, field: str) -> int | None:
    if given is UNSET or given is None or given == "":
        return None
    known = find_state(country, given) if isinstance(given, str) and not given.isdecimal() else _number(given)
    if known not in STATES:
        raise Refused("state-unknown", state=given, field=field)
    return known


def _number(given: float | str) -> int | None:
    """A number, also as digits; None for one that no place can have."""
    return int(given) if not isinstance(given, str) or len(given) < 10 else None  # noqa: PLR2004  ids have three digits
