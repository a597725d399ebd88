"""What `x-mock` can name of the fakes: vendors, their collections and records, and what fault rules may say."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from mockserver import files
from mockserver.app import apis_of, known_vendors
from mockserver.call import Refused
from mockserver.contract import read_contract
from mockserver.faults import checking
from mockserver.faults.rule import Rule
from mockserver.marks import path_of
from mockserver.shape import Key, Misshapen, meant, shape, strangers, text_of
from mockserver.state.collection import Collection
from mockserver.state.transaction import Ledger
from mockserver.vendor import ADMIN, Api, Vendor

Complaint = tuple[list[Key], str]
"""A path and what is wrong there."""


@cache
def vendors() -> Mapping[str, Vendor]:
    """All vendors that are installed."""
    return known_vendors()


@cache
def _apis() -> Sequence[Api]:
    return [api for vendor in vendors().values() for api in apis_of(vendor)]


@cache
def collections(vendor: str) -> Mapping[str, Collection[Any]]:
    """A vendor's collections, by the names under which the admin API has them."""
    ledger = Ledger()
    vendors()[vendor].open(ledger, vendor)
    return {name.removeprefix(f"{vendor}."): each for name, each in ledger.collections.items()}


def of_vendor(vendor: str) -> str | None:
    """What is wrong with the name of a vendor; None where nothing is."""
    known = sorted(vendors())
    return (
        None if vendor in known else f"there is no vendor '{vendor}'{meant(vendor, known)}; known: {', '.join(known)}"
    )


def of_collection(vendor: str, collection: str) -> str | None:
    """What is wrong with the name of a collection of a vendor that is there; None where nothing is."""
    known = collections(vendor)
    if collection in known:
        return None
    near = meant(collection, known)
    return f"vendor {vendor} has no collection '{collection}'{near}; known: {', '.join(known)}"


def of_record(vendor: str, collection: str, record: Mapping[str, Any]) -> Iterator[Complaint]:
    """The fields that records of a collection do not have, and the key where it is missing."""
    found = collections(vendor)[collection]
    for place, known in strangers(record, found.record_type):
        path = path_of(place)
        yield path, f"unknown field '{path[-1]}'{meant(str(path[-1]), known)}; known: {', '.join(known)}"
    if found.key_field not in record:
        yield [], f"the field '{found.key_field}' is missing, which says which record it is"


def of_rules(rules: Mapping[int, Any], where: Sequence[Key]) -> Iterator[Complaint]:
    """What is wrong with fault rules by their numbers, each looked at by itself, and with their ids.

    The messages name the places; `where` leads to the list.
    """
    taken: list[str] = []
    for number, given in rules.items():
        path = [*where, number]
        try:
            rule = shape(given, Rule, path)
            checking.check([rule], _apis(), time.time(), listed=False)
            checking.check_ids([rule], taken, listed=False)
        except Misshapen as error:
            yield list(error.path), str(error)
        except Refused as refused:
            path += path_of(str(refused.values.get("place", "")))
            yield path, _told(refused, text_of(path))
        else:
            taken += [rule.id] if rule.id else []


@cache
def _rows() -> Mapping[str, Any]:
    return read_contract(files.contracts() / f"{ADMIN}.yaml").rows()


def _told(refused: Refused, place: str) -> str:
    """The refusal in the words of the admin API."""
    known = refused.values.get("known", ())
    listed = ", ".join(map(str, known)) if isinstance(known, list | tuple) else known
    message: str = _rows()[refused.row].message
    return message.format_map({**refused.values, "place": place, "known": listed})


def plain_rule(rule: Mapping[str, Any]) -> bool:
    """Whether a rule is all there, with no expression that is only known later."""
    return b'"$' not in (text := msgspec.json.encode(rule)) and b"{$" not in text
