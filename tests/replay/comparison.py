"""What differs between a recorded answer and ours.

What no two runs have in common is compared by its form: times, tokens, hashes and the numbers in generated file names.
Of a time that the recording's clock made, the calendar day is compared too, and an earlier one is compared whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec

BEGINNING = "2026-11-21T21:39:50"
"""When the recording began, in UTC; its times are later than that unless they came with the data."""

_FORMS = {
    "ANY": r".*",
    "SQL": r".+",
    "ENGINE": r".+",
    "BCRYPT": r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",
    "ADMIN_TOKEN": r"U2FsdGVkX1[A-Za-z0-9+/]{32,}={0,2}",
    "RESTRICTED_TOKEN": r"U2FsdGVkX1[A-Za-z0-9+/]{32,}={0,2}",
    "REVOKED_TOKEN": r"U2FsdGVkX1[A-Za-z0-9+/]{32,}={0,2}",
}
"""What a placeholder stands for; tokens are what CryptoJS makes of a key and a text, in base64."""

_VARYING = re.compile(
    r"\{(?P<mask>[A-Z_]+)\}"
    r"|(?P<day>\d{4}-\d\d-\d\d)(?P<between>[T ])(?P<time>\d\d:\d\d:\d\d)(?P<zone>\.\d{3}Z)?"
    r"|(?<=_)(?P<millis>\d{13})(?=\.)"
)
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)([T ])\d\d:\d\d:\d\d(\.\d{3}Z)?")
_ABSENT = object()


class Difference(msgspec.Struct, frozen=True):
    """What differs (`status`, `type`, `key order`, …), where in the answer, and both sides in words."""

    what: str
    where: str
    recorded: str
    answered: str

    def __str__(self) -> str:
        """For a person to read."""
        return f"{self.where}: {self.what}: recorded {self.recorded}, answered {self.answered}"


def compare(recorded: Any, answered: Any, where: str) -> Iterator[Difference]:
    """The differences of two JSON values, a text being one too."""
    if recorded == "{ANY}":
        return
    if type(recorded) is not type(answered):
        yield Difference("type", where, shown(recorded), shown(answered))
    elif isinstance(recorded, dict):
        yield from _compare_objects(recorded, answered, where)
    elif isinstance(recorded, list):
        yield from _compare_lists(recorded, answered, where)
    elif isinstance(recorded, str):
        yield from _compare_texts(recorded, answered, where)
    elif recorded != answered:
        yield Difference("value", where, shown(recorded), shown(answered))


def shown(value: Any) -> str:
    """A value in so many letters that a person still reads them."""
    if value is _ABSENT:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}… ({len(text)} characters)"


def _compare_objects(recorded: dict[str, Any], answered: dict[str, Any], where: str) -> Iterator[Difference]:
    for name, value in recorded.items():
        if name not in answered:
            yield Difference("missing key", f"{where}.{name}", shown(value), shown(_ABSENT))
        else:
            yield from compare(value, answered[name], f"{where}.{name}")
    for name, value in answered.items():
        if name not in recorded:
            yield Difference("extra key", f"{where}.{name}", shown(_ABSENT), shown(value))
    common = [name for name in recorded if name in answered], [name for name in answered if name in recorded]
    if common[0] != common[1]:
        yield Difference("key order", where, ", ".join(common[0]), ", ".join(common[1]))


def _compare_lists(recorded: list[Any], answered: list[Any], where: str) -> Iterator[Difference]:
    if len(recorded) != len(answered):
        yield Difference("length", where, f"{len(recorded)} items", f"{len(answered)} items")
    for at, (one, other) in enumerate(zip(recorded, answered, strict=False)):
        yield from compare(one, other, f"{where}[{at}]")


def _compare_texts(recorded: str, answered: str, where: str) -> Iterator[Difference]:
    if recorded == answered or re.fullmatch(_pattern(recorded), answered, re.DOTALL):
        return
    form = _TIME.sub(r"\2\3", recorded) == _TIME.sub(r"\2\3", answered)
    yield Difference("time" if form else "text", where, shown(recorded), shown(answered))


def _pattern(recorded: str) -> str:
    """What a text has to look like to agree with a recorded one."""
    parts, end = [], 0
    for varying in _VARYING.finditer(recorded):
        parts += [re.escape(recorded[end : varying.start()]), _form(varying)]
        end = varying.end()
    return "".join([*parts, re.escape(recorded[end:])])


def _form(varying: re.Match[str]) -> str:
    if varying["millis"]:
        return r"\d{13}"
    if varying["mask"]:
        return _FORMS.get(varying["mask"]) or re.escape(varying[0])
    if f"{varying['day']}T{varying['time']}" < BEGINNING:
        return re.escape(varying[0])
    return varying["day"] + varying["between"] + r"\d\d:\d\d:\d\d" + (r"\.\d{3}Z" if varying["zone"] else "")
